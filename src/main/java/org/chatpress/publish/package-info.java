/**
 * Uploads rendered files to the storages and deletes files that are no longer needed there. Comes in: the state of each
 * storage from the store. Goes out: uploads and deletes, each recorded before and after it happens; takedowns first,
 * pointers last. Start with {@link org.chatpress.publish.Publisher}.
 */
package org.chatpress.publish;
