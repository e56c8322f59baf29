package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.SLUG;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.chatpress.error.RemoteException;
import org.chatpress.slack.SlackClient;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.StoredObject;
import org.chatpress.support.CrashPoint;
import org.chatpress.support.CrashPoint.Killed;
import org.chatpress.support.CrashPoint.When;
import org.chatpress.support.Fault;
import org.chatpress.support.MemoryStorage;
import org.chatpress.support.RandomActivity;
import org.chatpress.support.Site;
import org.chatpress.support.SiteReader;
import org.chatpress.support.TestDatabase;
import org.chatpress.support.TestNewsroom;

/**
 * A random evening: people post, edit, delete, approve, reject and hold; Slack and the storages fail; processes are killed,
 * settings change, the clock jumps. A simple model tracks which messages may and which must be public, and a reader checks
 * each storage after every change.
 */
final class RandomEvening implements AutoCloseable {
    private static final int CYCLES = 125;
    private static final int ACTIONS_PER_CYCLE = 3;
    private static final int CYCLES_BETWEEN_RECOVERIES = 12;
    private static final List<String> STORAGES = List.of("one", "two");

    final List<String> violations = new CopyOnWriteArrayList<>();
    final Set<StoredObject> checked = Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
    final Map<String, JsonNode> lastPointers = new ConcurrentHashMap<>();
    final CrashPoint calls = new CrashPoint(
            "put",
            "putUnlessChanged",
            "delete",
            "history",
            "lookUpMessage",
            "userProfile",
            "executeUpdate",
            "executeBatch",
            "commit");

    final TestNewsroom newsroom;
    final Random random;
    final RandomActivity activity;

    /** @param folder for the settings and the database */
    RandomEvening(Path folder, long seed) {
        newsroom = new TestNewsroom(folder).parallelUploads(4).publishesTo("one", "two");
        random = new Random(seed);
        activity = new RandomActivity(newsroom.slack, random);
        asksSlackThrough(UnaryOperator.identity()).usesStoragesThrough(UnaryOperator.identity());
    }

    /** Puts a deliberate defect between the program and Slack, to see that it is found. */
    RandomEvening asksSlackThrough(UnaryOperator<SlackClient> fault) {
        newsroom.asksSlackThrough(real -> fault.apply(calls.through(SlackClient.class, real)));
        return this;
    }

    /** Puts a deliberate defect between the program and its storages. */
    RandomEvening usesStoragesThrough(UnaryOperator<Storage> fault) {
        newsroom.usesStoragesThrough(real -> fault.apply(calls.through(Storage.class, real)));
        return this;
    }

    /** Runs the evening; fails at the first violation. */
    void runAndCheck() {
        open();
        for (int cycle = 1; cycle <= CYCLES; cycle++) {
            for (int i = 0; i < ACTIONS_PER_CYCLE; i++) {
                if (activity.act()) {
                    settings();
                }
            }
            boolean slackWorks = !injectFault();
            boolean ended = cycle();
            if (slackWorks && ended) {
                activity.wasPolled();
            } else {
                activity.mayHaveBeenPolled();
            }
            if (cycle % CYCLES_BETWEEN_RECOVERIES == 0) {
                recover();
                for (String name : STORAGES) {
                    activity.assertCorrectOn(new Site(newsroom.storage(name), SLUG), "after cycle " + cycle);
                }
            }
            assertThat(violations).as("cycle %d", cycle).isEmpty();
        }
    }

    @Override
    public void close() {
        newsroom.close();
    }

    private void open() {
        newsroom.opens(
                () -> TestDatabase.open(newsroom.database(), "a test", real -> calls.through(Connection.class, real)));
        STORAGES.forEach(name -> newsroom.storage(name).onChange(this::checkAsReader));
        settings();
    }

    // EVENTS

    /** Makes something fail, perhaps. Returns true if Slack or the process may fail to complete the next cycle. */
    private boolean injectFault() {
        switch (random.nextInt(24)) {
            case 0 -> newsroom.storage(any(STORAGES)).down(true);
            case 1, 2 -> STORAGES.forEach(name -> newsroom.storage(name).down(false));
            case 3 -> newsroom.storage(any(STORAGES)).failAfter(random.nextInt(6), unavailable());
            case 4 -> newsroom.storage(any(STORAGES)).loseNextAnswer(unavailable());
            case 5 -> newsroom.restart();
            case 6 -> newsroom.clock.advance(Duration.ofMinutes(random.nextInt(40)));
            case 7 -> newsroom.clock.advance(Duration.ofSeconds(-random.nextInt(120)));
            case 8, 9, 10 -> {
                newsroom.faults.next(
                        any(List.of("*", "conversations.history", "conversations.replies", "users.info")),
                        any(List.of(
                                Fault.TOO_MANY,
                                Fault.SERVER_ERROR,
                                Fault.HTML_PAGE,
                                Fault.HALF_ANSWER,
                                Fault.HALF_JSON,
                                Fault.RESET,
                                Fault.EMPTY_PAGE,
                                Fault.EMPTY_PAGE_OF_MORE,
                                Fault.EMPTY_BODY,
                                Fault.notOk("fatal_error"))));
                return true;
            }
            case 11, 12, 13 -> {
                int n = 1 + random.nextInt(random.nextBoolean() ? 15 : 200);
                calls.failAt(n, any(List.of(When.values())), Killed::new);
                return true;
            }
            default -> {}
        }
        return false;
    }

    /** Returns false if the process was killed. */
    private boolean cycle() {
        try {
            newsroom.cycle();
            return true;
        } catch (Killed e) {
            newsroom.restart();
            return false;
        }
    }

    /** Ends all faults and runs some cycles. */
    private void recover() {
        newsroom.faults.clear();
        calls.failAt(0, When.BEFORE, Killed::new);
        for (String name : STORAGES) {
            newsroom.storage(name).down(false);
            newsroom.storage(name).failNext(null);
            newsroom.storage(name).loseNextAnswer(null);
        }
        for (int i = 0; i < 5; i++) {
            newsroom.clock.advance(Duration.ofSeconds(90));
            cycle();
            activity.wasPolled();
        }
    }

    private void settings() {
        newsroom.lists(activity.settings(SLUG));
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private static RemoteException unavailable() {
        return RemoteException.transientFailure("cannot be reached", (Throwable) null);
    }

    // READERS

    private void checkAsReader(MemoryStorage storage) {
        String pointer = SLUG + "/live.json";
        try {
            if (storage.keys().contains(pointer)) {
                var reader = new SiteReader(storage, SLUG);
                reader.messages();
                JsonNode now = reader.pointer();
                JsonNode before = lastPointers.put(storage.name(), now);
                if (before != null && before.path("epoch").equals(now.path("epoch"))) {
                    assertThat(now.path("seq").asLong())
                            .as("seq never goes back")
                            .isGreaterThanOrEqualTo(before.path("seq").asLong());
                }
            }
        } catch (AssertionError | RuntimeException e) {
            violations.add(storage.name() + ": " + e.getMessage());
        }
        for (String key : storage.keys()) {
            if (checked.add(storage.blob(key).orElseThrow())) {
                activity.unapprovedTexts(storage.text(key))
                        .forEach(text -> violations.add(text + " is in " + key + " and was never approved"));
            }
        }
    }
}
