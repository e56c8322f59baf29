/**
 * Places that serve files: a directory, an S3 bucket, an FTP root. In come {@link org.chatpress.storage.Blob}s, out go
 * bytes that readers can fetch. This room knows nothing of chats, and is the only one that knows AWS and commons-net.
 */
package org.chatpress.storage;
