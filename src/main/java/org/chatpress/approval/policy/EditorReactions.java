package org.chatpress.approval.policy;

import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.chatpress.approval.policy.ApprovalPolicy.MessageSnapshot;
import org.chatpress.approval.policy.ApprovalRule.ReviewerRole;
import org.chatpress.approval.policy.ReviewState.EditorReaction;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.model.slack.SlackMessage.Reaction;

/** The reactions to one message, and the roles of the users whose reactions a channel's rules use. */
final class EditorReactions {
    private final SlackMessage message;
    private final ChannelPolicy rules;
    private final ApprovalRule rule;
    private final Set<String> uncounted;
    private final Map<EditorReaction, ReviewerRole> known = new LinkedHashMap<>();
    private final Set<EditorReaction> unknown = new LinkedHashSet<>();
    private final Set<EditorReaction> approving = new LinkedHashSet<>();

    /** Those that Slack named, by whatever emoji. */
    private final Set<EditorReaction> listed = new HashSet<>();

    /** The emoji of which Slack named only some users. */
    private final Set<String> truncated = new HashSet<>();

    /**
     * @param uncounted aliases of approving emoji that do not approve this message; their users are looked up to tell why
     * @param saved the reactions that the last review saw: each keeps the role it had then
     * @param roles the roles of users whose reactions are new
     */
    EditorReactions(
            MessageSnapshot snapshot,
            Set<String> uncounted,
            ChannelPolicy rules,
            Map<EditorReaction, ReviewerRole> saved,
            Map<UserId, ReviewerRole> roles) {
        this.message = snapshot.message();
        this.rules = rules;
        this.rule = rules.approval();
        this.uncounted = uncounted;
        for (Reaction reaction : snapshot.reactions()) {
            reaction.users().forEach(user -> listed.add(new EditorReaction(user, reaction.emoji())));
            if (!reaction.hasAllUsers()) {
                truncated.add(reaction.emoji());
            }
            if (isUsed(reaction.emoji())) {
                add(reaction, saved, roles);
            }
        }
        for (EditorReaction reaction : known.keySet()) {
            if (approves(reaction)) {
                approving.add(reaction);
            }
        }
    }

    private boolean isUsed(String emoji) {
        return rules.usesEmoji(emoji) || uncounted.contains(emoji);
    }

    private void add(Reaction reaction, Map<EditorReaction, ReviewerRole> saved, Map<UserId, ReviewerRole> roles) {
        for (UserId user : reaction.users()) {
            var added = new EditorReaction(user, reaction.emoji());
            ReviewerRole role = saved.getOrDefault(added, roles.getOrDefault(user, ReviewerRole.UNKNOWN));
            if (role == ReviewerRole.UNKNOWN) {
                unknown.add(added);
            } else {
                known.put(added, role);
            }
        }
        if (!reaction.hasAllUsers()) {
            // Slack omitted users. Those of the last review may be among them, so their reactions still count.
            saved.forEach((before, role) -> {
                if (before.emoji().equals(reaction.emoji())) {
                    known.putIfAbsent(before, role);
                }
            });
        }
    }

    private boolean approves(EditorReaction reaction) {
        return known.get(reaction) == ReviewerRole.APPROVER
                && rule.emoji().contains(reaction.emoji())
                && (rule.selfApprove() || !isByAuthor(reaction));
    }

    /** The reactions of users whose role is known. */
    Map<EditorReaction, ReviewerRole> known() {
        return Collections.unmodifiableMap(known);
    }

    /** The reactions that count as approvals. */
    Set<EditorReaction> approving() {
        return Collections.unmodifiableSet(approving);
    }

    /**
     * Every reaction that the message has, by whatever emoji: one that means nothing today may approve under other
     * settings.
     */
    Set<EditorReaction> all() {
        var all = new HashSet<>(listed);
        all.addAll(known.keySet());
        return all;
    }

    /** Those of earlier reactions that the message may still have. */
    Set<EditorReaction> stillPresent(Set<EditorReaction> earlier) {
        var present = new HashSet<>(earlier);
        present.removeIf(reaction -> !listed.contains(reaction) && !truncated.contains(reaction.emoji()));
        return present;
    }

