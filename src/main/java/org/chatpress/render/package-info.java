/**
 * From public messages to the bytes that readers get: a chat's pointer, index, pages, authors and whole file. A pure
 * function of the store: no clock, no chance, no map order. It knows what a file is called and how long it may be
 * cached, not where it goes.
 */
package org.chatpress.render;
