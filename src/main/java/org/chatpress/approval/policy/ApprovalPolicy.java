package org.chatpress.approval.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.SlackMessage;

/**
 * Judges messages and replies by a channel's rule. In order of strength: deleted, of no concern, withdrawn, private, rejected,
 * held, approved, pending.
 *
 * <p>What was approved stays what is public: an approval is of a {@link ContentFingerprint}, kept as a raw message.
 */
public final class ApprovalPolicy {
    private final ChannelPolicy rule;
    private final Function<UserId, ReviewerRole> standings;
    private final PrivatePrefix privatePrefix;
    private final ThreadCommandPolicy notes;

    /** @param standings who somebody is now; asked only for marks that were not there before */
    public ApprovalPolicy(ChannelPolicy rule, Function<UserId, ReviewerRole> standings) {
        this.rule = rule;
        this.standings = standings;
        this.privatePrefix = new PrivatePrefix(rule.privatePrefix());
        this.notes = new ThreadCommandPolicy(rule, standings);
    }

    /** The verdict, and what to remember of the message until its next change. */
    public Decision judge(MessageSnapshot situation) {
        return judge(situation, ThreadCommands.NONE);
    }

    /**
     * Likewise, of a reply, sent to the channel too or not: it may be an editor's note.
     *
     * @param root the message that it answers; empty if that is not known
     */
    public Decision judgeReply(MessageSnapshot situation, Optional<SlackMessage> root) {
        return ThreadCommand.in(situation.message(), rule.instructions())
                .map(note -> notes.judge(situation, note, root))
                .orElseGet(() -> judge(situation));
    }

    /** Likewise, of a message with the notes in its thread: they change what is shown, and show nothing by themselves. */
    public Decision judge(MessageSnapshot situation, ThreadCommands inThread) {
        var one = new ReviewContext(situation, rule, standings);
        SlackMessage message = situation.message();
        if (situation.deleted()) {
            return one.hidden(Verdict.DELETED, "deleted in Slack");
        }
        Optional<String> noise = MessageFilter.in(message, rule);
        if (noise.isPresent()) {
            return one.hidden(Verdict.IGNORED, noise.get());
        }
        if (rule.withdrawn().contains(message.ts())) {
            return one.hidden(Verdict.WITHDRAWN, "listed under withdraw in the settings");
        }
        if (privatePrefix.begins(message) || privatePrefix.begins(inThread.edited(message))) {
            return one.hidden(Verdict.PRIVATE, "begins with " + rule.privatePrefix());
        }
        Optional<String> rejection = one.marks().rejection();
        if (rejection.isPresent()) {
            return one.hidden(Verdict.REJECTED, rejection.get());
        }

        ApprovalEvaluator consent = ApprovalEvaluator.byMarks(one, rule);
        Optional<String> hold = one.marks().hold(message);
        if (hold.isPresent()) {
            return consent.unseen(Verdict.HELD, hold.get());
        }
        if (consent.approved().isEmpty()) {
            return consent.unseen(Verdict.PENDING, consent.why());
        }
        if (isDelayed(one, situation.readAt())) {
            Instant end = message.ts().instant().plus(rule.delay());
            return consent.unseen(Verdict.DELAYED, "approved, and public from " + end);
        }
        if (one.marks().mayHideMore() && one.last() != Verdict.APPROVED) {
            return consent.unseen(Verdict.PENDING, "waits until Slack says who rejects or holds it");
        }
        JsonNode approved = consent.approved().get();
        if (privatePrefix.begins(new SlackMessage(message.ts(), approved))) {
            return one.hidden(Verdict.PRIVATE, "begins with " + rule.privatePrefix());
        }
        String reason = consent.why()
                + instructed(one.marks())
                + (inThread.newest(ThreadCommand.EDIT).isPresent() ? "; shows the words of an edit: note" : "")
                + (addsTo(message, approved) ? "; an edit waits for a new approval" : "");
        return consent.seen(inThread.edited(shown(message, approved)), reason);
    }

    /** True while readers see less of a public message than Slack has now, because an edit waits for a new approval. */
    public static boolean editWaits(SlackMessage now, ReviewState memory) {
        return memory.verdict() == Verdict.APPROVED
                && memory.approved().filter(approved -> addsTo(now, approved)).isPresent();
    }

    /** True for a reply that is a note, whether it holds or not. */
    public boolean isNote(SlackMessage reply) {
        return ThreadCommand.in(reply, rule.instructions()).isPresent();
    }

    /** The note that holds by a judgement; empty if none does. */
    public Optional<ThreadCommand> holding(Decision judgement, SlackMessage reply) {
        return judgement.verdict() != Verdict.NOTE
                ? Optional.empty()
                : judgement
                        .memory()
                        .approved()
                        .flatMap(approved ->
                                ThreadCommand.in(new SlackMessage(reply.ts(), approved), rule.instructions()));
    }

    private boolean isDelayed(ReviewContext one, Optional<Instant> readAt) {
        if (rule.delay().isZero() || one.last() == Verdict.APPROVED) {
            return false;
        }
        // Without a reading there is no saying what happened since the last one: the next must show it.
        Instant over = one.message().ts().instant().plus(rule.delay());
        return readAt.map(at -> at.isBefore(over)).orElse(true);
    }

    private static boolean addsTo(SlackMessage now, JsonNode approved) {
        return !approved.equals(now.json())
                && !ContentFingerprint.of(now)
                        .addsNothingTo(ContentFingerprint.of(new SlackMessage(now.ts(), approved)));
    }

    /** The approved message, less the files that went since. */
    private static SlackMessage shown(SlackMessage now, JsonNode approved) {
        if (!approved.path("files").isArray()) {
            return new SlackMessage(now.ts(), approved);
        }
        Set<String> there = new HashSet<>();
        now.json().path("files").forEach(file -> {
            if (!ContentFingerprint.isGone(file)) {
                there.add(file.path("id").asText());
            }
        });
        ObjectNode copy = approved.deepCopy();
        ArrayNode files = copy.putArray("files");
        for (JsonNode file : approved.path("files")) {
            if (there.contains(file.path("id").asText())) {
                files.add(file);
            }
        }
        return new SlackMessage(now.ts(), copy);
    }

    /** Which emoji of whom say something beside. */
    private String instructed(EditorReactions marks) {
        return marks.judged.entrySet().stream()
                .filter(mark -> rule.instructions().isEmoji(mark.getKey().emoji()))
                .filter(mark -> rule.approval().mayInstruct(mark.getValue()))
                .map(mark ->
                        "; " + mark.getKey().emoji() + " by " + mark.getKey().user())
                .sorted()
                .collect(Collectors.joining());
    }
}
