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
    public Decision evaluate(MessageSnapshot snapshot) {
        return evaluate(snapshot, ThreadCommands.NONE);
    }

    /**
     * Likewise, of a reply, sent to the channel too or not: it may be an editor's note.
     *
     * @param root the message that it answers; empty if that is not known
     */
    public Decision evaluateReply(MessageSnapshot snapshot, Optional<SlackMessage> root) {
        return ThreadCommand.parse(snapshot.message(), rule.annotations())
                .map(command -> notes.evaluate(snapshot, command, root))
                .orElseGet(() -> evaluate(snapshot));
    }

    /** Likewise, of a message with the notes in its thread: they change what is shown, and show nothing by themselves. */
    public Decision evaluate(MessageSnapshot snapshot, ThreadCommands inThread) {
        var context = new ReviewContext(snapshot, rule, standings);
        SlackMessage message = snapshot.message();
        if (snapshot.deleted()) {
            return context.hidden(Verdict.DELETED, "deleted in Slack");
        }
        Optional<String> noise = MessageFilter.reasonToIgnore(message, rule);
        if (noise.isPresent()) {
            return context.hidden(Verdict.IGNORED, noise.get());
        }
        if (rule.withdrawn().contains(message.ts())) {
            return context.hidden(Verdict.WITHDRAWN, "listed under withdraw in the settings");
        }
        if (privatePrefix.matches(message) || privatePrefix.matches(inThread.withEdits(message))) {
            return context.hidden(Verdict.PRIVATE, "begins with " + rule.privatePrefix());
        }
        Optional<String> rejection = context.reactions().rejection();
        if (rejection.isPresent()) {
            return context.hidden(Verdict.REJECTED, rejection.get());
        }

        ApprovalEvaluator evaluator = ApprovalEvaluator.byReactions(context, rule);
        Optional<String> hold = context.reactions().hold(message);
        if (hold.isPresent()) {
            return evaluator.notPublic(Verdict.HELD, hold.get());
        }
        if (evaluator.approved().isEmpty()) {
            return evaluator.notPublic(Verdict.PENDING, evaluator.reason());
        }
        if (isDelayed(context, snapshot.readAt())) {
            Instant end = message.ts().instant().plus(rule.delay());
            return evaluator.notPublic(Verdict.DELAYED, "approved, and public from " + end);
        }
        if (context.reactions().mayBeIncomplete() && context.lastReview() != Verdict.APPROVED) {
            return evaluator.notPublic(Verdict.PENDING, "waits until Slack says who rejects or holds it");
        }
        JsonNode approved = evaluator.approved().get();
        if (privatePrefix.matches(new SlackMessage(message.ts(), approved))) {
            return context.hidden(Verdict.PRIVATE, "begins with " + rule.privatePrefix());
        }
        String reason = evaluator.reason()
                + instructed(context.reactions())
                + (inThread.newest(ThreadCommand.EDIT).isPresent() ? "; shows the words of an edit: note" : "")
                + (addsTo(message, approved) ? "; an edit waits for a new approval" : "");
        return evaluator.publicAs(inThread.withEdits(shown(message, approved)), reason);
    }

    /** True while readers see less of a public message than Slack has now, because an edit waits for a new approval. */
    public static boolean isEditWaiting(SlackMessage now, ReviewState reviewState) {
        return reviewState.verdict() == Verdict.APPROVED
                && reviewState
                        .approved()
                        .filter(approved -> addsTo(now, approved))
                        .isPresent();
    }

    /** True for a reply that is a note, whether it holds or not. */
    public boolean isThreadCommand(SlackMessage reply) {
        return ThreadCommand.parse(reply, rule.annotations()).isPresent();
    }

    /** The note that holds by a judgement; empty if none does. */
    public Optional<ThreadCommand> held(Decision decision, SlackMessage reply) {
        return decision.verdict() != Verdict.NOTE
                ? Optional.empty()
                : decision.reviewState()
                        .approved()
                        .flatMap(approved ->
                                ThreadCommand.parse(new SlackMessage(reply.ts(), approved), rule.annotations()));
    }

    private boolean isDelayed(ReviewContext context, Optional<Instant> readAt) {
        if (rule.delay().isZero() || context.lastReview() == Verdict.APPROVED) {
            return false;
        }
        // Without a reading there is no saying what happened since the last one: the next must show it.
        Instant over = context.message().ts().instant().plus(rule.delay());
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
            if (!ContentFingerprint.isDeleted(file)) {
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
    private String instructed(EditorReactions reactions) {
        return reactions.seen.entrySet().stream()
                .filter(mark -> rule.annotations().isEmoji(mark.getKey().emoji()))
                .filter(mark -> rule.approval().mayCommand(mark.getValue()))
                .map(mark ->
                        "; " + mark.getKey().emoji() + " by " + mark.getKey().user())
                .sorted()
                .collect(Collectors.joining());
    }
}
