/**
 * HTTP requests with a time limit, for services that take tokens. Comes in: a request. Goes out: the response, or a
 * {@link org.chatpress.error.RemoteException}. Knows no service.
 */
package org.chatpress.http;
