package org.chatpress.cycle;

import java.util.List;
import org.chatpress.approval.Judgement;
import org.chatpress.approval.Situation;
import org.chatpress.approval.ThreadNotes;

/**
 * What was decided of the replies to a message.
 *
 * @param notes the editors' notes that hold
 * @param replies those that readers may see, oldest first
 * @param settled false while Slack could not say yet who wrote a note
 */
record JudgedThread(ThreadNotes notes, List<Reply> replies, boolean settled) {
    static final JudgedThread EMPTY = new JudgedThread(ThreadNotes.NONE, List.of(), true);

    JudgedThread {
        replies = List.copyOf(replies);
    }

    /** A reply and its judgement. */
    record Reply(Situation situation, Judgement judgement) {}
}
