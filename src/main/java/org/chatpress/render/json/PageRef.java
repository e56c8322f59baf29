package org.chatpress.render.json;

import org.chatpress.model.MessageTs;
import org.chatpress.storage.ObjectKey;

/**
 * A leaf of a chat: a contiguous range of messages in a file of their own.
 *
 * @param startsAt where its range begins; the next page's start ends it, the first page takes what is older too
 * @param first its first message
 * @param count how many messages it holds, at least 1
 */
public record PageRef(MessageTs startsAt, MessageTs first, int count, ObjectKey key) {}
