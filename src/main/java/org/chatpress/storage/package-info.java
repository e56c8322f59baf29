/**
 * Places that serve files: a directory here, S3 and FTP in the packages below. A {@link
 * org.chatpress.storage.StoredObject} goes in; readers can fetch its bytes. Knows nothing of chats.
 */
package org.chatpress.storage;
