/**
 * Decides which channels, pages and threads to read next, and which stored messages a page proves missing. Pure: it
 * makes no call to Slack and knows no database.
 */
package org.chatpress.poll.plan;
