/** What Slack returns, as values: messages, pages of history and threads, reactions, images, user profiles. */
package org.chatpress.model.slack;
