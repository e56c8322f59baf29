/**
 * Storages, which serve files: a local directory here, S3 and FTP in the packages below. Each takes {@link
 * org.chatpress.storage.Storage.StoredObject}s by key. Knows nothing of chats.
 */
package org.chatpress.storage;
