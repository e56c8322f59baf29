/**
 * Decides which messages are public, and builds the public messages. Loads what the policy needs (roles, threads,
 * reactions), asks {@link org.chatpress.approval.policy}, saves the verdicts, and tells editors in Slack.
 */
package org.chatpress.approval;
