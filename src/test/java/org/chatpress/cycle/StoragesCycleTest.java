package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SLUG;
import static org.chatpress.support.TestNewsroom.channel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.error.RemoteException.Kind;
import org.chatpress.storage.DirectorySettings;
import org.chatpress.storage.Storage;
import org.chatpress.store.StorageStatusRepository.StorageStatus;
import org.chatpress.support.CapturedLog;
import org.chatpress.support.FtpServerInProcess;
import org.chatpress.support.S3ServerInProcess;
import org.chatpress.support.SiteReader;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Storages are added and removed, fill up and fail, independently of each other. */
@Tag("slow")
class StoragesCycleTest extends WithNewsroom {
    @Test
    void everyStorageGetsTheSameFiles() {
        newsroom.publishesTo("one", "two", "three");
        post("Smith wins");

        newsroom.cycle();

        assertThat(newsroom.storage("two").everything())
                .contains("Smith wins")
                .isEqualTo(newsroom.storage("one").everything())
                .isEqualTo(newsroom.storage("three").everything());
    }

    @Test
    void aStorageThatIsDownHoldsUpNoOtherAndCatchesUp() {
        newsroom.publishesTo("one", "two");
        newsroom.storage("one").down(true);
        post("Smith wins");

        CycleReport report = newsroom.cycle();

        assertThat(report.incidents()).extracting(CycleReport.Incident::what).containsExactly("one");
        assertThat(newsroom.reader("two", SLUG).texts()).containsExactly("Smith wins");

        newsroom.storage("one").down(false);
        assertThat(newsroom.cycle().isComplete()).isTrue();
        assertThat(newsroom.reader("one", SLUG).texts()).containsExactly("Smith wins");
    }

    @Test
    void aStorageThatStaysDownIsRetriedLessAndLessOftenEvenByANewProcess() {
        newsroom.publishesTo("one", "two");
        post("Smith wins");
        newsroom.cycle();
        newsroom.storage("one").down(true);
        post("Jones concedes");
        int attempts = 0;
        for (int i = 0; i < 60; i++) {
            CycleReport report = newsroom.cycle();
            attempts += report.incidents().size();
            assertThat(report.isComplete())
                    .as("incomplete even in a cycle that does not try it")
                    .isFalse();
        }
        assertThat(attempts).isBetween(10, 20);

        Instant next = newsroom.store()
                .storages()
                .status("one")
                .orElseThrow()
                .notBefore()
                .orElseThrow();
        assertThat(next).isAfter(newsroom.clock.instant());
        newsroom.storage("one").down(false);
        newsroom.restart();
        newsroom.cycleNow();
        assertThat(newsroom.reader("one", SLUG).texts()).containsExactly("Smith wins");

        newsroom.clock.advance(Duration.ofMinutes(1));
        newsroom.cycleNow();
        assertThat(newsroom.reader("one", SLUG).texts()).containsExactly("Smith wins", "Jones concedes");
        assertThat(newsroom.store().storages().status("one").orElseThrow().notBefore())
                .isEmpty();
    }

    @Test
    void aStorageDoesNotWaitForTheOldTimeAfterTheClockIsSetBack() {
        newsroom.storage().down(true);
        post("Smith wins");
        newsroom.cycle();
        newsroom.cycle();
        newsroom.storage().down(false);

        newsroom.clock.advance(Duration.ofHours(-1));
        newsroom.cycleNow();

        assertThat(newsroom.reader().texts()).containsExactly("Smith wins");
    }

    @Test
    void theFileOfTheWholeChatDoesNotWaitForTheOldTimeAfterTheClockIsSetBack() {
        post("Smith wins");
        newsroom.cycle();
        post("Jones concedes");

        newsroom.clock.advance(Duration.ofMinutes(-10));
        newsroom.cycleNow();

        assertThat(newsroom.reader().whole().path("messages")).hasSize(2);
    }

    @Test
    void aStorageThatIsAddedLaterGetsEverything() {
        postUpdates(100);
        newsroom.publishesTo("one").cycle();

        newsroom.publishesTo("one", "two").cycle();

        assertThat(newsroom.reader("two", SLUG).texts()).hasSize(100);
        assertThat(newsroom.storage("two").everything())
                .isEqualTo(newsroom.storage("one").everything());
    }

    @Test
    void aStorageThatWasRemovedForAWhileCatchesUpAndLosesWhatWasTakenDown() {
        newsroom.publishesTo("one", "two");
        String ts = post("Smith wins");
        post("turnout is high");
        newsroom.cycle();

        newsroom.publishesTo("one");
        newsroom.slack.delete(CHANNEL, ts);
        newsroom.cycle();
        post("a recount");
        newsroom.cycle();
        newsroom.publishesTo("one", "two").cycle();

        assertThat(newsroom.reader("two", SLUG).texts()).containsExactly("turnout is high", "a recount");
        assertThat(newsroom.storage("two").everything()).doesNotContain("Smith");
    }

