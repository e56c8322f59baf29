package org.chatpress.render.json;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.chatpress.model.Author;
import org.chatpress.model.MessageTs;
import org.chatpress.model.MirroredImage;
import org.chatpress.model.PublicMessage;
import org.chatpress.storage.ObjectKey;

/** All that the files of one chat are made of. Asking is cheap; what is not asked for is not read. */
public interface ChatSource {
    ChatMetadata metadata();

    /** A random word, new whenever readers must start afresh. */
    String epoch();

    /** The number of the newest change. */
    long seq();

    /** The change up to which the pages were last written. */
    long base();

    /** How many messages are public. */
    int count();

    /** The time of the newest change. */
    Instant updated();

    /** When it was closed; empty while it is open. */
    Optional<Instant> closedAt();

    /**
     * The index as last written; empty if there is none, or if it has other words of the channel's own.
     *
     * @param words their digest
     */
    Optional<ObjectKey> indexState(String words);

    /** The pages as last written, oldest first. */
    List<PageRef> pages();

    /** The newest changes, newest first, at most so many. */
    List<Change> newestChanges(int most);

    /** Every message that changed after a seq. */
    List<MessageTs> changedAfter(long seq);

    Optional<PublicMessage> message(MessageTs ts);

    /** Public messages from one ts up to another, oldest first; empty ends are open. */
    List<PublicMessage> messages(Optional<MessageTs> from, Optional<MessageTs> before);

    /** The newest public messages, newest first, at most so many. */
    List<PublicMessage> newest(int most);

    /** Messages whose share page is missing or not what it should be, newest first, at most so many. */
    List<PublicMessage> withoutSharePage(int most);

    /** Our copy of a picture at Slack's address; empty while there is none. */
    Optional<MirroredImage> mirroredImage(String url);

    /** Our copies of the custom emoji that its messages show, always in the same order. */
    List<MirroredImage> emoji();

    /** Public messages that stay at the top, newest first. */
    List<MessageTs> pinned();

    /** Public messages that are key events, newest first. */
    List<MessageTs> keyEvents();

    /** Everybody who wrote a public message or reply, by id. */
    List<Author> authors();
}
