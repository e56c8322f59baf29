/**
 * The approval policy: which messages are public. In: a message, what the last review saved of it, the channel's rules,
 * the roles of users. Out: a verdict with its reason, and what the next review needs. Pure: no clock, no network, no
 * database.
 */
package org.chatpress.approval.policy;
