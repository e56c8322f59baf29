/**
 * The Slack client: Web API calls within Slack's rate limits, file downloads, and Socket Mode events. Returns values of
 * {@code model}. The only package that knows the Slack SDK; it knows nothing of approval, publishing or the database.
 */
package org.chatpress.slack;
