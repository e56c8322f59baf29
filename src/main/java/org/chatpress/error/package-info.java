/**
 * What can go wrong, by who must act: {@link org.chatpress.error.InvalidSettingsException} (the operator, before anything
 * runs), {@link org.chatpress.error.RemoteException} (Slack, a storage or the CMS) and
 * {@link org.chatpress.error.StoreException} (the database). Libraries' exceptions are translated into these where they
 * are thrown. Any other exception is a bug.
 */
package org.chatpress.error;
