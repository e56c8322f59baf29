/**
 * channels.yml. In comes a file, out come {@link org.chatpress.config.Settings} or every problem of the file at once.
 * It opens no connection and asks nobody but the environment it is given.
 */
package org.chatpress.config;
