/**
 * The words of the trade as values: ids, Slack's messages and readings, people, public messages. Everything here is
 * immutable, checks itself when made, and knows nothing of files, networks or databases.
 */
package org.chatpress.model;
