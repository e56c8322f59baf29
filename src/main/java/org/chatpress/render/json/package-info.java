/**
 * Renders public messages to the JSON files that readers fetch: pointer, index, pages, authors, whole chat. In: a
 * {@link org.chatpress.render.json.ChatSource}. Out: a {@link org.chatpress.render.json.RenderedChat}. A pure function:
 * no clock, no random numbers, no map order. It decides names and caching of the files, not where they are uploaded.
 */
package org.chatpress.render.json;
