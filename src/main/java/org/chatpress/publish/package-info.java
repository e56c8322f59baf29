/**
 * Uploads rendered files to the storages and deletes what is no longer wanted. Every upload is recorded before and after
 * it happens; takedowns come first and pointers last. Start with {@link org.chatpress.publish.Publisher}.
 */
package org.chatpress.publish;
