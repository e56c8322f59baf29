package org.chatpress.approval;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
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
import org.chatpress.slack.SlackReader;
import org.chatpress.slack.SlackReader.UserProfile;
import org.chatpress.store.Store;

/**
 * Who the users of the workspace are, for one cycle: their profiles from the database, or from Slack if they are new, and
 * the members of user groups from Slack. If a call fails, the result is empty or UNKNOWN, and {@link #failures} has it.
 */
final class UserDirectory {
    private static final Duration MAX_PROFILE_AGE = Duration.ofDays(1);
    private static final int REFRESHED_PER_CYCLE = 3;
    private static final String USER_PROFILES = "users.info";

    /** One failed lookup must not affect other users. After this many, Slack itself is down, and is not asked again. */
    private static final int MAX_FAILURES = 3;

    private final SlackReader slack;
    private final Store store;
    private final TokenOwner tokenOwner;
    private final GroupCallTimes groupCallTimes;
    private final CycleReport report;
    private final Instant now;
    private final Map<UserId, UserProfile> profiles = new HashMap<>();
    private final Map<String, Optional<Set<UserId>>> groups = new HashMap<>();
    private final List<RemoteException> failures = new ArrayList<>();
    private int failedProfiles;
    private boolean isTokenOwnerUnknown;

    /** The user of our own token, whose reactions never count. Slack is asked once. */
    static final class TokenOwner {
        private Optional<UserId> user = Optional.empty();

        private UserId user(SlackReader slack) {
            if (user.isEmpty()) {
                user = Optional.of(slack.identity().user());
            }
            return user.get();
        }
    }

    /**
     * When Slack was last asked for the members of groups. Spreads the calls of a busy night, so that approvals do not
     * wait for the next minute because this minute's calls (20) were used up at once.
     */
    static final class GroupCallTimes {
        private static final int PROMPT_CALLS_PER_MINUTE = 9;
        private static final Duration INTERVAL = Duration.ofSeconds(7);

        private final List<Instant> calls = new ArrayList<>();

        /** True in a cycle that may ask, which then may ask for every group. */
        boolean mayAsk(Instant cycle) {
            calls.removeIf(call ->
                    call.isAfter(cycle) || !call.plus(Duration.ofMinutes(1)).isAfter(cycle));
            if (calls.size() < PROMPT_CALLS_PER_MINUTE) {
                return true;
            }
            Instant last = calls.get(calls.size() - 1);
            long callsInLastCycle = calls.stream().filter(last::equals).count();
            return last.equals(cycle)
                    || !last.plus(INTERVAL.multipliedBy(callsInLastCycle)).isAfter(cycle);
        }

        void add(Instant cycle) {
            calls.add(cycle);
        }
    }

    UserDirectory(
            SlackReader slack,
            Store store,
            TokenOwner tokenOwner,
            GroupCallTimes groupCallTimes,
            CycleContext context) {
        this.slack = slack;
        this.store = store;
        this.tokenOwner = tokenOwner;
        this.groupCallTimes = groupCallTimes;
        this.report = context.report();
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
        ReviewerRole role = roleOfPerson(profile.get(), rule);
        return role == ReviewerRole.APPROVER ? unlessTokenOwner(user) : role;
    }

    private ReviewerRole roleOfPerson(UserProfile profile, ApprovalRule rule) {
        boolean isKnownPerson = !profile.displayName().isEmpty();
        return rule.approvers().anyone() && isKnownPerson
                ? ReviewerRole.APPROVER
                : rule.approvers().namedRole(profile.id(), group -> groups.computeIfAbsent(group, this::members));
    }

    /** The user of our token may be a person; the reactions that we add must not approve anything. */
    private ReviewerRole unlessTokenOwner(UserId user) {
        if (isTokenOwnerUnknown) {
            return ReviewerRole.UNKNOWN;
        }
        try {
            return user.equals(tokenOwner.user(slack)) ? ReviewerRole.BOT : ReviewerRole.APPROVER;
        } catch (RemoteException e) {
            if (e.kind() == RemoteException.Kind.REJECTED) {
                return ReviewerRole.APPROVER; // offline
            }
            isTokenOwnerUnknown = true;
            failures.add(e);
            return ReviewerRole.UNKNOWN;
        }
    }

    /**
     * Asks Slack for a group's members. A list of an earlier cycle does not do: a role that is looked up now belongs to a
     * reaction that was first seen now, and is saved for good.
     */
    private Optional<Set<UserId>> members(String group) {
        if (!groupCallTimes.mayAsk(now)) {
            report.deferWork();
            return Optional.empty();
        }
        groupCallTimes.add(now);
        try {
            return Optional.of(slack.groupMembers(group));
        } catch (RemoteException e) {
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
    void refreshProfiles() {
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
