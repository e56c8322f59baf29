/** FTP and FTPS. The only package that knows commons-net. */
package org.chatpress.storage.ftp;
