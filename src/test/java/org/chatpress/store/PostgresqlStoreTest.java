package org.chatpress.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.chatpress.config.DatabaseSettings.PostgresqlServer;
import org.chatpress.config.DatabaseSettings.SqliteFile;
import org.chatpress.error.StoreException;
import org.chatpress.model.ChannelId;
import org.chatpress.store.sql.Database;
import org.chatpress.store.sql.DatabaseCopy;
import org.chatpress.store.sql.Migrations;
import org.chatpress.support.OldDatabase;
import org.chatpress.support.PostgresqlProcess;
import org.chatpress.support.TcpProxy;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** What PostgreSQL does in another way than SQLite. The tests of the repositories and of cycles run on both. */
@Tag("slow")
class PostgresqlStoreTest {
    private static final Instant NOW = Instant.parse("2026-11-03T20:00:00Z");

    @TempDir
    Path folder;

    PostgresqlProcess server;
    PostgresqlServer settings;

    @BeforeEach
    void start(TestInfo test) {
        server = PostgresqlProcess.shared();
        settings = server.settings(test.getTestMethod().orElseThrow().getName().toLowerCase(Locale.ROOT));
    }

    // THE SCHEMA

    @Test
    void hasTheTablesAndColumnsOfSqlite() {
        try (Store postgresql = Store.open(settings, "a test");
                Store sqlite = Store.inMemory()) {
            List<String> columns = postgresql.db.list("""
                    SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
                        || ' ' || COALESCE(collation_name, '') AS line
                    FROM information_schema.columns
                    WHERE table_schema = current_schema() AND table_name <> 'schema_version'
                    ORDER BY table_name, column_name
                    """, row -> row.text("line"));

            assertThat(columns).containsExactlyElementsOf(sqlite.db.list("""
                    SELECT t.name || '.' || c.name
                        || CASE c.type WHEN 'INTEGER' THEN ' bigint' WHEN 'BLOB' THEN ' bytea' ELSE ' text' END
                        || CASE WHEN c."notnull" = 1 OR c.pk > 0 THEN ' NO' ELSE ' YES' END
                        || CASE c.type WHEN 'TEXT' THEN ' C' ELSE ' ' END AS line
                    FROM sqlite_schema AS t, pragma_table_info(t.name) AS c
                    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'
                    ORDER BY t.name, c.name
                    """, row -> row.text("line")));
        }
    }

    @Test
    void hasTheIndexesOfSqlite() {
        try (Store postgresql = Store.open(settings, "a test");
                Store sqlite = Store.inMemory()) {
            assertThat(postgresql.db.list(
                            "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()"
                                    + " AND indexname NOT LIKE '%_pkey' ORDER BY indexname",
                            row -> row.text("indexname")))
                    .containsExactlyElementsOf(sqlite.db.list(
                            "SELECT name FROM sqlite_schema WHERE type = 'index' AND name NOT LIKE 'sqlite_%' ORDER BY name",
                            row -> row.text("name")));
        }
    }

    @Test
    void refusesTheSchemaOfANewerChatpress() {
        Store.open(settings, "a test").close();
        server.execute("chatpress", "UPDATE " + settings.schema() + ".schema_version SET version = 99");

        assertThat(failure(() -> Store.open(settings, "a test"))).hasMessageContaining("newer Chatpress (schema 99");
        assertThat(failure(() -> Store.openToRead(settings))).hasMessageContaining("newer Chatpress");
    }

    @Test
    void aReaderOfNoDatabaseIsAdvisedToRunACycle() {
        assertThat(failure(() -> Store.openToRead(settings)).hint()).contains("chatpress once");
    }

    @Test
    void aReaderCannotWrite() {
        Store.open(settings, "a test").close();

        try (Store store = Store.openToRead(settings)) {
            assertThat(failure(() -> store.channels().add(new ChannelId("C0NIGHT"), "epoch", NOW)))
                    .hasMessageContaining("read-only");
        }
    }

    @Test
    void storesATextWithTheCharacterZero() {
        try (Store store = Store.open(settings, "a test")) {
            store.channels().recordTimestamp("a\0b", NOW);

            assertThat(store.channels().timestamp("ab")).contains(NOW);
        }
    }

