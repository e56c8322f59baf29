/**
 * The rule by which a message may be seen. In come a message, what was known of it before and the channel's rule; out
 * comes a verdict with its reason and what to remember. Pure: no clock, no network, no store.
 */
package org.chatpress.approval;
