package org.chatpress.approval;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.chatpress.approval.policy.ApprovalRule;
import org.chatpress.approval.policy.ReviewerRole;
import org.chatpress.error.RemoteException;
import org.chatpress.model.Author;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.UserProfile;
import org.chatpress.slack.SlackReader;
import org.chatpress.store.Store;

/** Who is who: people from the store, else from Slack; groups from Slack, asked at most once a minute. */
final class UserDirectory {
    private static final Duration PROFILES_LAST = Duration.ofDays(1);
    private static final Duration GROUPS_LAST = Duration.ofMinutes(1);
    private static final int REFRESHED_PER_CYCLE = 3;

    /** One person whom Slack cannot tell about must not stand in the way of the others; a silent Slack may. */
    private static final int PATIENCE = 3;

    private final SlackReader slack;
    private final Store store;
    private final Map<UserId, UserProfile> metInThisCycle = new HashMap<>();
    private final Map<String, CachedGroup> groups = new HashMap<>();
    private Instant now = Instant.EPOCH;
    private final Set<String> silentGroups = new HashSet<>();
    private int consecutiveFailures;
    private final List<RemoteException> failures = new ArrayList<>();

    private record CachedGroup(Set<UserId> members, Instant fetchedAt) {}

    UserDirectory(SlackReader slack, Store store) {
        this.slack = slack;
        this.store = store;
    }

    /** A new cycle begins: asks anew for the authors who were asked longest ago; what changed is seen by readers. */
    void beginCycle(Instant cycle) {
        now = cycle;
        consecutiveFailures = 0;
        silentGroups.clear();
        metInThisCycle.clear();
        for (UserId id : store.users().staleSince(now.minus(PROFILES_LAST), REFRESHED_PER_CYCLE)) {
            ask(id).filter(profile -> !profile.displayName().isEmpty())
                    .ifPresent(profile -> store.publicMessages()
                            .saveAuthor(
                                    new Author(profile.id(), profile.displayName(), profile.title(), profile.image48()),
                                    now));
        }
    }

    /** A person's profile; empty if Slack could not say. Somebody whom Slack doesn't know has an empty name. */
    Optional<UserProfile> profile(UserId id) {
        Optional<UserProfile> profile = Optional.ofNullable(metInThisCycle.get(id))
                .or(() -> store.users().profile(id))
                .or(() -> ask(id));
        profile.ifPresent(met -> metInThisCycle.put(id, met));
        return profile;
    }

    /** Whether somebody's mark counts under a rule. */
    ReviewerRole roleOf(UserId user, ApprovalRule rule) {
        if (user.value().startsWith("B")) {
            return ReviewerRole.BOT;
        }
        Optional<UserProfile> profile = profile(user);
        if (profile.isEmpty()) {
            return ReviewerRole.UNKNOWN;
        }
        if (profile.get().bot()) {
            return ReviewerRole.BOT;
        }
        if (rule.approvers().anyone() || rule.approvers().people().contains(user)) {
            return ReviewerRole.APPROVER;
        }
        ReviewerRole otherwise = ReviewerRole.NOT_APPROVER;
        for (String group : rule.approvers().groups()) {
            Optional<Set<UserId>> members = members(group);
            if (members.isEmpty()) {
                otherwise = ReviewerRole.UNKNOWN;
            } else if (members.get().contains(user)) {
                return ReviewerRole.APPROVER;
            }
        }
        return otherwise;
    }

    /** What Slack could not say since this was asked last. */
    List<RemoteException> failures() {
        List<RemoteException> now = List.copyOf(failures);
        failures.clear();
        return now;
    }

    private Optional<Set<UserId>> members(String group) {
        CachedGroup known = groups.get(group);
        if (known != null && known.fetchedAt.plus(GROUPS_LAST).isAfter(now)) {
            return Optional.of(known.members);
        }
        if (silentGroups.contains(group)) {
            return Optional.empty();
        }
        try {
            Set<UserId> members = slack.groupMembers(group);
            groups.put(group, new CachedGroup(Set.copyOf(members), now));
            return Optional.of(members);
        } catch (RemoteException e) {
            silentGroups.add(group);
            failures.add(e);
            return Optional.empty();
        }
    }

    private Optional<UserProfile> ask(UserId id) {
        if (consecutiveFailures >= PATIENCE) {
            return Optional.empty();
        }
        try {
            return Optional.of(saved(slack.userProfile(id)));
        } catch (RemoteException e) {
            if (e.kind() == RemoteException.Kind.REJECTED) {
                // Who was known once may have left since, and is still who they were.
                return Optional.of(saved(store.users().profile(id).orElse(new UserProfile(id, "", "", "", false))));
            }
            consecutiveFailures++;
            failures.add(e);
            return Optional.empty();
        }
    }

    private UserProfile saved(UserProfile profile) {
        store.users().save(profile, now);
        return profile;
    }
}
