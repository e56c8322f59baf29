/**
 * The exceptions of Chatpress: {@link org.chatpress.error.InvalidSettingsException} (the operator must correct an
 * input), {@link org.chatpress.error.RemoteException} (Slack, a storage or the CMS failed) and
 * {@link org.chatpress.error.StoreException} (the database cannot be used). Each adapter translates its library's
 * exceptions into these. Any other exception is a bug.
 */
package org.chatpress.error;
