/**
 * Reads channels.yml. In: the file and the environment. Out: {@link org.chatpress.config.Settings}, or one
 * {@link org.chatpress.error.InvalidSettingsException} with every problem of the file. Start reading at
 * {@link org.chatpress.config.SettingsLoader}. This package opens no connection.
 */
package org.chatpress.config;
