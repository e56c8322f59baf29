package org.chatpress.approval;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.chatpress.approval.policy.ApprovalRule;
import org.chatpress.approval.policy.ApprovalRule.ReviewerRole;
import org.chatpress.cycle.context.CycleContext;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.error.RemoteException;
import org.chatpress.model.PublicMessage.Author;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.UserProfile;
import org.chatpress.slack.SlackReader;
import org.chatpress.store.Store;

/**
 * Who the users of the workspace are, for one cycle: their profiles from the database, or from Slack if they are new, and
 * the members of user groups from Slack. If a call fails, the result is empty or UNKNOWN, and {@link #failures} has it.
 */
final class UserDirectory {
    private static final Duration MAX_PROFILE_AGE = Duration.ofDays(1);
    private static final Duration MAX_GROUP_AGE = Duration.ofMinutes(1);
    private static final int REFRESHED_PER_CYCLE = 3;
    private static final String USER_PROFILES = "users.info";

    /** One failed lookup must not affect other users. After this many, Slack itself is down, and is not asked again. */
    private static final int MAX_FAILURES = 3;

    private final SlackReader slack;
    private final Store store;
    private final GroupCache groups;
    private final Instant now;
    private final Map<UserId, UserProfile> profiles = new HashMap<>();
    private final Set<String> failedGroups = new HashSet<>();
    private final List<RemoteException> failures = new ArrayList<>();
    private int failedProfiles;

    /** The members of user groups as Slack listed them. Outlives the cycle, because each list costs a call. */
    static final class GroupCache {
        private final Map<String, MemberList> lists = new HashMap<>();

        private record MemberList(Set<UserId> members, Instant fetchedAt) {}
    }

    UserDirectory(SlackReader slack, Store store, GroupCache groups, CycleContext context) {
        this.slack = slack;
        this.store = store;
        this.groups = groups;
        this.now = context.now();
    }

    /** Looks up whether the reactions of each user count under a rule. */
    Map<UserId, ReviewerRole> roles(Collection<UserId> users, ApprovalRule rule) {
        Map<UserId, ReviewerRole> roles = new HashMap<>();
        for (UserId user : users) {
            roles.computeIfAbsent(user, id -> role(id, rule));
        }
        return roles;
    }

    private ReviewerRole role(UserId user, ApprovalRule rule) {
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

    private Optional<Set<UserId>> members(String group) {
        GroupCache.MemberList cached = groups.lists.get(group);
        if (cached != null && cached.fetchedAt.plus(MAX_GROUP_AGE).isAfter(now)) {
            return Optional.of(cached.members);
        }
        if (failedGroups.contains(group)) {
            return Optional.empty();
        }
        try {
            var fetched = new GroupCache.MemberList(Set.copyOf(slack.groupMembers(group)), now);
            groups.lists.put(group, fetched);
            return Optional.of(fetched.members);
        } catch (RemoteException e) {
            failedGroups.add(group);
            failures.add(e);
            return Optional.empty();
        }
    }

    /** Looks up a profile; empty if the call failed. A user whom Slack does not know has an empty name. */
    Optional<UserProfile> profile(UserId id) {
        Optional<UserProfile> profile = Optional.ofNullable(profiles.get(id))
                .or(() -> store.users().profile(id))
                .or(() -> fetchProfile(id));
        profile.ifPresent(found -> profiles.put(id, found));
        return profile;
    }

    /**
     * Asks Slack again for the authors with the oldest profiles, and shows changes to readers. It concerns no single
     * channel, so the report names the method of Slack's API.
     */
    void refreshProfiles(CycleReport report) {
        List<UserId> oldest = store.users().staleSince(now.minus(MAX_PROFILE_AGE), REFRESHED_PER_CYCLE);
        for (UserId id : oldest) {
            fetchProfile(id)
                    .filter(profile -> !profile.displayName().isEmpty())
                    .ifPresent(profile -> store.publicMessages()
                            .saveAuthor(
                                    new Author(profile.id(), profile.displayName(), profile.title(), profile.image48()),
                                    now));
        }
        if (!oldest.isEmpty()) {
            report.addSuccess(USER_PROFILES);
            failures().forEach(failure -> report.addFailure(USER_PROFILES, failure));
        }
    }

    private Optional<UserProfile> fetchProfile(UserId id) {
        if (failedProfiles == MAX_FAILURES) {
            return Optional.empty();
        }
        try {
            return Optional.of(saved(slack.userProfile(id)));
        } catch (RemoteException e) {
            if (e.kind() == RemoteException.Kind.REJECTED) {
                // A user who has left the workspace keeps the profile that is stored.
                return Optional.of(saved(store.users().profile(id).orElse(new UserProfile(id, "", "", "", false))));
            }
            failedProfiles++;
            failures.add(e);
            return Optional.empty();
        }
    }

    private UserProfile saved(UserProfile profile) {
        store.users().save(profile, now);
        return profile;
    }

    /** Returns the failed calls since this was last called. */
    List<RemoteException> failures() {
        List<RemoteException> since = List.copyOf(failures);
        failures.clear();
        return since;
    }
}
