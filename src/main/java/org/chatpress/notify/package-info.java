/**
 * Tells other systems of changes: webhooks signed as <a href="https://www.standardwebhooks.com/">Standard Webhooks</a> says,
 * and pings of <a href="https://www.w3.org/TR/websub/">WebSub</a> hubs. Comes in: the outbox of the store. Goes out: requests,
 * on threads of their own. Start with {@link org.chatpress.notify.Notifier}.
 */
package org.chatpress.notify;
