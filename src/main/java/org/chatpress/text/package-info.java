/**
 * Slack's messages, and editors' HTML, as clean HTML and plain words. In come texts that may be hostile and the names
 * that may be shown, out come texts that are safe to insert into a page as they are. Two parsers, of mrkdwn and of
 * blocks, make one small model of a message ({@code Block}, {@code Span}); patterns change it; two writers write it.
 */
package org.chatpress.text;