    @Test
    void theSchemaMayTakeLongerThanOtherStatementsToBeChanged() throws Exception {
        server.execute("chatpress", "CREATE SCHEMA " + settings.schema());
        try (Database db = limited();
                Connection other = blockedBy("CREATE TABLE " + settings.schema() + ".channel (id TEXT)")) {
            CompletableFuture<?> upgrade = CompletableFuture.runAsync(() -> Migrations.run(db, "a test"));
            Thread.sleep(1_000);

            other.rollback();

            assertThat(upgrade).succeedsWithin(Duration.ofSeconds(10));
            assertThat(failure(() -> db.list("SELECT pg_sleep(2)", row -> row.text("pg_sleep")))
                            .hint())
                    .contains("another session may lock");
        }
    }

    // COPIES

    @Test
    void aCopyMayTakeLongerThanOtherStatements() throws Exception {
        Store.open(settings, "a test").close();
        try (Database db = limited();
                Store source = Store.inMemory();
                Connection other = blockedBy("LOCK TABLE " + settings.schema() + ".channel")) {
            CompletableFuture<?> copy = CompletableFuture.runAsync(() -> DatabaseCopy.run(source.db, db));
            Thread.sleep(1_000);

            other.rollback();

            assertThat(copy).succeedsWithin(Duration.ofSeconds(10));
        }
    }

    /** A session whose statements may take 300 ms. */
    private Database limited() throws SQLException {
        Connection connection = server.connect("chatpress");
        connection.setSchema(settings.schema());
        try (var statement = connection.createStatement()) {
            statement.execute("SET statement_timeout = 300");
        }
        return Database.postgresql(connection);
    }

    /** A session with an open transaction that has run a statement. */
    private Connection blockedBy(String sql) throws SQLException {
        Connection connection = server.connect("chatpress");
        connection.setAutoCommit(false);
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
        return connection;
    }

    @Test
    void copiesASqliteDatabaseThereAndBack() {
        OldDatabase.write(folder.resolve("old.db"));
        try (Store sqlite = Store.open(new SqliteFile(folder.resolve("old.db")), "a test");
                Store postgresql = Store.open(settings, "a test");
                Store back = Store.inMemory()) {
            Map<String, Long> rows = sqlite.copyTo(postgresql);

            assertThat(rows).containsEntry("channel", 6L).hasSizeGreaterThan(20);
            assertThat(postgresql.copyTo(back)).isEqualTo(rows);
            for (String table : rows.keySet()) {
                assertThat(content(back.db, table)).as(table).isEqualTo(content(sqlite.db, table));
            }
        }
    }

    @Test
    void aCopyInMemoryOfNoDatabaseIsEmpty() {
        try (Store copy = Store.copy(settings)) {
            assertThat(copy.channels().all()).isEmpty();
        }
        Store.open(settings, "a test").close();
        try (Store copy = Store.copy(settings)) {
            assertThat(copy.channels().all()).isEmpty();
        }
    }

    @Test
    void aFailedCopyLeavesTheTargetAsItWas() {
        try (Store source = Store.inMemory();
                Store target = Store.open(settings, "a test")) {
            target.channels().add(new ChannelId("C0NIGHT"), "epoch", NOW);
            source.channels().add(new ChannelId("C0OTHER"), "epoch", NOW);
            source.db.run("CREATE TABLE unknown (id TEXT)");

            assertThat(failure(() -> source.copyTo(target))).hasMessageContaining("unknown");

            assertThat(target.channels().all())
                    .extracting(row -> row.id().value())
                    .containsExactly("C0NIGHT");
        }
    }

    @Test
    void aCopyWithoutEveryRowFailsAndLeavesTheTargetAsItWas() {
        try (Store source = Store.inMemory();
                Store target = Store.open(settings, "a test")) {
            source.channels().add(new ChannelId("C0NIGHT"), "epoch", NOW);
            source.channels().recordTimestamp("a", NOW);
            server.execute("chatpress", """
                    SET search_path = %s;
                    CREATE FUNCTION keep_none() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
                    CREATE TRIGGER keep_none BEFORE INSERT ON timestamps FOR EACH ROW EXECUTE FUNCTION keep_none();
                    """.formatted(settings.schema()));

            assertThat(failure(() -> source.copyTo(target)))
                    .hasMessageContaining("has 0 rows after the copy instead of 1");

            assertThat(target.channels().all()).isEmpty();
        }
    }

