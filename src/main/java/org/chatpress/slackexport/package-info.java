/**
 * Reads a Slack export from a zip or a directory, whose content may be hostile, and replays one as if its messages were
 * posted now.
 */
package org.chatpress.slackexport;
