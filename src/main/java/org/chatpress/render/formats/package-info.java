/**
 * Renders a chat in other formats than JSON: feeds, HTML pages, share pages, JSON-LD. In: a
 * {@link org.chatpress.render.json.ChatSource}. Out: {@link org.chatpress.render.json.RenderedFile}s. Pure. All text of
 * messages is hostile until it is escaped here.
 */
package org.chatpress.render.formats;
