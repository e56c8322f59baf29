package org.chatpress.render.json;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.chatpress.model.MessageTs;
import org.chatpress.model.MirroredImage;
import org.chatpress.model.PublicMessage;
import org.chatpress.model.PublicMessage.Author;
import org.chatpress.storage.ObjectKey;

/** What the files of one chat are rendered from. Each method reads only what it returns, and only when it is called. */
public interface ChatSource {
    ChatMetadata metadata();

    /** A random string. A new one tells readers to discard what they have and load the chat again. */
    String epoch();

    /** The sequence number of the newest change. */
    long seq();

    /** The sequence number that the pages show, as last written. */
    long base();

    /** How many messages are public. */
    int count();

    /** How many messages are public from this one on. */
    int countFrom(MessageTs first);

    /** The time of the newest change. */
    Instant updated();

    /** The key of the index as last written; empty if there is none or if it shows other metadata. */
    Optional<ObjectKey> indexKey(String metadataDigest);

    /** True if an index was ever written. Without one, {@link #pages} may be those of the oldest messages only. */
    boolean hasIndex();

    /** The pages as last written, oldest first. */
    List<PageRef> pages();

    /** The newest changes, newest first. */
    List<Change> newestChanges(int limit);

    /** The messages that changed after a sequence number, each once. */
    List<MessageTs> changedAfter(long seq);

    Optional<PublicMessage> message(MessageTs ts);

    /**
     * The oldest public messages of a range, oldest first.
     *
     * @param from inclusive; empty: from the first message
     * @param before exclusive; empty: up to the last message
     */
    List<PublicMessage> messages(Optional<MessageTs> from, Optional<MessageTs> before, int limit);

    /** When the message was posted that was the first to be public, whether it still is or not; empty if there was none. */
    Optional<Instant> startedAt();

    /**
     * The newest public messages, newest first.
     *
     * @param before exclusive; empty: from the last message
     */
    List<PublicMessage> newestMessages(Optional<MessageTs> before, int limit);

    /** Public messages whose share page is missing or out of date, newest first. */
    List<PublicMessage> messagesWithoutSharePage(int limit);

    /** The copy of an image at one of Slack's URLs; empty if it has not been downloaded. */
    Optional<MirroredImage> mirroredImage(String url);

    /** The copies of the custom emoji that public messages show, always in the same order. */
    List<MirroredImage> customEmoji();

    /** Pinned public messages, newest first. */
    List<MessageTs> pinned();

    /** Public messages that are key events, newest first. */
    List<MessageTs> keyEvents();

    /** The authors of public messages and replies, by id. */
    List<Author> authors();

    /**
     * A change that readers can see.
     *
     * @param ts the message; empty for META
     */
    record Change(long seq, Op op, Optional<MessageTs> ts) {
        /** What happened. */
        public enum Op {
            /** A message appeared or changed. */
            PUT,
            /** A message lost a part, such as a photo. Readers get a put; files that show the part are taken down. */
            CUT,
            /** A message is no longer public. */
            DEL,
            /** The metadata of the channel or the profile of an author changed. */
            META;

            /** True if readers receive the message with the change. */
            public boolean isPut() {
                return this == PUT || this == CUT;
            }
        }
    }

    /**
     * A page of a chat: a file with the messages of a contiguous range.
     *
     * @param startsAt where the range starts; it ends where the next page's starts. The first page also takes older
     *     messages
     * @param first the first message on the page
     * @param count how many messages the page holds, at least 1
     */
    public record PageRef(MessageTs startsAt, MessageTs first, int count, ObjectKey key) {}
}
