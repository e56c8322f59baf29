package org.chatpress.approval.policy;

import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.chatpress.model.UserId;

/**
 * Who approves, rejects and holds messages, and by which emoji. All emoji are short names without colons and skin tones.
 *
 * @param required false for {@code approval: none}: messages are public at once, and every person may reject and hold
 * @param emoji each of these approves; empty only if not required
 * @param approvers the users whose reactions approve
 * @param count how many different people must approve, at least 1
 * @param selfApprove whether an author's own reaction counts as an approval
 * @param onEdit what happens to an edit of an approved message
 * @param reject each of these by an approver hides a message, whatever other reactions it has
 * @param hold each of these by an approver or the author hides a message until the reaction is removed
 */
public record ApprovalRule(
        boolean required,
        Set<String> emoji,
        Approvers approvers,
        int count,
        boolean selfApprove,
        OnEdit onEdit,
        Set<String> reject,
        Set<String> hold) {
    /** The rejecting emoji unless the settings name others. */
    public static final Set<String> REJECT = Set.of("no_entry");

    /** The holding emoji unless the settings name others. */
    public static final Set<String> HOLD = Set.of("hourglass");

    public ApprovalRule {
        emoji = Set.copyOf(emoji);
        reject = Set.copyOf(reject);
        hold = Set.copyOf(hold);
    }

    /** {@code approval: none}. */
    public static ApprovalRule none() {
        return new ApprovalRule(false, Set.of(), Approvers.NONE, 1, true, OnEdit.PUBLISH, REJECT, HOLD);
    }

    /** True for a role that may reject, hold and annotate: approvers, or every person where no approval is required. */
    public boolean mayCommand(ReviewerRole role) {
        return switch (role) {
            case APPROVER -> true;
            case NOT_APPROVER -> !required;
            case BOT, UNKNOWN -> false;
        };
    }

    /** What happens to an edit of an approved message. */
    public enum OnEdit {
        /** Readers keep seeing what was approved until the edit is approved, too. */
        HOLD,
        /** The edit is published at once. */
        PUBLISH
    }

    /**
     * The users whose reactions approve. Bots never do.
     *
     * @param groups ids of Slack user groups (S...)
     * @param anyone true: every person approves
     */
    public record Approvers(Set<UserId> people, Set<String> groups, boolean anyone) {
        public static final Approvers NONE = new Approvers(Set.of(), Set.of(), false);

        public Approvers {
            people = Set.copyOf(people);
            groups = Set.copyOf(groups);
        }

        /**
         * APPROVER if the settings name the person, or a group that the person is in. UNKNOWN if that depends on a group
         * whose members are not known.
         *
         * @param members of a group; empty if Slack does not name them now
         */
        public ReviewerRole namedRole(UserId person, Function<String, Optional<Set<UserId>>> members) {
            if (people.contains(person)) {
                return ReviewerRole.APPROVER;
            }
            ReviewerRole otherwise = ReviewerRole.NOT_APPROVER;
            for (String group : groups) {
                Optional<Set<UserId>> users = members.apply(group);
                if (users.isEmpty()) {
                    otherwise = ReviewerRole.UNKNOWN;
                } else if (users.get().contains(person)) {
                    return ReviewerRole.APPROVER;
                }
            }
            return otherwise;
        }
    }

    /** What a user's reactions count for under a channel's rules. */
    public enum ReviewerRole {
        /** Listed under approvers, a member of a listed group, or any person where anyone may approve. */
        APPROVER,
        /** A person whose reactions do not approve. */
        NOT_APPROVER,
        /** A bot, ours included: its reactions count for nothing. */
        BOT,
        /** Not known, because a call to Slack failed: such a reaction neither publishes nor hides a message. */
        UNKNOWN
    }
}
