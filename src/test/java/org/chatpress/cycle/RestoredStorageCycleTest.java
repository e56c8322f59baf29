package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SLUG;
import static org.chatpress.support.TestNewsroom.channel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.publish.Publisher;
import org.chatpress.storage.DirectorySettings;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.StoredObject;
import org.chatpress.support.FtpServerInProcess;
import org.chatpress.support.S3ServerInProcess;
import org.chatpress.support.SiteReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A storage gets older files from a backup, or loses files, while Chatpress runs and has nothing new to publish there. */
@Tag("slow")
class RestoredStorageCycleTest {
    private static final String WEATHER = "C0WEATHER";

    @Nested
    class OfADirectory extends Contract {
        @Override
        String entry() {
            return "directory: " + folder.resolve("public");
        }

        @Override
        Storage client() {
            return new DirectorySettings(folder.resolve("public")).storage();
        }
    }

    @Nested
    class OfAnFtpServer extends Contract {
        private FtpServerInProcess server;

        @BeforeEach
        void start() throws IOException {
            server = new FtpServerInProcess(Files.createDirectory(folder.resolve("ftp"))).start();
        }

        @AfterEach
        void stop() {
            server.close();
        }

        @Override
        String entry() {
            return server.entry();
        }

        @Override
        Storage client() {
            return server.settings().storage();
        }
    }

    @Nested
    class OfABucket extends Contract {
        private final S3ServerInProcess server = new S3ServerInProcess().start();

        @AfterEach
        void stop() {
            server.close();
        }

        @Override
        String entry() {
            return "s3: {bucket: %s, prefix: chats, endpoint: \"%s\", region: us-east-1}"
                    .formatted(S3ServerInProcess.BUCKET, server.endpoint());
        }

        @Override
        Storage client() {
            return server.settings("chats", false).storage();
        }
    }

    abstract static class Contract extends WithNewsroom {
        /** The storage in the settings. */
        abstract String entry();

        /** Another client of the storage. */
        abstract Storage client();

        @Test
        void olderFilesAreReplacedAndWhatWasTakenDownGoesAgain() {
            List<StoredObject> backup = backupBeforeATakedown();

            restore(backup);
            cycles(5);

            assertThatReadersSee("turnout is high", "a recount");
        }

        @Test
        void olderFilesBesideTheNewOnesGoAgain() {
            List<StoredObject> backup = backupBeforeATakedown();

            put(backup.stream()
                    .filter(object -> object.key().value().contains("/i/"))
                    .toList());
            cycles(5);

            assertThatReadersSee("turnout is high", "a recount");
        }

        @Test
        void newMessagesDoNotHideThatFilesAreOlder() {
            List<StoredObject> backup = backupBeforeATakedown();

            restore(backup);
            post("a protest");
            cycles(5);

            assertThatReadersSee("turnout is high", "a recount", "a protest");
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 2})
        void anOlderPointerDoesNotStopTheDeletesAfterTheGracePeriod(int cycles) {
            List<StoredObject> backup = backupBeforeATakedown();
            for (int i = 0; i < 12; i++) {
                post("update " + i);
                newsroom.cycle();
            }
            newsroom.clock.advance(Publisher.GRACE.minusSeconds(30));
            cycles(cycles);

            put(backup.stream()
                    .filter(object -> object.key().name().equals("live.json"))
                    .toList());
            newsroom.clock.advance(Duration.ofSeconds(30));
            cycles(6);

            assertThat(newsroom.cycle().incidents()).isEmpty();
            try (Storage site = client()) {
                assertThat(new SiteReader(site, SLUG).texts()).hasSize(14);
            }
        }

        @Test
        void filesThatAreLostBelowThePointerArePublishedAgain() {
            startPublishing();
            post("turnout is high");
            newsroom.cycle();

            try (Storage site = client()) {
                site.list(SLUG + "/i").forEach(site::delete);
            }
            cycles(5);

            assertThatReadersSee("turnout is high");
        }

        @Test
        void aStorageThatReturnsToTheSettingsWithOlderFilesIsPutRight() {
            List<StoredObject> backup = backupBeforeATakedown();
            newsroom.publishesTo("memory").cycle();

            restore(backup);
            newsroom.publishesToReal(entry());
            cycles(5);

            assertThatReadersSee("turnout is high", "a recount");
        }

        /** Another process with a copy of the database would put it there again and again. */
        @Test
        void anOlderPointerThatIsSoonThereAgainIsAConflict() {
            List<StoredObject> backup = backupBeforeATakedown();
            restore(backup);
            cycles(5);
            assertThatReadersSee("turnout is high", "a recount");

            restore(backup);
            cycles(5);

            assertThat(newsroom.cycle().incidents())
                    .extracting(CycleReport.Incident::message)
                    .singleElement()
                    .asString()
                    .contains("another instance publishes");
        }

        /** Returns the files of the site before one message was taken down and another one posted. */
        private List<StoredObject> backupBeforeATakedown() {
            startPublishing();
            String ts = post("Smith wins");
            post("turnout is high");
            newsroom.cycle();
            List<StoredObject> backup = files();
            newsroom.slack.delete(CHANNEL, ts);
            newsroom.cycle();
            post("a recount");
            newsroom.cycle();
            newsroom.clock.advance(Duration.ofMinutes(20));
            cycles(2);
            return backup;
        }

        private void startPublishing() {
            newsroom.slack.channel(WEATHER);
            newsroom.slack.post(WEATHER, REPORTER, "it rains");
            newsroom.lists(channel(CHANNEL, SLUG, "approval: none"), channel(WEATHER, "weather", "approval: none"))
                    .publishesToReal(entry());
        }

        private String post(String text) {
            return newsroom.slack.post(CHANNEL, REPORTER, text);
        }

        private void cycles(int count) {
            for (int i = 0; i < count; i++) {
                newsroom.cycle();
            }
        }

        private List<StoredObject> files() {
            try (Storage site = client()) {
                return site.list("").stream()
                        .map(key -> site.read(key).orElseThrow())
                        .toList();
            }
        }

        private void put(List<StoredObject> files) {
            try (Storage site = client()) {
                files.forEach(site::put);
            }
        }

        private void restore(List<StoredObject> backup) {
            try (Storage site = client()) {
                site.list("").forEach(site::delete);
            }
            put(backup);
        }

        private void assertThatReadersSee(String... texts) {
            assertThat(newsroom.cycle().incidents()).isEmpty();
            try (Storage site = client()) {
                var reader = new SiteReader(site, SLUG);
                assertThat(reader.texts()).containsExactly(texts);
                assertThat(reader.whole().path("messages")).hasSize(texts.length);
                assertThat(new SiteReader(site, "weather").texts()).containsExactly("it rains");
            }
            assertThat(files()).extracting(StoredObject::key).contains(new ObjectKey("channels.json"));
            assertThat(files())
                    .extracting(object -> new String(object.bytes(), StandardCharsets.UTF_8))
                    .noneMatch(text -> text.contains("Smith"));
        }
    }
}
