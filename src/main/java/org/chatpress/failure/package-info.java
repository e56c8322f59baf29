/**
 * What can go wrong, by who must act: {@link org.chatpress.failure.InvalidSettings} (the operator, before anything
 * runs), {@link org.chatpress.failure.RemoteFailure} (Slack, a storage, a CMS) and
 * {@link org.chatpress.failure.StoreFailure} (our own database). Libraries' exceptions are translated into these once,
 * where they are thrown. Anything else that is thrown is a bug of ours.
 */
package org.chatpress.failure;