    /** The users who added a reaction and whose role is not known. */
    Set<UserId> unknownUsers() {
        var users = new LinkedHashSet<UserId>();
        unknown.forEach(reaction -> users.add(reaction.user()));
        return users;
    }

    /** True if every user whose reaction may matter is named, and all their roles are known. */
    boolean isComplete() {
        return unknown.isEmpty() && truncated.stream().noneMatch(this::isUsed);
    }

    /** True if every user who added an approving emoji is known. */
    boolean hasKnownApprovers() {
        return incompleteEmoji().noneMatch(rule.emoji()::contains);
    }

    /** True while a user who is not known yet may be rejecting or holding the message. */
    boolean mayHideOnceKnown() {
        return incompleteEmoji()
                .anyMatch(emoji -> rule.reject().contains(emoji) || rule.hold().contains(emoji));
    }

    private Stream<String> incompleteEmoji() {
        return Stream.concat(truncated.stream(), unknown.stream().map(EditorReaction::emoji));
    }

    /** The approving emoji of people who are not approvers, as a reason; empty if there are none. */
    Optional<String> notByApprovers() {
        List<EditorReaction> reactions = known.keySet().stream()
                .filter(reaction -> known.get(reaction) == ReviewerRole.NOT_APPROVER)
                .filter(reaction -> rule.emoji().contains(reaction.emoji()))
                .toList();
        return reactions.isEmpty() ? Optional.empty() : Optional.of(reason("not by an approver:", reactions));
    }

    /** Aliases by which approvers reacted without effect, as a reason; empty if there are none. */
    Optional<String> uncountedAliases() {
        List<EditorReaction> reactions = known.keySet().stream()
                .filter(reaction -> known.get(reaction) == ReviewerRole.APPROVER)
                .filter(reaction -> uncounted.contains(reaction.emoji()))
                .toList();
        return reactions.isEmpty()
                ? Optional.empty()
                : Optional.of(reason("an alias newer than the message, or once of another emoji:", reactions));
    }

    /** Who rejects the message, as a reason; empty if it is not rejected. */
    Optional<String> rejection() {
        return known.keySet().stream()
                .filter(reaction -> rule.reject().contains(reaction.emoji()) && mayHide(reaction))
                .findFirst()
                .map(reaction -> reason("rejected by", List.of(reaction)));
    }

    /** Who holds the message, as a reason; empty if it is not held. */
    Optional<String> hold() {
        return Stream.concat(known.keySet().stream(), unknown.stream())
                .filter(reaction -> rule.hold().contains(reaction.emoji()))
                .filter(reaction -> mayHide(reaction) || isHoldByAuthor(reaction))
                .findFirst()
                .map(reaction -> reason("held by", List.of(reaction)));
    }

    private boolean mayHide(EditorReaction reaction) {
        return rule.mayCommand(known.getOrDefault(reaction, ReviewerRole.UNKNOWN));
    }

    /** Authors may hold their own messages, so it does not matter whether their role is known. */
    private boolean isHoldByAuthor(EditorReaction reaction) {
        return isByAuthor(reaction) && message.bot().isEmpty() && known.get(reaction) != ReviewerRole.BOT;
    }

    private boolean isByAuthor(EditorReaction reaction) {
        return message.author().equals(Optional.of(reaction.user()));
    }

    /** For people: {@code approved by U1, U2 (tada)}. */
    static String reason(String verb, Collection<EditorReaction> reactions) {
        var users = new TreeSet<String>();
        var emoji = new TreeSet<String>();
        for (EditorReaction reaction : reactions) {
            users.add(reaction.user().value());
            emoji.add(reaction.emoji());
        }
        return verb + " " + String.join(", ", users) + " (" + String.join(", ", emoji) + ")";
    }

    /** How many different people added these reactions. */
    static int people(Collection<EditorReaction> reactions) {
        return (int) reactions.stream().map(EditorReaction::user).distinct().count();
    }
}
