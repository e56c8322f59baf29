package org.chatpress.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.chatpress.config.DatabaseSettings.SqliteFile;
import org.chatpress.error.StoreException;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.PublicMessage;
import org.chatpress.render.json.ChatRenderer;
import org.chatpress.render.json.ChatSource;
import org.chatpress.render.json.ChatSource.PageRef;
import org.chatpress.storage.ObjectKey;
import org.chatpress.store.ChannelRepository.ClosingTime;
import org.chatpress.store.sql.Database;
import org.chatpress.store.sql.Migrations;
import org.chatpress.support.MemoryChat;
import org.chatpress.support.OldDatabase;
import org.chatpress.support.TestChat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The database as a file: who may open it, and what happens when it cannot be used. */
class StoreTest {
    static final Instant NOW = Instant.parse("2026-11-03T18:00:00Z");

    @TempDir
    Path folder;

    @Test
    void whatIsNoDatabaseIsNotCopiedAsAnEmptyOne() throws IOException {
        Path database = Files.writeString(folder.resolve("chatpress.db"), "no database at all, however long it may be");

        assertThatThrownBy(() -> Store.copy(new SqliteFile(database)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("SQLITE_NOTADB");
    }

    @Test
    void anUpgradedDatabaseHasTheSchemaOfANewOne() throws SQLException, IOException {
        Store.open(new SqliteFile(database()), "a test").close();
        OldDatabase.write(folder.resolve("old.db"));
        try (Connection fromTheStart = DriverManager.getConnection("jdbc:sqlite::memory:");
                Store created = Store.open(new SqliteFile(database()), "a test");
                Store upgraded = Store.open(new SqliteFile(folder.resolve("old.db")), "a test")) {
            var db = Database.sqlite(fromTheStart);
            Migrations.upgrade(db, 0);

            assertThat(schema(db)).containsExactlyElementsOf(schema(created.db));
            assertThat(schema(upgraded.db)).containsExactlyElementsOf(schema(created.db));
        }
        try (Stream<Path> files = Files.list(Path.of("src/main/resources/org/chatpress/store/sql"))) {
            assertThat(ask("PRAGMA user_version"))
                    .as("every migration is in the list")
                    .containsExactly(
                            String.valueOf(files.filter(file -> file.toString().matches(".*[0-9]{3}\\.sql"))
                                    .count()));
        }
        assertThat(ask("PRAGMA journal_mode")).containsExactly("wal");
    }

    @Test
    void anUpgradeEndsNoChatBeforeItsNewestPublicMessage() throws SQLException {
        OldDatabase.write(database());
        ask("UPDATE channel SET closed_at = '2026-11-03T19:00:00Z' WHERE id = 'C0CLOSED' RETURNING id");
        ask("UPDATE channel SET closed_at = '2027-01-01T00:00:00Z' WHERE id = 'C0WEATHER' RETURNING id");
        try (Store store = Store.open(new SqliteFile(database()), "a test")) {
            MessageTs newest =
                    store.publicMessages().newest(new ChannelId("C0CLOSED")).orElseThrow();

            assertThat(closing(store, "C0CLOSED"))
                    .isEqualTo(ClosingTime.at(
                            newest.instant().truncatedTo(ChronoUnit.SECONDS).plusSeconds(1)));
            assertThat(closing(store, "C0WEATHER")).isEqualTo(ClosingTime.at(Instant.parse("2027-01-01T00:00:00Z")));
            assertThat(closing(store, "C0ELECTION")).isEqualTo(ClosingTime.NONE);
        }
    }

    @Test
    void afterAnUpgradePagesThatWereStoredInTheWrongOrderAreRenderedAgain() throws SQLException {
        var channel = new ChannelId("C0NIGHT");
        List<PageRef> pages;
        try (Store store = Store.open(new SqliteFile(database()), "a test")) {
            var chat = new TestChat(store, "C0NIGHT", "night", NOW);
            IntStream.range(0, 100).forEach(i -> chat.put(i, "update " + i));
            chat.render();
            pages = store.publicMessages().chat(channel).pages();
        }
        ask("UPDATE page SET start_ts = '%s' WHERE first_ts = '%s' RETURNING key"
                .formatted(TestChat.ts(60), TestChat.ts(0)));
        ask("PRAGMA user_version = 30");

        try (Store store = Store.open(new SqliteFile(database()), "a test")) {
            assertThat(store.channels().row(channel).orElseThrow().pointerSeq()).isEqualTo(-1);
            ChatSource chat = store.publicMessages().chat(channel);
            store.files().save(channel, ChatRenderer.render(chat, false), chat.seq(), NOW);

            assertThat(store.publicMessages().chat(channel).pages()).isEqualTo(pages);
        }
    }

    private static ClosingTime closing(Store store, String channel) {
        return store.channels().row(new ChannelId(channel)).orElseThrow().closing();
    }

    /** Tables, columns and indexes, whatever the order of columns. */
    private static List<String> schema(Database db) {
        var schema = new ArrayList<String>();
        schema.addAll(db.list(
                "SELECT concat_ws(' ', name, 'STRICT', strict, 'WITHOUT ROWID', wr) AS line"
                        + " FROM pragma_table_list WHERE type = 'table' AND schema = 'main' ORDER BY name",
                row -> row.text("line")));
        schema.addAll(db.list("""
                SELECT concat_ws(' ', t.name || '.' || c.name, c.type, 'NOT NULL', c."notnull", c.dflt_value, 'PK', c.pk)
                    AS line
                FROM pragma_table_list AS t, pragma_table_info(t.name) AS c
                WHERE t.type = 'table' AND t.schema = 'main'
                ORDER BY t.name, c.name
                """, row -> row.text("line")));
        schema.addAll(db.list(
                "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name",
                row -> row.text("sql").replace("\"", "").replaceAll("\\s+", " ")));
        return schema;
    }

    @Test
    void anOpenedOneKeepsWhatIsInIt() {
        try (Store store = Store.open(new SqliteFile(database()), "a test")) {
            store.channels().add(new ChannelId("C0NIGHT"), "epoch", NOW);
        }

        try (Store store = Store.open(new SqliteFile(database()), "a test")) {
            assertThat(store.channels().all()).hasSize(1);
        }
    }

    @Test
    void aPublicMessageComesBackWithAllThatItBears() {
        PublicMessage whole = MemoryChat.withEverything(1);
        var channel = new ChannelId("C0NIGHT");
        try (Store store = Store.open(new SqliteFile(database()), "a test")) {
            new TestChat(store, channel.value(), "night", NOW).put(whole);

            assertThat(store.publicMessages().message(channel, whole.ts())).contains(whole);
        }
    }

    @Test
    void aFileThatTheDiskHasDamagedIsNotHandedOut() throws SQLException {
        var key = new ObjectKey("night/live.json");
        try (Store store = Store.open(new SqliteFile(database()), "a test")) {
            new TestChat(store, "C0NIGHT", "night", NOW).put(1, "Smith wins").render();
            assertThat(store.files().object(key)).isPresent();
        }
        // The checksum that gzip puts behind the content.
        ask(
                "UPDATE rendered_file SET body = CAST(substr(body, 1, length(body) - 8) || x'00000000' || substr(body, -4) AS BLOB)"
                        + " WHERE key = '" + key + "'");

        try (Store store = Store.openToRead(new SqliteFile(database()))) {
            assertThatThrownBy(() -> store.files().object(key)).hasMessageContaining("GZIP trailer");
        }
    }

    @Test
    void aNewerDatabaseIsRefusedWithAdvice() throws SQLException {
        Store.open(new SqliteFile(database()), "a test").close();
        ask("PRAGMA user_version = 99");

        StoreException refusal = failure(() -> Store.open(new SqliteFile(database()), "a test"));

        assertThat(refusal).hasMessageContaining("newer Chatpress").hasMessageContaining("99");
        assertThat(refusal.hint()).contains("newer Chatpress").endsWith(".");
        assertThat(failure(() -> Store.openToRead(new SqliteFile(database())))).hasMessageContaining("newer Chatpress");
    }

    @Test
    void anOlderDatabaseIsNotReadBeforeAWriterBroughtItUpToDate() throws SQLException {
        ask("PRAGMA user_version = 0");

        assertThat(failure(() -> Store.openToRead(new SqliteFile(database()))).hint())
                .contains("chatpress once");
    }

    @Test
    void aSecondWriterIsRefusedByNameHoweverTheFileIsNamed() throws IOException {
        Path detour = Files.createDirectory(folder.resolve("detour"));
        try (Store first = Store.open(new SqliteFile(database()), "chatpress run, process 4711")) {
            StoreException refusal =
                    failure(() -> Store.open(new SqliteFile(detour.resolve("../chatpress.db")), "another"));

            assertThat(refusal).hasMessageContaining("in use by chatpress run, process 4711");
            assertThat(failure(() -> Store.open(new SqliteFile(database()), "another")))
                    .isNotNull();
            assertThat(first.channels().all()).isEmpty();
        }
        Store.open(new SqliteFile(database()), "the next one").close();
    }

    @Test
    void aSecondWriterIsRefusedThroughALink() throws IOException {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        try (Store first = Store.open(new SqliteFile(database()), "first")) {
            Path link = Files.createSymbolicLink(elsewhere.resolve("link.db"), database());
            assertThat(failure(() -> Store.open(new SqliteFile(link), "second")))
                    .hasMessageContaining("in use by first");
            Path hardLink = Files.createLink(elsewhere.resolve("hard.db"), database());
            assertThat(failure(() -> Store.open(new SqliteFile(hardLink), "second")))
                    .hasMessageContaining("has a second name");
            assertThat(first.channels().all()).isEmpty();
        }
        assertThat(failure(() -> Store.open(new SqliteFile(database()), "next")).hint())
                .contains("Delete the other name");
    }

    @Test
    void onlyTheOwnerCanReadTheDatabase() throws IOException {
        try (Store store = Store.open(new SqliteFile(folder.resolve("new.db")), "a test")) {
            store.channels().recordTimestamp("cycle", NOW);
            for (String suffix : List.of("", "-wal", "-shm", ".lock")) {
                assertThat(PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(folder.resolve("new.db" + suffix))))
                        .as(suffix)
                        .isEqualTo("rw-------");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".lock"})
    void aFileThatIsMovedDeletedOrReplacedIsNoticed(String suffix) throws IOException {
        try (Store store = Store.open(new SqliteFile(database()), "a test")) {
            Path file = database().resolveSibling(database().getFileName() + suffix);
            Path moved = folder.resolve("moved");
            store.verifyLock();

            Files.move(file, moved);
            assertThat(failure(store::verifyLock)).hasMessageContaining("moved, deleted or replaced");
            Files.copy(moved, file);
            assertThat(failure(store::verifyLock)).hasMessageContaining("moved, deleted or replaced");
            Files.move(moved, file, StandardCopyOption.REPLACE_EXISTING);
            store.verifyLock();
        }
    }

    @Test
    void aRefusedWriterOfThisProcessDoesNotLoosenTheLockForOthers() throws Exception {
        try (Store first = Store.open(new SqliteFile(database()), "first")) {
            failure(() -> Store.open(new SqliteFile(database()), "second"));

            assertThat(otherProcess("try")).contains("in use by first");
            assertThat(first.channels().all()).isEmpty();
        }
        assertThat(otherProcess("try")).contains("opened");
    }

    @Test
    void theLockGoesWithAKilledProcess() throws Exception {
        Process holder = start("hold");
        assertThat((char) holder.getInputStream().read()).isEqualTo('o');
        assertThat(failure(() -> Store.open(new SqliteFile(database()), "a test")))
                .hasMessageContaining("in use by another process");

        holder.destroyForcibly().waitFor();

        Store.open(new SqliteFile(database()), "a test").close();
    }

    @Test
    void isReadBesideAWriterInTheMiddleOfItsWork() {
        try (Store writer = Store.open(new SqliteFile(database()), "a test")) {
            writer.channels().add(new ChannelId("C0NIGHT"), "epoch", NOW);
            writer.inTransaction(() -> {
                writer.channels().add(new ChannelId("C0OTHER"), "epoch", NOW);
                try (Store reader = Store.openToRead(new SqliteFile(database()))) {
                    assertThat(reader.channels().all()).hasSize(1);
                    assertThat(failure(() -> reader.channels().recordTimestamp("cycle", NOW)))
                            .isNotNull();
                }
            });
        }
    }

    @Test
    void aFileThatIsNoDatabaseIsReportedWithAHint() throws IOException {
        Files.writeString(database(), "this is no database, but it is long enough to be taken for one. ".repeat(50));

        StoreException failure = failure(() -> Store.open(new SqliteFile(database()), "a test"));

        assertThat(failure.hint()).contains("Move the file away, or restore a backup");
        Files.delete(database());
        Store.open(new SqliteFile(database()), "the lock is free").close();
    }

    @Test
    void aFolderThatCannotBeCreatedIsReportedWithAHint() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");

        StoreException failure = failure(() -> Store.open(new SqliteFile(file.resolve("chatpress.db")), "a test"));

        assertThat(failure).hasMessageContaining("cannot create the folder");
        assertThat(failure.hint()).contains("another database in the settings");
    }

    @Test
    void aFullDiskLosesNothingAndWritesSucceedOnceThereIsSpace() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:")) {
            var db = Database.sqlite(connection);
            Migrations.run(db, "full");
            db.run("INSERT INTO timestamps (name, at) VALUES ('before', '')");
            long pages = db.first("PRAGMA page_count", row -> row.number("page_count"))
                    .orElseThrow();
            db.first("PRAGMA max_page_count = " + pages, row -> "");

            StoreException full = failure(() -> db.inTransaction(() -> {
                for (int i = 0; i < 1000; i++) {
                    db.run("INSERT INTO timestamps (name, at) VALUES (?, ?)", "beat " + i, "x".repeat(500));
                }
            }));

            assertThat(full.hint()).contains("Free disk space");
            db.first("PRAGMA max_page_count = 100000", row -> "");
            db.inTransaction(() -> {
                db.run("INSERT INTO timestamps (name, at) VALUES ('after', '')");
            });
            assertThat(db.list("SELECT name FROM timestamps ORDER BY name", row -> row.text("name")))
                    .containsExactly("after", "before");
        }
    }

    @Test
    void doesNotGrowWithTheNumberOfChanges() throws SQLException {
        long before;
        try (Store store = Store.open(new SqliteFile(database()), "a test")) {
            var chat = new TestChat(store, "C0NIGHT", "night", NOW);
            edit(chat, 200);
            before = pages();
            edit(chat, 500);
        }

        assertThat(pages()).isLessThan(before + 10);
        assertThat(Integer.parseInt(ask("SELECT COUNT(*) FROM change").get(0))).isLessThan(120);
        assertThat(ask("SELECT DISTINCT key FROM file_message WHERE key LIKE '%/p-%'"))
                .containsExactlyInAnyOrderElementsOf(ask("SELECT key FROM page"));
    }

    private static void edit(TestChat chat, int times) {
        for (int i = 0; i < times; i++) {
            chat.put(i % 50, "edit " + i).render();
        }
    }

    private long pages() throws SQLException {
        return Long.parseLong(ask("PRAGMA page_count").get(0));
    }

    /** Another process that opens the database: {@code try} and tell, or {@code hold} it until it is killed. */
    public static void main(String[] arguments) throws InterruptedException {
        try (Store store = Store.open(new SqliteFile(Path.of(arguments[1])), "another process")) {
            System.out.println("opened " + store.channels().all().size());
            System.out.flush();
            if (arguments[0].equals("hold")) {
                Thread.currentThread().join();
            }
        } catch (StoreException e) {
            System.out.println(e.getMessage());
        }
    }

    private Process start(String what) throws IOException {
        return new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        StoreTest.class.getName(),
                        what,
                        database().toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private String otherProcess(String what) throws IOException {
        return new String(start(what).getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private Path database() {
        return folder.resolve("chatpress.db");
    }

    private List<String> ask(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database());
                Statement statement = connection.createStatement()) {
            var answers = new ArrayList<String>();
            if (statement.execute(sql)) {
                ResultSet rows = statement.getResultSet();
                while (rows.next()) {
                    answers.add(rows.getString(1));
                }
            }
            return answers;
        }
    }

    private static StoreException failure(org.assertj.core.api.ThrowableAssert.ThrowingCallable work) {
        return catchThrowableOfType(StoreException.class, work);
    }
}
