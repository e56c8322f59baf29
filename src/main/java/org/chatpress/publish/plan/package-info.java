/**
 * Compares the files that should be on a storage with those that are, and plans uploads and deletes with their order and
 * reason. Pure: it knows no storage and no database.
 */
package org.chatpress.publish.plan;
