/**
 * What Slack says through its Web API, within its rate limits, and its doorbell: that something happened to a message,
 * over Socket Mode. Out go readings, messages and people as values of {@code model}, and rings that only say where to
 * look. The only room that knows the Slack SDK; it knows nothing of approval, publishing or the store.
 */
package org.chatpress.slack;