    @Test
    void aStorageThatLeavesTheSettingsIsWarnedAboutOnceAndAtEachTakedownThatItMisses() {
        newsroom.publishesTo("one", "two");
        String first = post("Smith wins");
        String second = post("Jones wins");
        post("turnout is high");
        newsroom.cycle();

        try (var log = CapturedLog.open()) {
            newsroom.publishesTo("one");
            newsroom.cycle();
            newsroom.cycle();
            newsroom.restart().cycle();
            assertThat(log.linesWith("two")).hasSize(1).first().asString().startsWith("WARN two is no longer in the");

            newsroom.slack.delete(CHANNEL, first);
            newsroom.cycle();
            newsroom.cycle();
            newsroom.restart().cycle();
            assertThat(log.linesWith("two"))
                    .hasSize(2)
                    .last()
                    .asString()
                    .startsWith("WARN taken down, but still public on two")
                    .contains(SLUG + "/live.json", SLUG + ".json", SLUG + "/i/p-");
        }
        assertThat(newsroom.storage("two").everything()).contains("Smith wins");
        assertThat(newsroom.store().storages().status("two").orElseThrow().pendingDeletes())
                .as("for the health check")
                .isZero();

        newsroom.slack.delete(CHANNEL, second);
        newsroom.publishesTo("one", "two").cycle();
        assertThat(newsroom.storage("two").everything()).doesNotContain("wins");
        assertThat(newsroom.storage("two").everything())
                .isEqualTo(newsroom.storage("one").everything());
    }

    @Test
    void theUrlsToPurgeAreLoggedOnceHoweverManyStoragesLoseThemAndWhenever() {
        newsroom.saysAtTheTop("public-url: https://static.example/").publishesTo("one", "two", "three");
        String first = post("Smith wins");
        String second = post("Jones wins");
        newsroom.cycle();
        try (var log = CapturedLog.open()) {
            newsroom.storage("two").down(true);
            newsroom.slack.delete(CHANNEL, first);
            newsroom.cycle();
            newsroom.storage("two").down(false);
            newsroom.cycle();
            assertThat(log.linesWith("to purge from a CDN")).hasSize(1);

            newsroom.slack.delete(CHANNEL, second);
            newsroom.cycle();
            assertThat(log.linesWith("to purge from a CDN")).hasSize(2).allMatch(line -> line.contains("/live.json"));
        }
    }

    @Test
    void aStorageThatComesBackIntoTheSettingsIsLookedAtAgain(@TempDir Path another) {
        newsroom.publishesTo("one", "two");
        post("turnout is high");
        newsroom.cycle();
        newsroom.publishesTo("one").cycle();
        try (var twin = newsroom.twin(another)) {
            twin.publishesTo("two").cycle();
        }
        newsroom.storage("two").forgetOperations();
        post("a recount");

        newsroom.publishesTo("one", "two").cycle();

        assertThat(newsroom.storage("two").operations())
                .startsWith("read channels.json", "read " + SLUG + "/live.json");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDirectoryThatWasAwayLosesWhatWasTakenDownMeanwhile(boolean hasEmptyFolderInItsPlace) throws IOException {
        Path away = folder.resolve("away");
        Path share = folder.resolve("share");
        newsroom.publishesToReal("directory: " + folder.resolve("public"), "directory: " + share);
        String deleted = post("Smith wins");
        post("turnout is high");
        newsroom.cycle();
        assertThat(textOf(share)).contains("Smith wins");

        Files.move(share, away);
        if (hasEmptyFolderInItsPlace) {
            Files.createDirectory(share);
        }
        newsroom.slack.delete(CHANNEL, deleted);
        for (int i = 0; i < 3; i++) {
            newsroom.cycle();
        }
        assertThat(textOf(folder.resolve("public"))).doesNotContain("Smith");
        StorageStatus status =
                newsroom.store().storages().status("directory " + share).orElseThrow();
        assertThat(status.pendingDeletes() > 0).isEqualTo(!hasEmptyFolderInItsPlace);

        if (hasEmptyFolderInItsPlace) {
            Files.move(share, folder.resolve("empty"));
        }
        Files.move(away, share);
        newsroom.cycle();

        assertThat(textOf(share)).doesNotContain("Smith").isEqualTo(textOf(folder.resolve("public")));
    }

    @Test
    void aDirectoryThatWasEmptiedIsFilledAgainInTheNextCycle() throws IOException {
        Path directory = folder.resolve("public");
        newsroom.publishesToReal("directory: " + directory);
        post("Smith wins");
        newsroom.cycle();
        String published = textOf(directory);
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }

        newsroom.cycle();

        assertThat(textOf(directory)).isEqualTo(published);
    }

