package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.chatpress.error.RemoteException;
import org.chatpress.error.StoreException;
import org.chatpress.slack.SlackClient;
import org.chatpress.storage.Storage;
import org.chatpress.support.CrashPoint;
import org.chatpress.support.CrashPoint.Killed;
import org.chatpress.support.CrashPoint.When;
import org.chatpress.support.TestDatabase;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Each call to Slack, a storage and the database fails once in the middle of an evening; the cycle runs again at the same
 * time, and the evening ends as without the failure: with the same bytes in every file of every storage, except for the
 * random epoch.
 *
 * <p>A process that continues without one of Slack's responses (a name, a page of a gap, the members of a group) publishes
 * what it has, and the rest in the next cycle. Then the changes are numbered in another order: readers see the same chat
 * with another seq.
 *
 * <p>An evening makes thousands of calls, so each build lets only some of them fail, spread over the evening. With a step
 * of 1 all of them do.
 */
@Tag("fuzz")
class EachCallFailsTest {
    @TempDir
    static Path folder;

    static Outcome expected;
    static final Map<Target, Integer> callsPerEvening = new EnumMap<>(Target.class);

    /** The object whose calls fail, and the methods. */
    enum Target {
        SLACK("history", "lookUpMessage", "messageWithReactions", "userProfile", "groupMembers"),
        STORAGE("put", "putUnlessChanged", "delete", "read", "list"),
        DATABASE("executeUpdate", "executeBatch", "executeQuery", "commit");

        private final CrashPoint calls;

        Target(String... methods) {
            this.calls = new CrashPoint(methods);
        }
    }

    /** What happens to the process at the failing call. */
    enum AfterFailure {
        /** It is killed; a new process runs the next cycle. */
        ENDS,
        /** It catches the failure and continues. */
        LIVES
    }

    /** The end of an evening: every file of both storages, and what readers see in them. */
    record Outcome(Map<String, String> files, Map<String, List<String>> visible) {}

    @BeforeAll
    static void runAnEveningWithoutFailures() {
        for (Target target : Target.values()) {
            target.calls.failAt(0, When.BEFORE, IllegalStateException::new);
        }
        expected = evening("expected");
        for (Target target : Target.values()) {
            callsPerEvening.put(target, target.calls.calls());
        }
    }

    @ParameterizedTest(name = "{0}, {1} its work: the process {2}")
    @CsvSource({
        "SLACK,    BEFORE, ENDS,  1, 5",
        "SLACK,    BEFORE, LIVES, 2, 5",
        "STORAGE,  BEFORE, ENDS,  1, 23",
        "STORAGE,  AFTER,  ENDS,  6, 23",
        "STORAGE,  BEFORE, LIVES, 11, 23",
        "STORAGE,  AFTER,  LIVES, 16, 23",
        "DATABASE, BEFORE, ENDS,  101, 853",
        "DATABASE, AFTER,  ENDS,  307, 853",
        "DATABASE, BEFORE, LIVES, 503, 853",
        "DATABASE, AFTER,  LIVES, 701, 853"
    })
    void theResultIsTheSameWhicheverCallFails(Target target, When when, AfterFailure process, int first, int step) {
        for (int n = first; n <= callsPerEvening.get(target); n += step) {
            target.calls.failAt(n, when, failure(target, process));

            Outcome outcome = evening("call " + n);

            assertThat(target.calls.failed()).as("call %d was made", n).isTrue();
            assertThat(outcome.visible)
                    .as("what readers see after call %d failed", n)
                    .isEqualTo(expected.visible);
            if (target != Target.SLACK || process == AfterFailure.ENDS) {
                assertThat(outcome.files)
                        .as("every byte after call %d failed", n)
                        .isEqualTo(expected.files);
            }
        }
    }

    private static Supplier<Exception> failure(Target target, AfterFailure process) {
        if (process == AfterFailure.ENDS) {
            return Killed::new;
        }
        return switch (target) {
            case SLACK, STORAGE -> () -> RemoteException.transientFailure("cannot be reached", (Throwable) null);
            case DATABASE -> () -> new SQLException("disk I/O error");
        };
    }

    private static Outcome evening(String name) {
        try (var evening = new Evening(folderFor(name))) {
            evening.newsroom
                    .opens(() -> TestDatabase.open(
                            evening.newsroom.database(),
                            "a test",
                            real -> Target.DATABASE.calls.through(Connection.class, real)))
                    .asksSlackThrough(real -> Target.SLACK.calls.through(SlackClient.class, real))
                    .usesStoragesThrough(real -> Target.STORAGE.calls.through(Storage.class, real));
            for (Runnable step : evening.steps()) {
                step.run();
                evening.newsroom.clock.advance(Duration.ofSeconds(10));
                cycleUntilComplete(evening);
            }
            assertThat(evening.violations()).as(name).isEmpty();
            return new Outcome(evening.files(), evening.visible());
        }
    }

    private static void cycleUntilComplete(Evening evening) {
        for (int tries = 0; tries < 4; tries++) {
            try {
                if (evening.newsroom.cycleNow().isComplete()) {
                    return;
                }
            } catch (Killed e) {
                evening.newsroom.restart();
            } catch (StoreException e) {
                // The process continues; the next cycle tries again.
            }
        }
        throw new AssertionError("a single failure made several cycles fail");
    }

    private static Path folderFor(String name) {
        try {
            return Files.createDirectories(Files.createTempDirectory(folder, "").resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
