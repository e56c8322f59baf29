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
    final Map<EditorReaction, ReviewerRole> judged = new LinkedHashMap<>();

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
            MessageSnapshot situation,
            ChannelPolicy rule,
            Function<UserId, ReviewerRole> standings,
            Map<EditorReaction, ReviewerRole> before) {
        this.approval = rule.approval();
        this.standings = standings;
        for (Reaction reaction : situation.reactions()) {
            if (!rule.caresFor(reaction.emoji())) {
                continue;
            }
            for (UserId user : reaction.users()) {
                note(new EditorReaction(user, reaction.emoji()), before);
            }
            if (!reaction.namesEverybody()) {
                // Until Slack names everybody, who was there is taken to be there still.
                shortened.add(reaction.emoji());
                before.forEach((mark, standing) -> {
                    if (mark.emoji().equals(reaction.emoji())) {
                        judged.putIfAbsent(mark, standing);
                    }
                });
            }
        }
        for (EditorReaction mark : judged.keySet()) {
            if (approves(mark, situation.message())) {
                approving.add(mark);
            }
        }
    }

    private void note(EditorReaction mark, Map<EditorReaction, ReviewerRole> before) {
        ReviewerRole standing = before.containsKey(mark) ? before.get(mark) : standings.apply(mark.user());
        if (standing == ReviewerRole.UNKNOWN) {
            unknown.add(mark);
        } else {
            judged.put(mark, standing);
        }
    }

    boolean isSettled() {
        return unknown.isEmpty() && shortened.isEmpty();
    }

    /** True once the owner of every approving emoji is known. */
    boolean namesApprovers() {
        return notKnownInFull().noneMatch(approval.emoji()::contains);
    }

    /** True while somebody who may hide the message may be among those not known yet. */
    boolean mayHideMore() {
        return notKnownInFull()
                .anyMatch(emoji ->
                        approval.reject().contains(emoji) || approval.hold().contains(emoji));
    }

    private Stream<String> notKnownInFull() {
        return Stream.concat(shortened.stream(), unknown.stream().map(EditorReaction::emoji));
    }

    /** Who rejects it; empty if nobody does. */
    Optional<String> rejection() {
        return judged.keySet().stream()
                .filter(mark -> approval.reject().contains(mark.emoji()) && mayHide(mark))
                .findFirst()
                .map(mark -> by("rejected by", List.of(mark)));
    }

    /** Who holds it; empty if nobody does. */
    Optional<String> hold(SlackMessage message) {
        return Stream.concat(judged.keySet().stream(), unknown.stream())
                .filter(mark -> approval.hold().contains(mark.emoji()))
                .filter(mark -> mayHide(mark) || isAuthors(mark, message))
                .findFirst()
                .map(mark -> by("held by", List.of(mark)));
    }

    /** Whether the author is in a group of approvers doesn't matter for his own hold. */
    private boolean isAuthors(EditorReaction mark, SlackMessage message) {
        return message.author().equals(Optional.of(mark.user()))
                && message.bot().isEmpty()
                && judged.get(mark) != ReviewerRole.BOT;
    }

    /** Approvers may; where no approval is required, anybody but a bot. */
    private boolean mayHide(EditorReaction mark) {
        return approval.mayInstruct(judged.getOrDefault(mark, ReviewerRole.UNKNOWN));
    }

    private boolean approves(EditorReaction mark, SlackMessage message) {
        boolean own = message.author().equals(Optional.of(mark.user()));
        return judged.get(mark) == ReviewerRole.APPROVER
                && approval.emoji().contains(mark.emoji())
                && (approval.selfApprove() || !own);
    }

    /** For people: {@code approved by U1, U2 (tada)}. */
    static String by(String words, Collection<EditorReaction> marks) {
        var users = new TreeSet<String>();
        var emoji = new TreeSet<String>();
        for (EditorReaction mark : marks) {
            users.add(mark.user().value());
            emoji.add(mark.emoji());
        }
        return words + " " + String.join(", ", users) + " (" + String.join(", ", emoji) + ")";
    }

    /** How many different people made them. */
    static int people(Set<EditorReaction> marks) {
        return (int) marks.stream().map(EditorReaction::user).distinct().count();
    }
}