    @Test
    void aTakedownDoesNotWaitForTheBackoffOfAFullStorage() {
        String ts = post("Smith wins");
        post("turnout is high");
        newsroom.cycle();
        newsroom.storage().full(true);
        for (int i = 0; i < 20; i++) {
            post("late " + i);
            newsroom.cycle();
        }

        newsroom.slack.delete(CHANNEL, ts);
        newsroom.cycle();

        assertThat(newsroom.storage().everything()).doesNotContain("Smith");
    }

    @Test
    void aFullStorageKeepsTheOldChatAndCatchesUp() {
        postUpdates(50);
        newsroom.cycle();
        newsroom.storage().full(true);
        for (int i = 0; i < 20; i++) {
            post("late " + i);
            newsroom.cycle();
            assertThat(newsroom.reader().texts()).hasSize(50);
        }

        newsroom.storage().full(false);
        newsroom.clock.advance(Duration.ofMinutes(1));
        newsroom.cycle();

        assertThat(newsroom.reader().texts()).hasSize(70);
    }

    @Test
    void aDirectoryThatIsAwayLosesTheTextWhenItIsBack() throws IOException {
        Path away = folder.resolve("share/away");
        newsroom.publishesToReal("directory: " + folder.resolve("here"), "directory: " + away);
        String ts = post("Smith wins");
        post("turnout is high");
        newsroom.cycle();
        Path unmounted = Files.move(folder.resolve("share"), folder.resolve("unmounted"));

        newsroom.slack.delete(CHANNEL, ts);
        newsroom.cycle();
        newsroom.restart();
        post("a recount");
        newsroom.clock.advance(Duration.ofMinutes(2));
        assertThat(newsroom.cycle().incidents())
                .extracting(CycleReport.Incident::what)
                .containsExactly("directory " + away);
        assertThat(folder.resolve("share")).doesNotExist();
        assertThat(newsroom.store()
                        .storages()
                        .status("directory " + away)
                        .orElseThrow()
                        .pendingDeletes())
                .isPositive();
        Files.move(unmounted, folder.resolve("share"));
        newsroom.clock.advance(Duration.ofMinutes(2));
        newsroom.cycle();

        assertThat(textOf(away)).contains("a recount").doesNotContain("Smith");
    }

    @Test
    void realStoragesShowTheSameChatAndLoseTheSameText() throws IOException {
        Path directory = folder.resolve("public");
        try (var s3 = new S3ServerInProcess().start();
                var refusing = new FtpServerInProcess(Files.createDirectory(folder.resolve("ftp-1"))).start();
                var overwriting = new FtpServerInProcess(Files.createDirectory(folder.resolve("ftp-2")))
                        .overwriting(true)
                        .start()) {
            newsroom.publishesToReal(
                    "directory: " + directory,
                    s3Entry(s3, "plain", false),
                    s3Entry(s3, "zipped", true),
                    ftpEntry(refusing),
                    ftpEntry(overwriting));
            List<Storage> storages = List.of(
                    new DirectorySettings(directory).storage(),
                    s3.settings("plain", false).storage(),
                    s3.settings("zipped", true).storage(),
                    refusing.settings().storage(),
                    overwriting.settings().storage());
            String ts = post("Smith wins");
            postUpdates(60);
            assertThat(newsroom.cycle().incidents()).isEmpty();
            storages.forEach(storage -> assertThat(new SiteReader(storage, SLUG).texts())
                    .hasSize(61)
                    .contains("Smith wins"));

            refusing.stop();
            newsroom.slack.delete(CHANNEL, ts);
            post("a recount");
            CycleReport report = newsroom.cycle();
            assertThat(report.incidents()).hasSize(1);
            assertThat(textOf(folder.resolve("ftp-1"))).contains("Smith");

            refusing.start();
            newsroom.restart();
            newsroom.clock.advance(Duration.ofMinutes(2));
            assertThat(newsroom.cycle().incidents()).isEmpty();

            for (Storage storage : storages) {
                assertThat(new SiteReader(storage, SLUG).texts()).hasSize(61).endsWith("a recount");
                assertThat(new SiteReader(storage, SLUG).whole().path("messages"))
                        .hasSize(61);
                storage.list("")
                        .forEach(key -> assertThat(new String(
                                        storage.read(key).orElseThrow().bytes(), StandardCharsets.UTF_8))
                                .doesNotContain("Smith"));
                storage.close();
            }
            for (String place : List.of("public", "ftp-1", "ftp-2")) {
                assertThat(textOf(folder.resolve(place))).contains("a recount").doesNotContain("Smith");
            }
        }
    }

