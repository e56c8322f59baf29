/**
 * The program's only memory: an SQLite file. The only room that knows SQL; each class is a table or a few that belong
 * together, each method one statement or one transaction with one meaning. It decides nothing: other rooms bring the
 * decisions, it writes them down.
 */
package org.chatpress.store;
