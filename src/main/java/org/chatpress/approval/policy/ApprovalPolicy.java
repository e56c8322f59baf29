package org.chatpress.approval.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.chatpress.approval.policy.ApprovalRule.ReviewerRole;
import org.chatpress.approval.policy.Decision.Verdict;
import org.chatpress.model.MessageTs;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.model.slack.SlackMessage.Reaction;
import org.chatpress.text.EmojiTable;
import org.chatpress.text.UnshownContent;

/**
 * Decides whether messages and replies are public under a channel's rules. The first reason that applies decides:
 * deleted, ignored, withdrawn by the settings, private, rejected, held, approved, pending.
 *
 * <p>An approval covers the content that the approver saw, not the message: readers keep seeing that content while a
 * later edit waits.
 *
 * <p>Every method is a function of its arguments. The caller looks up the roles of {@link #usersToLookUp} first.
 */
public final class ApprovalPolicy {
    private final ChannelPolicy rules;
    private final Map<String, EmojiAlias> customEmoji;
    private final PrivatePrefix privatePrefix;
    private final ThreadCommandPolicy commandPolicy;

    /**
     * @param customEmoji what custom emoji stand for in reactions, by their names; a name that is left out is not known
     *     yet, and counts for nothing
     */
    public ApprovalPolicy(ChannelPolicy rules, Map<String, EmojiAlias> customEmoji) {
        this.rules = rules;
        this.customEmoji = Map.copyOf(customEmoji);
        this.privatePrefix = new PrivatePrefix(rules.privatePrefix());
        this.commandPolicy = new ThreadCommandPolicy(rules);
    }

    /**
     * Decides on a message.
     *
     * @param commands the commands in its thread; they change what readers see, but make nothing public
     * @param roles the roles of {@link #usersToLookUp}; a user without an entry counts as UNKNOWN
     */
    public Decision evaluate(MessageSnapshot snapshot, ThreadCommands commands, Map<UserId, ReviewerRole> roles) {
        var context = context(snapshot, roles);
        return hiddenRegardlessOfApproval(context, commands).orElseGet(() -> byApproval(context, commands));
    }

    /**
     * Decides on a reply, whether it was also sent to the channel or not. A thread command is never public itself.
     *
     * @param root the thread's first message; empty if it is not stored
     * @param roles as for {@link #evaluate}
     */
    public Decision evaluateReply(MessageSnapshot reply, Optional<SlackMessage> root, Map<UserId, ReviewerRole> roles) {
        return parseCommand(reply.message())
                .map(command -> commandPolicy.evaluate(context(reply, roles), command, root))
                .orElseGet(() -> evaluate(reply, ThreadCommands.NONE, roles));
    }

    /** Returns the users whose roles an evaluation needs and the last review did not save. */
    public Set<UserId> usersToLookUp(MessageSnapshot snapshot) {
        var context = context(snapshot, Map.of());
        Set<UserId> users = context.reactions().unknownUsers();
        Optional<CommandReply> command = parseCommand(snapshot.message());
        if (command.isPresent()) {
            users.addAll(commandPolicy.usersToLookUp(context, command.get()));
        } else {
            ApprovalEvaluator.decidingEditor(context)
                    .filter(editor -> hiddenRegardlessOfApproval(context, ThreadCommands.NONE)
                            .isEmpty())
                    .ifPresent(users::add);
        }
        return users;
    }

    /** True for an emoji of which every user must be known. */
    public boolean usesEmoji(String emoji) {
        return alias(emoji).names().anyMatch(rules::usesEmoji) || rules.usesEmoji(emoji);
    }

    /** What custom emoji stand for in the reactions to the messages. */
    public Map<String, EmojiAlias> customEmoji() {
        return customEmoji;
    }

    /** True if it is known what each reaction of a message stands for; if not, a decision on it is not final. */
    public boolean knowsEmojiOf(MessageSnapshot snapshot) {
        return unknownEmoji(snapshot.reactions()).isEmpty();
    }

