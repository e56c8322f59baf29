/**
 * Slack to database. Polls the channels that are due, fetches the messages that socket events name, reads threads, and
 * stores what Slack returned. What to read next is decided in {@link org.chatpress.poll.plan}.
 */
package org.chatpress.poll;
