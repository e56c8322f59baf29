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
import org.chatpress.slack.SlackClient;
import org.chatpress.store.Store;

/** Who is who: people from the store, else from Slack; groups from Slack, asked at most once a minute. */
final class UserDirectory {
    private static final Duration PROFILES_LAST = Duration.ofDays(1);
    private static final Duration GROUPS_LAST = Duration.ofMinutes(1);
    private static final int REFRESHED_PER_CYCLE = 3;

    /** One person whom Slack cannot tell about must not stand in the way of the others; a silent Slack may. */
    private static final int PATIENCE = 3;

    private final SlackClient slack;
    private final Store store;
    private final Map<UserId, UserProfile> metInThisCycle = new HashMap<>();
    private final Map<String, CachedGroup> groups = new HashMap<>();
    private Instant now = Instant.EPOCH;
    private final Set<String> silentGroups = new HashSet<>();
    private int failures;
    private final List<RemoteException> troubles = new ArrayList<>();

    private record CachedGroup(Set<UserId> members, Instant askedAt) {}

    UserDirectory(SlackClient slack, Store store) {
        this.slack = slack;
        this.store = store;
    }

    /** A new cycle begins: asks anew for the authors who were asked longest ago; what changed is seen by readers. */
    void open(Instant cycle) {
        now = cycle;
        failures = 0;
        silentGroups.clear();
        metInThisCycle.clear();
        for (UserId id : store.people().askedBefore(now.minus(PROFILES_LAST), REFRESHED_PER_CYCLE)) {
            ask(id).filter(person -> !person.displayName().isEmpty())
                    .ifPresent(person -> store.chats()
                            .author(
                                    new Author(person.id(), person.displayName(), person.title(), person.image48()),
                                    now));
        }
    }

    /** A person's profile; empty if Slack could not say. Somebody whom Slack doesn't know has an empty name. */
    Optional<UserProfile> person(UserId id) {
        Optional<UserProfile> person = Optional.ofNullable(metInThisCycle.get(id))
                .or(() -> store.people().person(id))
                .or(() -> ask(id));
        person.ifPresent(met -> metInThisCycle.put(id, met));
        return person;
    }

    /** Whether somebody's mark counts under a rule. */
    ReviewerRole standing(UserId user, ApprovalRule rule) {
        if (user.value().startsWith("B")) {
            return ReviewerRole.BOT;
        }
        Optional<UserProfile> person = person(user);
        if (person.isEmpty()) {
            return ReviewerRole.UNKNOWN;
        }
        if (person.get().bot()) {
            return ReviewerRole.BOT;
        }
        if (rule.approvers().anyone() || rule.approvers().people().contains(user)) {
            return ReviewerRole.APPROVER;
        }
        ReviewerRole otherwise = ReviewerRole.SOMEBODY;
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
    List<RemoteException> troubles() {
        List<RemoteException> now = List.copyOf(troubles);
        troubles.clear();
        return now;
    }

    private Optional<Set<UserId>> members(String group) {
        CachedGroup known = groups.get(group);
        if (known != null && known.askedAt.plus(GROUPS_LAST).isAfter(now)) {
            return Optional.of(known.members);
        }
        if (silentGroups.contains(group)) {
            return Optional.empty();
        }
        try {
            Set<UserId> members = slack.group(group);
            groups.put(group, new CachedGroup(Set.copyOf(members), now));
            return Optional.of(members);
        } catch (RemoteException e) {
            silentGroups.add(group);
            troubles.add(e);
            return Optional.empty();
        }
    }

    private Optional<UserProfile> ask(UserId id) {
        if (failures >= PATIENCE) {
            return Optional.empty();
        }
        try {
            return Optional.of(saved(slack.person(id)));
        } catch (RemoteException e) {
            if (e.kind() == RemoteException.Kind.REFUSED) {
                // Who was known once may have left since, and is still who they were.
                return Optional.of(saved(store.people().person(id).orElse(new UserProfile(id, "", "", "", false))));
            }
            failures++;
            troubles.add(e);
            return Optional.empty();
        }
    }

    private UserProfile saved(UserProfile person) {
        store.people().save(person, now);
        return person;
    }
}
