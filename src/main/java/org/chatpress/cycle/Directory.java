package org.chatpress.cycle;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.chatpress.approval.ApprovalRule;
import org.chatpress.approval.Standing;
import org.chatpress.failure.RemoteFailure;
import org.chatpress.model.Person;
import org.chatpress.model.UserId;
import org.chatpress.render.Author;
import org.chatpress.slack.Slack;
import org.chatpress.store.Store;

/** Who is who: people from the store, else from Slack; groups from Slack, asked at most once a minute. */
final class Directory {
    private static final Duration PROFILES_LAST = Duration.ofDays(1);
    private static final Duration GROUPS_LAST = Duration.ofMinutes(1);
    private static final int REFRESHED_PER_CYCLE = 3;

    /** One person whom Slack cannot tell about must not stand in the way of the others; a silent Slack may. */
    private static final int PATIENCE = 3;

    private final Slack slack;
    private final Store store;
    private final Map<UserId, Person> metInThisCycle = new HashMap<>();
    private final Map<String, Group> groups = new HashMap<>();
    private Instant now = Instant.EPOCH;
    private final Set<String> silentGroups = new HashSet<>();
    private int failures;
    private final List<RemoteFailure> troubles = new ArrayList<>();

    private record Group(Set<UserId> members, Instant askedAt) {}

    Directory(Slack slack, Store store) {
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
    Optional<Person> person(UserId id) {
        Optional<Person> person = Optional.ofNullable(metInThisCycle.get(id))
                .or(() -> store.people().person(id))
                .or(() -> ask(id));
        person.ifPresent(met -> metInThisCycle.put(id, met));
        return person;
    }

    /** Whether somebody's mark counts under a rule. */
    Standing standing(UserId user, ApprovalRule rule) {
        if (user.value().startsWith("B")) {
            return Standing.BOT;
        }
        Optional<Person> person = person(user);
        if (person.isEmpty()) {
            return Standing.UNKNOWN;
        }
        if (person.get().bot()) {
            return Standing.BOT;
        }
        if (rule.approvers().anyone() || rule.approvers().people().contains(user)) {
            return Standing.APPROVER;
        }
        Standing otherwise = Standing.SOMEBODY;
        for (String group : rule.approvers().groups()) {
            Optional<Set<UserId>> members = members(group);
            if (members.isEmpty()) {
                otherwise = Standing.UNKNOWN;
            } else if (members.get().contains(user)) {
                return Standing.APPROVER;
            }
        }
        return otherwise;
    }

    /** What Slack could not say since this was asked last. */
    List<RemoteFailure> troubles() {
        List<RemoteFailure> now = List.copyOf(troubles);
        troubles.clear();
        return now;
    }

    private Optional<Set<UserId>> members(String group) {
        Group known = groups.get(group);
        if (known != null && known.askedAt.plus(GROUPS_LAST).isAfter(now)) {
            return Optional.of(known.members);
        }
        if (silentGroups.contains(group)) {
            return Optional.empty();
        }
        try {
            Set<UserId> members = slack.group(group);
            groups.put(group, new Group(Set.copyOf(members), now));
            return Optional.of(members);
        } catch (RemoteFailure e) {
            silentGroups.add(group);
            troubles.add(e);
            return Optional.empty();
        }
    }

    private Optional<Person> ask(UserId id) {
        if (failures >= PATIENCE) {
            return Optional.empty();
        }
        try {
            return Optional.of(saved(slack.person(id)));
        } catch (RemoteFailure e) {
            if (e.kind() == RemoteFailure.Kind.REFUSED) {
                // Who was known once may have left since, and is still who they were.
                return Optional.of(saved(store.people().person(id).orElse(new Person(id, "", "", "", false))));
            }
            failures++;
            troubles.add(e);
            return Optional.empty();
        }
    }

    private Person saved(Person person) {
        store.people().save(person, now);
        return person;
    }
}
