package org.chatpress.cycle;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.chatpress.approval.Approval;
import org.chatpress.approval.Judgement;
import org.chatpress.approval.Memory;
import org.chatpress.approval.Note;
import org.chatpress.approval.Situation;
import org.chatpress.approval.ThreadNotes;
import org.chatpress.approval.Verdict;
import org.chatpress.model.ChannelId;
import org.chatpress.model.Message;
import org.chatpress.model.MessageTs;
import org.chatpress.store.Store;

/** The replies of a channel as judged in this cycle, beside those that were judged before. */
final class JudgedReplies {
    /** What can still add something to the message that a reply answers. */
    private static final Set<Verdict> MATTER = EnumSet.of(Verdict.APPROVED, Verdict.NOTE);

    private final ChannelId channel;
    private final Approval approval;
    private final Store store;
    private final Map<MessageTs, JudgedThread.Reply> judged = new HashMap<>();
    private final Map<MessageTs, JudgedThread.Reply> fallen = new TreeMap<>();
    private final Set<MessageTs> roots = new HashSet<>();

    JudgedReplies(ChannelId channel, Approval approval, Store store) {
        this.channel = channel;
        this.approval = approval;
        this.store = store;
    }

    /** Judges a reply, sent to the channel too or not, that is new or has changed. */
    Judgement judge(Situation reply) {
        MessageTs root = reply.message().root().orElseThrow();
        Optional<Message> answered = store.messages().situation(channel, root).map(Situation::message);
        Judgement judgement = approval.judgeReply(reply, answered);
        judged.put(reply.message().ts(), new JudgedThread.Reply(reply, judgement));
        roots.add(root);
        return judgement;
    }

    /** The messages in whose threads something was judged. */
    Set<MessageTs> roots() {
        return Set.copyOf(roots);
    }

    /** What was decided of a reply in this cycle; empty if nothing was. */
    Optional<Judgement> judgementOf(Situation reply) {
        return Optional.ofNullable(judged.get(reply.message().ts())).map(JudgedThread.Reply::judgement);
    }

    /** Replies that a changed rule withdrew, as far as their threads were asked for. */
    List<JudgedThread.Reply> fallen() {
        return List.copyOf(fallen.values());
    }

    /** True if a note that held in a message's thread was withdrawn by a changed rule. */
    boolean lostNote(MessageTs root) {
        return fallen.values().stream()
                .map(JudgedThread.Reply::situation)
                .filter(reply -> reply.message().root().equals(Optional.of(root)))
                .anyMatch(reply -> reply.before().map(Memory::verdict).equals(Optional.of(Verdict.NOTE)));
    }

    /** All that was decided of the replies to a message. */
    JudgedThread thread(Situation root) {
        MessageTs ts = root.message().ts();
        if (root.message().thread().isEmpty() && !roots.contains(ts)) {
            return JudgedThread.EMPTY;
        }
        var notes = new ArrayList<Note>();
        var replies = new ArrayList<JudgedThread.Reply>();
        boolean settled = true;
        for (Situation stored : store.messages().replies(channel, ts)) {
            Optional<JudgedThread.Reply> known =
                    Optional.ofNullable(judged.get(stored.message().ts())).or(() -> asBefore(stored, root.message()));
            if (known.isEmpty()) {
                continue;
            }
            JudgedThread.Reply reply = known.get();
            approval.holding(reply.judgement(), stored.message()).ifPresent(notes::add);
            settled &= reply.judgement().settled() || !approval.isNote(stored.message());
            if (stored.message().isReply() && reply.judgement().shown().isPresent()) {
                replies.add(reply);
            }
        }
        return new JudgedThread(new ThreadNotes(notes), replies, settled);
    }

    /** A reply that nothing happened to; empty if it adds nothing. */
    private Optional<JudgedThread.Reply> asBefore(Situation reply, Message root) {
        return reply.before().map(Memory::verdict).filter(MATTER::contains).map(verdict -> {
            var judgedAgain = new JudgedThread.Reply(reply, approval.judgeReply(reply, Optional.of(root)));
            if (judgedAgain.judgement().verdict() != verdict) {
                fallen.put(reply.message().ts(), judgedAgain);
            }
            return judgedAgain;
        });
    }
}
