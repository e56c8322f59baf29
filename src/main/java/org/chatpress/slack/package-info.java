/**
 * What Slack says through its Web API, within its rate limits. Out go readings, messages and people as values of
 * {@code model}. The only room that knows the Slack SDK; it knows nothing of approval, publishing or the store.
 */
package org.chatpress.slack;
