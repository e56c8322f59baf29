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
import org.chatpress.store.Store;
import org.chatpress.support.CrashPoint;
import org.chatpress.support.CrashPoint.Killed;
import org.chatpress.support.CrashPoint.When;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The press survives: each call of Slack, of a storage and of the database fails in turn, in the middle of an evening;
 * the cycle is run again at the same moment, and the evening ends as if nothing had happened: the same bytes in every
 * file of every storage, but for the random epoch.
 *
 * <p>Where a process lives on without one of Slack's answers, it publishes what it has and the rest with the next cycle:
 * a name, a page of a gap, an approval by somebody of a group. There the same changes are counted in another order, and
 * readers see the same chat under another seq.
 *
 * <p>Not every call fails in every build, for an evening makes thousands of them: the numbers are spread over it. With a
 * step of 1 they all do.
 */
@Tag("fuzz")
class EachCallFailsTest {
    @TempDir
    static Path folder;

    static Outcome undisturbed;
    static final Map<Whose, Integer> callsOfAnEvening = new EnumMap<>(Whose.class);

    /** Who is called, and by which methods. */
    enum Whose {
        SLACK("history", "lookUpMessage", "reactions", "userProfile", "groupMembers"),
        STORAGE("put", "putUnlessChanged", "delete", "read", "list"),
        DATABASE("executeUpdate", "executeQuery", "commit");

        private final CrashPoint calls;

        Whose(String... methods) {
            this.calls = new CrashPoint(methods);
        }
    }

    /** What becomes of the process at the call that fails. */
    enum AfterFailure {
        /** It ends; the next cycle is a new process's. */
        ENDS,
        /** It sees the failure and lives on. */
        LIVES
    }

    /** How an evening ended: every file of both storages, and what readers see in them. */
    record Outcome(Map<String, String> files, Map<String, List<String>> seen) {}

    @BeforeAll
    static void anUndisturbedEvening() {
        for (Whose whose : Whose.values()) {
            whose.calls.breakAt(0, When.BEFORE, IllegalStateException::new);
        }
        undisturbed = evening("undisturbed");
        for (Whose whose : Whose.values()) {
            callsOfAnEvening.put(whose, whose.calls.calls());
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
    void anEveningEndsTheSameWhicheverCallFails(Whose whose, When when, AfterFailure process, int first, int step) {
        for (int n = first; n <= callsOfAnEvening.get(whose); n += step) {
            whose.calls.breakAt(n, when, failure(whose, process));

            Outcome outcome = evening("call " + n);

            assertThat(whose.calls.broke()).as("call %d was made", n).isTrue();
            assertThat(outcome.seen)
                    .as("what readers see, call %d having failed", n)
                    .isEqualTo(undisturbed.seen);
            if (whose != Whose.SLACK || process == AfterFailure.ENDS) {
                assertThat(outcome.files)
                        .as("every byte, call %d having failed", n)
                        .isEqualTo(undisturbed.files);
            }
        }
    }

    private static Supplier<Exception> failure(Whose whose, AfterFailure process) {
        if (process == AfterFailure.ENDS) {
            return Killed::new;
        }
        return switch (whose) {
            case SLACK, STORAGE -> () -> RemoteException.transientFailure("cannot be reached", (Throwable) null);
            case DATABASE -> () -> new SQLException("disk I/O error");
        };
    }

    private static Outcome evening(String name) {
        try (var evening = new Evening(folderFor(name))) {
            evening.newsroom
                    .opens(() -> Store.open(
                            evening.newsroom.database(),
                            "a test",
                            real -> Whose.DATABASE.calls.through(Connection.class, real)))
                    .asksSlackThrough(real -> Whose.SLACK.calls.through(SlackClient.class, real))
                    .usesStoragesThrough(real -> Whose.STORAGE.calls.through(Storage.class, real));
            for (Runnable scene : evening.scenes()) {
                scene.run();
                evening.newsroom.clock.advance(Duration.ofSeconds(10));
                cycleUntilItIsGood(evening);
            }
            assertThat(evening.wrong()).as(name).isEmpty();
            return new Outcome(evening.files(), evening.seen());
        }
    }

    private static void cycleUntilItIsGood(Evening evening) {
        for (int tries = 0; tries < 4; tries++) {
            try {
                if (evening.newsroom.cycleNow().isComplete()) {
                    return;
                }
            } catch (Killed e) {
                evening.newsroom.restart();
            } catch (StoreException e) {
                // The process lives on: the next cycle tries again.
            }
        }
        throw new AssertionError("a single failure spoilt several cycles");
    }

    private static Path folderFor(String name) {
        try {
            return Files.createDirectories(Files.createTempDirectory(folder, "").resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
