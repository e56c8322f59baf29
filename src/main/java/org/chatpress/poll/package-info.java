/**
 * Slack to database. Polls the channels that are due, fetches the messages that socket events name, reads threads, and
 * stores what Slack returned. {@link org.chatpress.poll.plan} decides what to read next.
 */
package org.chatpress.poll;
