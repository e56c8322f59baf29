/**
 * channels.yml. In: a file. Out: {@link org.chatpress.config.Settings}, or every problem of the file at once. It opens no
 * connection and reads no environment but the one it is given.
 */
package org.chatpress.config;
