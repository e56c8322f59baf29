package org.chatpress.approval.policy;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.Reaction;
import org.chatpress.model.slack.SlackMessage;

/** The marks of one message that the rule cares for, each with its owner's standing. */
final class EditorReactions {
    private final ApprovalRule approval;
    private final Function<UserId, ReviewerRole> standings;
    /** Marks whose owner's standing is known. */
    final Map<EditorReaction, ReviewerRole> seen = new LinkedHashMap<>();

    /** Those that count as approvals. */
    final Set<EditorReaction> approving = new LinkedHashSet<>();

    /** Marks whose owner Slack has not told us about yet. */
    private final Set<EditorReaction> unknown = new LinkedHashSet<>();

    /** Emoji of which Slack named some owners only. */
    private final Set<String> shortened = new HashSet<>();

    /**
     * @param standings who somebody is now; asked only for marks that were not there before
     * @param before the marks as last judged under this kind of rule
     */
    EditorReactions(
            MessageSnapshot snapshot,
            ChannelPolicy rule,
            Function<UserId, ReviewerRole> standings,
            Map<EditorReaction, ReviewerRole> before) {
        this.approval = rule.approval();
        this.standings = standings;
        for (Reaction reaction : snapshot.reactions()) {
            if (!rule.usesEmoji(reaction.emoji())) {
                continue;
            }
            for (UserId user : reaction.users()) {
                note(new EditorReaction(user, reaction.emoji()), before);
            }
            if (!reaction.hasAllUsers()) {
                // Until Slack names everybody, who was there is taken to be there still.
                shortened.add(reaction.emoji());
                before.forEach((mark, role) -> {
                    if (mark.emoji().equals(reaction.emoji())) {
                        seen.putIfAbsent(mark, role);
                    }
                });
            }
        }
        for (EditorReaction mark : seen.keySet()) {
            if (approves(mark, snapshot.message())) {
                approving.add(mark);
            }
        }
    }

    private void note(EditorReaction mark, Map<EditorReaction, ReviewerRole> before) {
        ReviewerRole role = before.containsKey(mark) ? before.get(mark) : standings.apply(mark.user());
        if (role == ReviewerRole.UNKNOWN) {
            unknown.add(mark);
        } else {
            seen.put(mark, role);
        }
    }

    boolean isFinal() {
        return unknown.isEmpty() && shortened.isEmpty();
    }

    /** True once the owner of every approving emoji is known. */
    boolean hasKnownApprovers() {
        return notKnownInFull().noneMatch(approval.emoji()::contains);
    }

    /** True while somebody who may hide the message may be among those not known yet. */
    boolean mayBeIncomplete() {
        return notKnownInFull()
                .anyMatch(emoji ->
                        approval.reject().contains(emoji) || approval.hold().contains(emoji));
    }

    private Stream<String> notKnownInFull() {
        return Stream.concat(shortened.stream(), unknown.stream().map(EditorReaction::emoji));
    }

    /** Who rejects it; empty if nobody does. */
    Optional<String> rejection() {
        return seen.keySet().stream()
                .filter(mark -> approval.reject().contains(mark.emoji()) && mayHide(mark))
                .findFirst()
                .map(mark -> reason("rejected by", List.of(mark)));
    }

    /** Who holds it; empty if nobody does. */
    Optional<String> hold(SlackMessage message) {
        return Stream.concat(seen.keySet().stream(), unknown.stream())
                .filter(mark -> approval.hold().contains(mark.emoji()))
                .filter(mark -> mayHide(mark) || isAuthors(mark, message))
                .findFirst()
                .map(mark -> reason("held by", List.of(mark)));
    }

    /** Whether the author is in a group of approvers doesn't matter for his own hold. */
    private boolean isAuthors(EditorReaction mark, SlackMessage message) {
        return message.author().equals(Optional.of(mark.user()))
                && message.bot().isEmpty()
                && seen.get(mark) != ReviewerRole.BOT;
    }

    /** Approvers may; where no approval is required, anybody but a bot. */
    private boolean mayHide(EditorReaction mark) {
        return approval.mayCommand(seen.getOrDefault(mark, ReviewerRole.UNKNOWN));
    }

    private boolean approves(EditorReaction mark, SlackMessage message) {
        boolean own = message.author().equals(Optional.of(mark.user()));
        return seen.get(mark) == ReviewerRole.APPROVER
                && approval.emoji().contains(mark.emoji())
                && (approval.selfApprove() || !own);
    }

    /** For people: {@code approved by U1, U2 (tada)}. */
    static String reason(String words, Collection<EditorReaction> marks) {
        var users = new TreeSet<String>();
        var emoji = new TreeSet<String>();
        for (EditorReaction mark : marks) {
            users.add(mark.user().value());
            emoji.add(mark.emoji());
        }
        return words + " " + String.join(", ", users) + " (" + String.join(", ", emoji) + ")";
    }

    /** How many different people made them. */
    static int users(Set<EditorReaction> marks) {
        return (int) marks.stream().map(EditorReaction::user).distinct().count();
    }
}
