package org.chatpress.cycle;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who is who: people from the store, else from Slack; groups from Slack, asked at most once a minute. */
final class Directory {
    private static final Logger LOG = LoggerFactory.getLogger(Directory.class);
    private static final Duration PROFILES_LAST = Duration.ofDays(1);
    private static final Duration GROUPS_LAST = Duration.ofMinutes(1);
    private static final int REFRESHED_PER_CYCLE = 3;

    private final Slack slack;
    private final Store store;
    private final Map<String, Group> groups = new HashMap<>();
    private Instant now = Instant.EPOCH;
    private boolean slackIsSilent;

    private record Group(Set<UserId> members, Instant askedAt) {}

    Directory(Slack slack, Store store) {
        this.slack = slack;
        this.store = store;
    }

    /** A new cycle begins: asks anew for the authors who were asked longest ago; what changed is seen by readers. */
    void open(Instant cycle) {
        now = cycle;
        slackIsSilent = false;
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
        return store.people().person(id).or(() -> ask(id));
    }

    /** Whether somebody's mark counts under a rule. */
    Standing standing(UserId user, ApprovalRule rule) {
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
        for (String group : rule.approvers().groups()) {
            Optional<Set<UserId>> members = members(group);
            if (members.isEmpty()) {
                return Standing.UNKNOWN;
            }
            if (members.get().contains(user)) {
                return Standing.APPROVER;
            }
        }
        return Standing.SOMEBODY;
    }

    private Optional<Set<UserId>> members(String group) {
        Group known = groups.get(group);
        if (known != null && known.askedAt.plus(GROUPS_LAST).isAfter(now)) {
            return Optional.of(known.members);
        }
        try {
            Set<UserId> members = slack.group(group);
            groups.put(group, new Group(Set.copyOf(members), now));
            return Optional.of(members);
        } catch (RemoteFailure e) {
            LOG.warn("approvals by members of {} wait: {} {}", group, e.getMessage(), e.hint());
            return Optional.empty();
        }
    }

    private Optional<Person> ask(UserId id) {
        if (slackIsSilent) {
            return Optional.empty();
        }
        try {
            return Optional.of(saved(slack.person(id)));
        } catch (RemoteFailure e) {
            if (e.kind() == RemoteFailure.Kind.REFUSED) {
                return Optional.of(saved(new Person(id, "", "", "", false)));
            }
            slackIsSilent = true;
            LOG.warn("names wait: {} {}", e.getMessage(), e.hint());
            return Optional.empty();
        }
    }

    private Person saved(Person person) {
        store.people().save(person, now);
        return person;
    }
}
