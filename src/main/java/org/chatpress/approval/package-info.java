/**
 * Decides which messages are public, and builds the public messages. Fetches what the policy needs (reactions, custom
 * emoji, roles, threads), asks {@link org.chatpress.approval.policy}, saves the decisions, and tells editors about them
 * in Slack.
 */
package org.chatpress.approval;
