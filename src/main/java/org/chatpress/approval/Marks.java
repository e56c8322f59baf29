package org.chatpress.approval;

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
import org.chatpress.model.Message;
import org.chatpress.model.Reaction;
import org.chatpress.model.UserId;

/** The marks of one message that the rule cares for, each with its owner's standing. */
final class Marks {
    private final ApprovalRule approval;
    private final Function<UserId, Standing> standings;
    /** Marks whose owner's standing is known. */
    final Map<Mark, Standing> judged = new LinkedHashMap<>();

    /** Those that count as approvals. */
    final Set<Mark> approving = new LinkedHashSet<>();

    /** Marks whose owner Slack has not told us about yet. */
    private final Set<Mark> unknown = new LinkedHashSet<>();

    /** Emoji of which Slack named some owners only. */
    private final Set<String> shortened = new HashSet<>();

    /**
     * @param standings who somebody is now; asked only for marks that were not there before
     * @param before the marks as last judged under this kind of rule
     */
    Marks(Situation situation, ChannelRule rule, Function<UserId, Standing> standings, Map<Mark, Standing> before) {
        this.approval = rule.approval();
        this.standings = standings;
        for (Reaction reaction : situation.reactions()) {
            if (!rule.caresFor(reaction.emoji())) {
                continue;
            }
            for (UserId user : reaction.users()) {
                note(new Mark(user, reaction.emoji()), before);
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
        for (Mark mark : judged.keySet()) {
            if (approves(mark, situation.message())) {
                approving.add(mark);
            }
        }
    }

    private void note(Mark mark, Map<Mark, Standing> before) {
        Standing standing = before.containsKey(mark) ? before.get(mark) : standings.apply(mark.user());
        if (standing == Standing.UNKNOWN) {
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
        return Stream.concat(shortened.stream(), unknown.stream().map(Mark::emoji));
    }

    /** Who rejects it; empty if nobody does. */
    Optional<String> rejection() {
        return judged.keySet().stream()
                .filter(mark -> approval.reject().contains(mark.emoji()) && mayHide(mark))
                .findFirst()
                .map(mark -> by("rejected by", List.of(mark)));
    }

    /** Who holds it; empty if nobody does. */
    Optional<String> hold(Message message) {
        return Stream.concat(judged.keySet().stream(), unknown.stream())
                .filter(mark -> approval.hold().contains(mark.emoji()))
                .filter(mark -> mayHide(mark) || isAuthors(mark, message))
                .findFirst()
                .map(mark -> by("held by", List.of(mark)));
    }

    /** Whether the author is in a group of approvers doesn't matter for his own hold. */
    private boolean isAuthors(Mark mark, Message message) {
        return message.author().equals(Optional.of(mark.user()))
                && message.bot().isEmpty()
                && judged.get(mark) != Standing.BOT;
    }

    /** Approvers may; where no approval is required, anybody but a bot. */
    private boolean mayHide(Mark mark) {
        return approval.mayInstruct(judged.getOrDefault(mark, Standing.UNKNOWN));
    }

    private boolean approves(Mark mark, Message message) {
        boolean own = message.author().equals(Optional.of(mark.user()));
        return judged.get(mark) == Standing.APPROVER
                && approval.emoji().contains(mark.emoji())
                && (approval.selfApprove() || !own);
    }

    /** For people: {@code approved by U1, U2 (tada)}. */
    static String by(String words, Collection<Mark> marks) {
        var users = new TreeSet<String>();
        var emoji = new TreeSet<String>();
        for (Mark mark : marks) {
            users.add(mark.user().value());
            emoji.add(mark.emoji());
        }
        return words + " " + String.join(", ", users) + " (" + String.join(", ", emoji) + ")";
    }

    /** How many different people made them. */
    static int people(Set<Mark> marks) {
        return (int) marks.stream().map(Mark::user).distinct().count();
    }
}
