/**
 * Formats Slack messages as safe HTML and plain text. Parsers for mrkdwn and Block Kit produce one document model ({@link
 * org.chatpress.text.document}), patterns change it, writers print it. Input may be hostile; output is safe to insert
 * into a page.
 */
package org.chatpress.text;
