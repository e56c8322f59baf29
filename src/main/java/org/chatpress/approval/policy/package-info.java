/**
 * The approval policy. In: a message, its earlier review and the channel's rules. Out: a verdict with its reason, and
 * what to remember. Pure: no clock, no network, no database.
 */
package org.chatpress.approval.policy;
