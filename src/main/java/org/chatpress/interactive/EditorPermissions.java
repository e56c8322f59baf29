package org.chatpress.interactive;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.chatpress.approval.policy.ApprovalRule;
import org.chatpress.approval.policy.ApprovalRule.ReviewerRole;
import org.chatpress.error.RemoteException;
import org.chatpress.model.UserId;
import org.chatpress.slack.SlackReader;

/**
 * Who may do what, by the approvers in the settings. Only people make requests in Slack, so none of them is a bot. What a
 * form submits is decided on again when its note is reviewed; this decides what a person gets to see. Thread-safe.
 */
final class EditorPermissions {
    /** How long the members of a group count as known for what a person asks. */
    static final Duration MAX_AGE = Duration.ofMinutes(1);

    private final SlackReader slack;
    private final Clock clock;
    private final Map<String, Members> groups = new HashMap<>();

    /** @param users empty if Slack refused to name them */
    private record Members(Optional<Set<UserId>> users, Instant at) {}

    EditorPermissions(SlackReader slack, Clock clock) {
        this.slack = slack;
        this.clock = clock;
    }

    /** The person's role; UNKNOWN if Slack does not say now who is in a group. */
    ReviewerRole role(UserId user, ApprovalRule rule) {
        return rule.approvers().anyone() ? ReviewerRole.APPROVER : namedRole(user, rule, MAX_AGE);
    }

    /**
     * True if the settings name the person, or a group that the person is in.
     *
     * @param maxAge how long the members of a group count as known
     */
    boolean isNamedApprover(UserId user, ApprovalRule rule, Duration maxAge) {
        return namedRole(user, rule, maxAge) == ReviewerRole.APPROVER;
    }

    private ReviewerRole namedRole(UserId user, ApprovalRule rule, Duration maxAge) {
        return rule.approvers().namedRole(user, group -> members(group, maxAge));
    }

    private synchronized Optional<Set<UserId>> members(String group, Duration maxAge) {
        Instant now = clock.instant();
        Members known = groups.get(group);
        boolean isFresh = known != null
                && !known.at().isAfter(now)
                && known.at().plus(maxAge).isAfter(now);
        if (isFresh) {
            return known.users();
        }
        Optional<Set<UserId>> users = Optional.empty();
        try {
            users = Optional.of(slack.groupMembers(group));
        } catch (RemoteException e) {
            if (e.kind() == RemoteException.Kind.TRANSIENT) {
                return users;
            }
            // Slack would refuse again, and the review needs the calls that the rate limit allows.
        }
        groups.put(group, new Members(users, now));
        return users;
    }
}
