/**
 * channels.yml. In comes a file, out come {@link org.chatpress.config.Settings} or every problem of the file at once.
 * It opens no connection and asks nobody but the environment it is given. Only YamlText knows SnakeYAML; WholeFile reads
 * like the file, from top to bottom.
 */
package org.chatpress.config;
