/**
 * Decides which channels, pages and threads to read next, and which stored messages a page lacks. Pure: no call to Slack,
 * no database.
 */
package org.chatpress.poll.plan;