    // THE LEADER

    @Test
    void oneProcessLeadsAndTheNextOneFollowsAsSoonAsItEnds() throws Exception {
        Store leader = Store.open(settings, "chatpress run, process 1");
        CompletableFuture<Optional<Store>> next = standby("chatpress run, process 2", new AtomicBoolean());
        awaitStandbys(leader, 1);

        assertThat(leader.leadership().orElseThrow().leader()).contains("chatpress run, process 1");
        assertThat(leader.leadership().orElseThrow().standbys()).containsExactly("chatpress run, process 2");
        assertThat(failure(() -> Store.open(settings, "chatpress once")))
                .hasMessageContaining("in use by chatpress run, process 1")
                .matches(StoreException::isInUse);
        leader.close();

        try (Store store = next.get(3, TimeUnit.SECONDS).orElseThrow()) {
            assertThat(store.leadership().orElseThrow().leader()).contains("chatpress run, process 2");
            assertThat(store.leadership().orElseThrow().standbys()).isEmpty();
        }
    }

    @Test
    void aStandbyThatIsStoppedLeadsNever() throws Exception {
        try (Store leader = Store.open(settings, "chatpress run, process 1")) {
            var stopping = new AtomicBoolean();
            CompletableFuture<Optional<Store>> next = standby("chatpress run, process 2", stopping);
            awaitStandbys(leader, 1);

            stopping.set(true);

            assertThat(next.get(3, TimeUnit.SECONDS)).isEmpty();
            awaitStandbys(leader, 0);
        }
    }

    @Test
    void aStatementThatTakesLongEndsNoLead() throws Exception {
        try (Store leader = Store.open(settings, "chatpress run, process 1")) {
            leader.db.list("SELECT pg_sleep(12)", row -> row.text("pg_sleep"));

            leader.verifyLock();
            leader.channels().add(new ChannelId("C0NIGHT"), "epoch", NOW);
        }
    }

    @Test
    void aProcessThatEndsDuringALongStatementIsFollowedAtOnce() throws Exception {
        try (TcpProxy proxy = TcpProxy.to(server.port())) {
            Store leader =
                    Store.open(PostgresqlProcess.settings(proxy.port(), settings.schema()), "chatpress run, process 1");
            CompletableFuture<?> statement = CompletableFuture.runAsync(
                    () -> leader.db.list("SELECT pg_sleep(60)", row -> row.text("pg_sleep")));
            CompletableFuture<Optional<Store>> next = standby("chatpress run, process 2", new AtomicBoolean());
            Thread.sleep(1_000);

            proxy.close();

            next.get(8, TimeUnit.SECONDS).orElseThrow().close();
            assertThat(statement).failsWithin(Duration.ofSeconds(5));
        }
    }

    // READERS

    @Test
    void aReaderConnectsAgainAfterItsSessionEnded() {
        try (Store leader = Store.open(settings, "chatpress run, process 1");
                Store reader = Store.openToRead(settings)) {
            leader.channels().add(new ChannelId("C0NIGHT"), "epoch", NOW);
            endSessions("chatpress, reading");
            // Its first statement may only find out.
            var unused = catchThrowable(() -> reader.channels().all());

            assertThat(reader.channels().all()).hasSize(1);
            assertThat(reader.readInTransaction(() -> reader.channels().all())).hasSize(1);
            assertThat(failure(() -> reader.channels().add(new ChannelId("C0OTHER"), "epoch", NOW)))
                    .hasMessageContaining("read-only");
        }
    }

    @Test
    void aReaderBesideALeaderWaitsForAConnectionThatIsFree() {
        server.execute("DROP DATABASE IF EXISTS crowded");
        server.execute("DROP ROLE IF EXISTS one_connection");
        server.execute("CREATE ROLE one_connection LOGIN CONNECTION LIMIT 1");
        server.execute("CREATE DATABASE crowded OWNER one_connection");
        var limited = new PostgresqlServer(
                settings.host(),
                settings.port(),
                "crowded",
                "one_connection",
                settings.password(),
                settings.schema(),
                settings.tls(),
                Optional.empty());
        try (Store leader = Store.open(limited, "chatpress run, process 1");
                Store reader = leader.openReader()) {
            assertThat(failure(() -> reader.channels().all())).hasMessageContaining("too many connections");

            server.execute("ALTER ROLE one_connection CONNECTION LIMIT 5");

            assertThat(reader.channels().all()).isEmpty();
        }
    }

