/**
 * Other forms of a chat: feeds, what search engines read, pages that need no script, a page for each message to share.
 * In comes a {@link org.chatpress.render.Chat}, out come {@link org.chatpress.render.Sheet}s. Pure, like {@code render}:
 * no clock, no chance, no locale of the machine. Every text is hostile until it is escaped here.
 */
package org.chatpress.formats;
