/** What Slack returns, as values: messages, history and thread pages, reactions, images, user profiles. */
package org.chatpress.model.slack;