    @Test
    void schemasOfOneDatabaseHaveLeadersOfTheirOwn() {
        try (Store one = Store.open(settings, "one");
                Store other = Store.open(server.settings("another_schema"), "other")) {
            assertThat(one.leadership().orElseThrow().leader()).contains("one");
            assertThat(other.leadership().orElseThrow().leader()).contains("other");
        }
    }

    @Test
    void aLeaderWhoseSessionEndedCommitsNothingAndSaysSo() throws Exception {
        var lost = new CompletableFuture<Boolean>();
        try (Store leader = Store.open(settings, "chatpress run, process 1")) {
            leader.onLockLost(() -> lost.complete(true));
            leader.verifyLock();

            StoreException inTransaction = failure(() -> leader.inTransaction(() -> {
                leader.channels().add(new ChannelId("C0NIGHT"), "epoch", NOW);
                endSessions("chatpress run, process 1");
                leader.channels().add(new ChannelId("C0OTHER"), "epoch", NOW);
            }));

            assertThat(inTransaction).hasMessageContaining("cannot use the database");
            assertThat(failure(leader::verifyLock)).hasMessageContaining("no longer leads");
            assertThat(lost.get(5, TimeUnit.SECONDS)).isTrue();
            try (Store next = Store.open(settings, "chatpress run, process 2")) {
                assertThat(next.channels().all()).isEmpty();
                assertThat(failure(() -> leader.channels().add(new ChannelId("C0NIGHT"), "epoch", NOW)))
                        .isNotNull();
            }
        }
    }

    @Test
    void checkNamesTheVersionAndTheLeaderAndTakesNoLock() {
        assertThat(Store.check(settings)).matches("PostgreSQL [0-9.]+.*; no process leads");
        try (Store leader = Store.open(settings, "chatpress run, process 1")) {
            assertThat(Store.check(settings)).endsWith("; chatpress run, process 1 leads");
            leader.verifyLock();
        }
    }

    @Test
    void checkReportsMissingRights() {
        server.execute("DROP ROLE IF EXISTS guest");
        server.execute("CREATE ROLE guest LOGIN");
        var guest = new PostgresqlServer(
                settings.host(),
                settings.port(),
                settings.name(),
                "guest",
                settings.password(),
                settings.schema(),
                settings.tls(),
                Optional.empty());

        assertThat(failure(() -> Store.check(guest))).hasMessageContaining("user guest may not create tables");
    }

    @Test
    void checkReportsAServerThatIsNotThere() {
        var nowhere = PostgresqlProcess.settings(9, "x");

        StoreException failure = failure(() -> Store.check(nowhere));

        assertThat(failure.hint()).contains("PostgreSQL runs and accepts connections");
        assertThat(failure.getMessage())
                .as("what follows is a sentence of its own")
                .doesNotEndWith(".");
    }

    private static List<String> content(Database db, String table) {
        List<String> columns =
                db.list("SELECT name FROM pragma_table_info('" + table + "') ORDER BY name", row -> row.text("name"));
        return db.list(
                "SELECT concat_ws('|', " + String.join(", ", columns) + ") AS line FROM " + table + " ORDER BY line",
                row -> row.text("line"));
    }

    private CompletableFuture<Optional<Store>> standby(String holder, AtomicBoolean stopping) {
        return CompletableFuture.supplyAsync(() -> Store.openAsLeader(settings, holder, stopping::get));
    }

    private static void awaitStandbys(Store leader, int count) throws InterruptedException {
        Instant end = Instant.now().plus(Duration.ofSeconds(10));
        while (leader.leadership().orElseThrow().standbys().size() != count
                && Instant.now().isBefore(end)) {
            Thread.sleep(20);
        }
        assertThat(leader.leadership().orElseThrow().standbys()).hasSize(count);
    }

    private void endSessions(String holder) {
        try (Connection connection = server.connect("postgres");
                var statement = connection.prepareStatement(
                        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = ?")) {
            statement.setString(1, holder);
            statement.execute();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static StoreException failure(ThrowingCallable work) {
        StoreException failure = catchThrowableOfType(StoreException.class, work);
        assertThat(failure).isNotNull();
        return failure;
    }
}
