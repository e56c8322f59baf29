/**
 * Turns public messages into the JSON files that readers fetch: pointer, index, pages, authors, whole chat. A pure
 * function of the store: no clock, no random, no map order. It decides a file's name and caching, not where it is
 * uploaded.
 */
package org.chatpress.render.json;