    @Test
    void aFileThatAnFtpServerRefusesDelaysItsChatOnlyAndIsReportedWithWhatToDo() throws IOException {
        try (var server = new FtpServerInProcess(Files.createDirectory(folder.resolve("ftp"))).start();
                Storage storage = server.settings().storage()) {
            listSports();
            newsroom.publishesToReal(ftpEntry(server));
            post("polls are closed");
            newsroom.cycle();
            server.protect(path -> path.matches("/" + SLUG + "/i/\\.?p-.*"));

            postUpdates(60);
            for (int i = 0; i < 6; i++) {
                newsroom.slack.post("C0SPORTS", REPORTER, "goal " + i);
                CycleReport report = newsroom.cycle();

                assertThat(new SiteReader(storage, "sports").texts()).contains("goal " + i);
                assertThat(report.isComplete()).isFalse();
                assertThat(report.incidents())
                        .allMatch(incident -> incident.kind() == Kind.REJECTED)
                        .allMatch(incident -> incident.descriptionWithHint()
                                .endsWith("Allow user chats to write and rename this file on localhost, which accepts"
                                        + " others."));
            }
            assertThat(statusOf(storage).lastError())
                    .startsWith("cannot put " + SLUG + "/i/p-")
                    .contains("55")
                    .endsWith("which accepts others.");
            assertThat(new SiteReader(storage, SLUG).texts()).containsExactly("polls are closed");

            server.protect(path -> false);
            newsroom.clock.advance(Duration.ofMinutes(1));
            assertThat(newsroom.cycle().isComplete()).isTrue();
            assertThat(new SiteReader(storage, SLUG).texts()).hasSize(61);
        }
    }

    @Test
    void aTakedownThatAnFtpServerRefusesIsReportedUntilItIsDoneAndNothingWaitsForIt() throws IOException {
        Path root = Files.createDirectory(folder.resolve("ftp"));
        try (var server = new FtpServerInProcess(root).start();
                Storage storage = server.settings().storage()) {
            listSports();
            newsroom.publishesToReal(ftpEntry(server));
            String wins = post("Smith wins");
            String foul = newsroom.slack.post("C0SPORTS", REPORTER, "a foul");
            newsroom.cycle();
            server.protect(path -> path.startsWith("/" + SLUG + "/i/p-"));

            newsroom.slack.delete(CHANNEL, wins);
            newsroom.cycle();
            newsroom.slack.delete("C0SPORTS", foul);
            for (int i = 0; i < 6; i++) {
                newsroom.slack.post("C0SPORTS", REPORTER, "goal " + i);
                CycleReport report = newsroom.cycle();

                assertThat(new SiteReader(storage, "sports").texts())
                        .contains("goal " + i)
                        .doesNotContain("a foul");
                assertThat(textOf(root)).contains("Smith").doesNotContain("a foul");
                assertThat(report.isComplete()).isFalse();
                assertThat(newsroom.store().storages().takedowns(storage.name()))
                        .hasSize(1);
                assertThat(statusOf(storage).lastError())
                        .startsWith("cannot delete " + SLUG + "/i/p-")
                        .endsWith(
                                "Allow user chats to delete this file on localhost, or delete it there by" + " hand.");
            }
            assertThat(new SiteReader(storage, SLUG).texts()).isEmpty();
            newsroom.restart();
            newsroom.cycle();
            assertThat(newsroom.store().storages().takedowns(storage.name())).hasSize(1);

            server.protect(path -> false);
            newsroom.cycle();
            assertThat(textOf(root)).doesNotContain("Smith");
            assertThat(newsroom.store().storages().takedowns(storage.name())).isEmpty();
            assertThat(newsroom.cycle().isComplete()).isTrue();
        }
    }

    private void listSports() {
        newsroom.slack.channel("C0SPORTS");
        newsroom.lists(channel(CHANNEL, SLUG, "approval: none"), channel("C0SPORTS", "sports", "approval: none"));
    }

    private StorageStatus statusOf(Storage storage) {
        return newsroom.store().storages().status(storage.name()).orElseThrow();
    }

    private String post(String text) {
        return newsroom.slack.post(CHANNEL, REPORTER, text);
    }

    private void postUpdates(int count) {
        for (int i = 0; i < count; i++) {
            post("update " + i);
        }
    }

    private static String s3Entry(S3ServerInProcess server, String prefix, boolean gzip) {
        return "s3: {bucket: %s, prefix: %s, endpoint: \"%s\", region: us-east-1, gzip: %s}"
                .formatted(S3ServerInProcess.BUCKET, prefix, server.endpoint(), gzip);
    }

    private static String ftpEntry(FtpServerInProcess server) {
        return "ftp: {host: localhost, port: %d, user: %s, password: %s, directory: /, tls: none}"
                .formatted(server.port(), FtpServerInProcess.USER, FtpServerInProcess.PASSWORD);
    }

    /** The contents of all files in a folder, including hidden ones. */
    private static String textOf(Path folder) {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                all.append(Files.readString(file)).append('\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all.toString();
    }
}
