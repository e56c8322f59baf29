/**
 * The other formats of a chat: feeds, HTML pages, share pages, JSON-LD for search engines. In: a
 * {@link org.chatpress.render.json.ChatSource}. Out: {@link org.chatpress.render.json.RenderedFile}s. Pure. All text is
 * hostile until it is escaped here.
 */
package org.chatpress.render.formats;
