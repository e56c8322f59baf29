package org.chatpress.render.json;

import org.chatpress.model.MessageTs;
import org.chatpress.storage.ObjectKey;

/**
 * A page of a chat: a file with the messages of a contiguous range.
 *
 * @param startsAt where the range starts; it ends where the next page's starts. The first page also takes older messages
 * @param first the first message on the page
 * @param count how many messages the page holds, at least 1
 */
public record PageRef(MessageTs startsAt, MessageTs first, int count, ObjectKey key) {}
