/**
 * Slack's mrkdwn and editors' HTML as clean HTML and plain words. In come texts that may be hostile and the names that
 * may be shown, out come texts that are safe to insert into a page as they are.
 */
package org.chatpress.text;