    /** The custom emoji in reactions for which it is not known what they stand for. */
    private Set<String> unknownEmoji(List<Reaction> reactions) {
        return reactions.stream()
                .map(Reaction::emoji)
                .filter(emoji -> rules.mayBeAlias(emoji) && !customEmoji.containsKey(emoji))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** True for a reply that consists of thread commands, whether they are in effect or not. */
    public boolean isThreadCommand(SlackMessage reply) {
        return parseCommand(reply).isPresent();
    }

    /** Returns the thread commands that a decision on a reply puts into effect. */
    public List<ThreadCommand> commandsInEffect(MessageSnapshot reply, Decision decision) {
        return CommandReply.inEffect(reply.message().ts(), decision.reviewState(), rules.annotations());
    }

    /** True while readers see the approved version of a public message because an edit waits for a new approval. */
    public static boolean isEditWaiting(SlackMessage message, ReviewState reviewState) {
        return reviewState.verdict() == Verdict.APPROVED
                && reviewState
                        .approved()
                        .filter(approved -> showsMoreThan(approved, message))
                        .isPresent();
    }

    private ReviewContext context(MessageSnapshot snapshot, Map<UserId, ReviewerRole> roles) {
        MessageTs ts = snapshot.message().ts();
        List<Reaction> reactions = snapshot.reactions().stream()
                .map(reaction -> new Reaction(countsAs(reaction.emoji(), ts), reaction.users(), reaction.count()))
                .toList();
        Set<String> uncounted = reactions.stream()
                .map(Reaction::emoji)
                .filter(emoji -> !rules.usesEmoji(emoji)
                        && alias(emoji).names().anyMatch(rules.approval().emoji()::contains))
                .collect(Collectors.toSet());
        return new ReviewContext(snapshot.withReactions(reactions), uncounted, rules, roles);
    }

    /** The emoji that a reaction to a message counts as: for an alias that means something, what it stands for. */
    private String countsAs(String emoji, MessageTs message) {
        EmojiAlias alias = alias(emoji);
        if (rules.usesEmoji(emoji) || !rules.usesEmoji(alias.stoodFor())) {
            return emoji;
        }
        boolean approves = rules.approval().emoji().contains(alias.stoodFor());
        return approves && !alias.mayApprove(message) ? emoji : alias.stoodFor();
    }

    private EmojiAlias alias(String emoji) {
        return customEmoji.getOrDefault(emoji, EmojiAlias.none(emoji));
    }

    private Optional<CommandReply> parseCommand(SlackMessage message) {
        return CommandReply.parse(message, rules.annotations());
    }

    private Optional<Decision> hiddenRegardlessOfApproval(ReviewContext context, ThreadCommands commands) {
        SlackMessage message = context.message();
        if (context.isDeleted()) {
            return Optional.of(context.hidden(Verdict.DELETED, "deleted in Slack"));
        }
        Optional<String> reasonToIgnore = MessageFilter.reasonToIgnore(message, rules);
        if (reasonToIgnore.isPresent()) {
            return Optional.of(context.hidden(Verdict.IGNORED, reasonToIgnore.get()));
        }
        if (rules.withdrawn().contains(message.ts())) {
            return Optional.of(context.hidden(Verdict.WITHDRAWN, "listed under withdraw in the settings"));
        }
        boolean isEdited = commands.newest(ThreadCommand.EDIT).isPresent();
        if (privatePrefix.matches(message) || (isEdited && privatePrefix.matches(commands.withEdit(message)))) {
            return Optional.of(context.hidden(Verdict.PRIVATE, startsWithPrivatePrefix()));
        }
        return context.reactions().rejection().map(reason -> context.hidden(Verdict.REJECTED, reason));
    }

    private Decision byApproval(ReviewContext context, ThreadCommands commands) {
        SlackMessage message = context.message();
        ApprovalEvaluator approval = ApprovalEvaluator.byReactions(context);
        if (context.isMissing()) {
            return approval.notPublic(Verdict.MISSING, "Slack no longer returns the message");
        }
        Optional<String> hold = context.reactions().hold();
        if (hold.isPresent()) {
            return approval.notPublic(Verdict.HELD, hold.get());
        }
        if (approval.content().isEmpty()) {
            return approval.notPublic(Verdict.PENDING, approval.reason());
        }
        if (isInsideDelay(context)) {
            Instant end = message.ts().instant().plus(rules.delay());
            return approval.notPublic(Verdict.DELAYED, "approved; public from " + end);
        }
        if (context.reactions().mayHideOnceKnown() && context.lastVerdict() != Verdict.APPROVED) {
            return approval.notPublic(
                    Verdict.PENDING, "waits for Slack to say who added a reaction that may reject or hold it");
        }

        Set<String> unknownEmoji = unknownEmoji(context.allReactions());
        if (!unknownEmoji.isEmpty() && context.lastVerdict() != Verdict.APPROVED) {
            return approval.notPublic(
                    Verdict.PENDING,
                    "waits for Slack's list of custom emoji: an alias may reject or hold it ("
                            + String.join(", ", unknownEmoji) + ")");
        }

        JsonNode approved = approval.content().get();
        boolean isCurrent = approved.equals(message.json());
        if (!isCurrent && privatePrefix.matches(new SlackMessage(message.ts(), approved))) {
            return context.hidden(Verdict.PRIVATE, startsWithPrivatePrefix());
        }
        SlackMessage shown = commands.withEdit(withoutDeletedFiles(approved, message));
        List<String> unshown = UnshownContent.of(shown, rules.photos(), rules.videos());
        String reason = approval.reason()
                + annotatingReactions(context.reactions())
                + (commands.newest(ThreadCommand.EDIT).isPresent() ? "; shows the text of an edit: reply" : "")
                + (showsMoreThan(approved, message) ? "; an edit waits for a new approval" : "")
                + (unshown.isEmpty() ? "" : "; readers don't see " + String.join(", ", unshown));
        return approval.publishedAs(shown, reason);
    }

    private String startsWithPrivatePrefix() {
        return "starts with the private prefix " + rules.privatePrefix();
    }

    private boolean isInsideDelay(ReviewContext context) {
        if (rules.delay().isZero() || context.lastVerdict() == Verdict.APPROVED) {
            return false;
        }
        // The message may have changed since the last page that showed it, so only a page read after the delay ends it.
        Instant end = context.message().ts().instant().plus(rules.delay());
        return context.readAt().map(readAt -> readAt.isBefore(end)).orElse(true);
    }

    private static boolean showsMoreThan(JsonNode approved, SlackMessage message) {
        return !approved.equals(message.json())
                && !ContentFingerprint.of(message)
                        .addsNothingTo(ContentFingerprint.of(new SlackMessage(message.ts(), approved)));
    }

    /** The approved version of a message without the files that have been deleted in Slack since. */
    public static SlackMessage withoutDeletedFiles(JsonNode approved, SlackMessage message) {
        if (!approved.path("files").isArray()) {
            return new SlackMessage(message.ts(), approved);
        }
        Set<String> present = new HashSet<>();
        message.json().path("files").forEach(file -> {
            if (!ContentFingerprint.isDeleted(file)) {
                present.add(file.path("id").asText());
            }
        });
        ObjectNode copy = approved.deepCopy();
        ArrayNode files = copy.putArray("files");
        for (JsonNode file : approved.path("files")) {
            if (present.contains(file.path("id").asText())) {
                files.add(file);
            }
        }
        return new SlackMessage(message.ts(), copy);
    }

    /** For the reason: {@code ; pushpin by U1}. */
    private String annotatingReactions(EditorReactions reactions) {
        return reactions.known().entrySet().stream()
                .filter(reaction ->
                        rules.annotations().isEmoji(reaction.getKey().emoji()))
                .filter(reaction -> rules.approval().mayCommand(reaction.getValue()))
                .map(reaction -> "; " + reaction.getKey().emoji() + " by "
                        + reaction.getKey().user())
                .sorted()
                .collect(Collectors.joining());
    }

    /**
     * A message as it is stored when its review starts.
     *
     * @param message as Slack last sent it
     * @param reactions the message's own, or those of {@code reactions.get} where the message named only some users; by
     *     the first names of their emoji
     * @param deleted true if Slack said that the message no longer exists
     * @param missing true if pages lack the message and Slack, asked for it alone, did not say why
     * @param readAt Slack's time when it sent the page that showed the message in this cycle; empty if no page did
     * @param reviewState what the last review saved; empty if there was none
     */
    public record MessageSnapshot(
            SlackMessage message,
            List<Reaction> reactions,
            boolean deleted,
            boolean missing,
            Optional<Instant> readAt,
            Optional<ReviewState> reviewState) {
        public MessageSnapshot {
            reactions = reactions.stream()
                    .map(reaction -> new Reaction(
                            EmojiTable.standard().canonicalName(reaction.emoji()), reaction.users(), reaction.count()))
                    .toList();
        }

        /** The same message with other reactions. */
        public MessageSnapshot withReactions(List<Reaction> complete) {
            return new MessageSnapshot(message, complete, deleted, missing, readAt, reviewState);
        }

        /** True if the last review made the message public. */
        public boolean isPublic() {
            return reviewState
                    .filter(before -> before.verdict() == Verdict.APPROVED)
                    .isPresent();
        }
    }

    /** Finds the messages that are never published, such as join notices, posts of unlisted bots, and replies. */
    private static final class MessageFilter {
        private static final Set<String> PUBLISHED_SUBTYPES =
                Set.of("", "file_share", "me_message", "thread_broadcast", "bot_message");

        private MessageFilter() {}

        /** Says why a message is never published; empty if it may be. */
        static Optional<String> reasonToIgnore(SlackMessage message, ChannelPolicy rules) {
            String subtype = message.subtype();
            if (message.isTombstone()) {
                return Optional.of("deleted in Slack");
            }
            if (!PUBLISHED_SUBTYPES.contains(subtype)) {
                return Optional.of("a system message: " + subtype);
            }
            if (message.ts().instant().isBefore(rules.since())) {
                return Optional.of("older than since");
            }
            if (message.isReply() && !rules.replies()) {
                return Optional.of("a reply in a thread");
            }
            boolean isByBot = subtype.equals("bot_message") || message.bot().isPresent();
            if (isByBot && message.bot().filter(rules.bots()::contains).isEmpty()) {
                return Optional.of("by a bot that is not listed under bots");
            }
            if (message.author().isEmpty() || message.author().get().value().equals("USLACKBOT")) {
                return Optional.of("has no author");
            }
            boolean hasMedia = (rules.photos() && !message.images().isEmpty())
                    || (rules.videos() && !message.clips().isEmpty());
            if (!hasMedia && !UnshownContent.hasText(message)) {
                List<String> unshown = UnshownContent.of(message, rules.photos(), rules.videos());
                return Optional.of("has no text" + (unshown.isEmpty() ? "" : ", only " + String.join(", ", unshown)));
            }
            boolean isAfterClosing = rules.closedAt()
                    .filter(closed -> message.ts().instant().isAfter(closed))
                    .isPresent();
            return isAfterClosing ? Optional.of("posted after the chat was closed") : Optional.empty();
        }
    }
}
