package org.chatpress.approval.policy;

import java.util.Set;
import org.chatpress.model.UserId;

/**
 * Who decides what readers see, and by which emoji. All emoji are short names without colons and skin tones.
 *
 * @param required false for {@code approval: none}: messages are public at once, and anybody may reject or hold
 * @param emoji any of these approves; empty only when not required
 * @param approvers who may
 * @param count how many different people must, at least 1
 * @param selfApprove whether an author's own mark counts
 * @param onEdit what becomes of an edit of an approved message
 * @param reject any of these by an approver hides a message, whatever else it bears
 * @param hold any of these by an approver or the author hides it until it is taken away
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
    public static final Set<String> REJECT = Set.of("no_entry");
    public static final Set<String> HOLD = Set.of("hourglass");

    public ApprovalRule {
        emoji = Set.copyOf(emoji);
        reject = Set.copyOf(reject);
        hold = Set.copyOf(hold);
    }

    /** {@code approval: none}. */
    public static ApprovalRule none() {
        return new ApprovalRule(false, Set.of(), Approvers.nobody(), 1, true, OnEdit.PUBLISH, REJECT, HOLD);
    }

    /** Whether somebody may reject, hold and instruct: approvers, or anybody but a bot where no approval is required. */
    public boolean mayCommand(ReviewerRole role) {
        return switch (role) {
            case APPROVER -> true;
            case NOT_APPROVER -> !required;
            case BOT, UNKNOWN -> false;
        };
    }

    /** What becomes of an edit of an approved message. */
    public enum OnEdit {
        /** What was approved stays public until the edit is approved too. */
        HOLD,
        /** Edits are published as they come. */
        PUBLISH
    }

    /**
     * People, members of Slack user groups (S...), or anybody but bots.
     */
    public record Approvers(Set<UserId> people, Set<String> groups, boolean anyone) {
        public Approvers {
            people = Set.copyOf(people);
            groups = Set.copyOf(groups);
        }

        public static Approvers nobody() {
            return new Approvers(Set.of(), Set.of(), false);
        }
    }
}
