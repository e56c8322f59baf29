/**
 * Answers editors in Slack, over Socket Mode: the slash command, the message shortcuts, the form that edits a message, and
 * the App Home. Reads the store and writes nothing but replies in Slack, which the next cycle reads like typed ones.
 */
package org.chatpress.interactive;
