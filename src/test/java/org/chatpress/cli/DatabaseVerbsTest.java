package org.chatpress.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.chatpress.cli.Terminal.Printed;
import org.chatpress.config.DatabaseSettings;
import org.chatpress.config.DatabaseSettings.PostgresqlServer;
import org.chatpress.config.DatabaseSettings.SqliteFile;
import org.chatpress.model.ChannelId;
import org.chatpress.store.Store;
import org.chatpress.support.FakeSlackServer;
import org.chatpress.support.PostgresqlProcess;
import org.chatpress.support.Program;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** {@code copy-database} between SQLite and PostgreSQL, and what a process loads for either. */
@Tag("slow")
class DatabaseVerbsTest {
    private static final ChannelId CHANNEL = new ChannelId("C0ELECTION");
    private static final String LEADER = "chatpress run, process 4711 on web1";

    @TempDir
    Path folder;

    private final FakeSlackServer slackServer = FakeSlackServer.start(Clock.systemUTC());
    private Terminal terminal;
    private SqliteFile file;
    private PostgresqlServer server;

    @BeforeEach
    void open(TestInfo test) {
        terminal = new Terminal(folder);
        slackServer.workspace().channel(CHANNEL.value());
        file = new SqliteFile(folder.resolve("chatpress.db"));
        server = PostgresqlProcess.shared()
                .settings(test.getTestMethod().orElseThrow().getName().toLowerCase(Locale.ROOT));
    }

    @AfterEach
    void close() {
        slackServer.close();
    }

    @Test
    void aDatabaseIsCopiedThereAndBack() {
        fill(file);

        Printed there = copy(file.toString(), url());
        Printed back = copy(onServer(), folder.resolve("back.db").toString());

        assertThat(there.exit()).as(there.err()).isZero();
        assertThat(there.out()).containsPattern("channel +1\n").contains("copied " + file + " to postgresql://");
        assertThat(back.exit()).as(back.err()).isZero();
        try (Store store = Store.openToRead(new SqliteFile(folder.resolve("back.db")))) {
            assertThat(store.channels().all())
                    .singleElement()
                    .satisfies(row -> assertThat(row.id()).isEqualTo(CHANNEL));
        }
    }

    @Test
    void noDatabaseIsCopiedWhileAProcessLeads() {
        fill(server);
        try (Store leader = Store.open(server, LEADER)) {
            Printed printed = copy(onServer(), folder.resolve("copy.db").toString());

            assertThat(printed.exit()).isEqualTo(ChatpressCommand.WORK_FAILED);
            assertThat(printed.err()).contains("is in use by " + LEADER, "Stop that process first");
            assertThat(folder.resolve("copy.db")).doesNotExist();
            leader.verifyLock();
        }
    }

    @Test
    void noDatabaseIsOverwrittenWhileAProcessLeads() {
        fill(file);
        try (Store leader = Store.open(server, LEADER)) {
            Printed printed = copy(file.toString(), url());

            assertThat(printed.exit()).isEqualTo(ChatpressCommand.WORK_FAILED);
            assertThat(printed.err()).contains("is in use by " + LEADER);
            assertThat(leader.channels().all()).isEmpty();
        }
    }

    @Test
    void aFileIsNeitherCopiedNorOverwrittenWhileAProcessWritesToIt() {
        fill(server);
        try (Store writer = Store.open(file, "chatpress run, process 4711")) {
            Printed from = copy(file.toString(), url());
            Printed to = copy(onServer(), file.toString());

            assertThat(from.err()).contains("in use by chatpress run, process 4711");
            assertThat(to.err()).contains("in use by chatpress run, process 4711");
            assertThat(writer.channels().all()).isEmpty();
        }
    }

    @Test
    void aDatabaseWithChannelsIsNotOverwritten() {
        fill(file);
        fill(server);

        Printed printed = copy(file.toString(), url());

        assertThat(printed.exit()).isEqualTo(ChatpressCommand.WORK_FAILED);
        assertThat(printed.err()).contains("has channels already");
    }

    @Test
    @Tag("process")
    void theDriverOfPostgresqlIsLoadedOnlyIfTheSettingsNameAServer() throws Exception {
        assertThat(loadedByOnce(file.toString())).contains("org.sqlite.").doesNotContain("org.postgresql.");
        assertThat(loadedByOnce(onServer())).contains("org.postgresql.");
    }

    private String loadedByOnce(String database) throws Exception {
        write(database);
        Path classes = folder.resolve("classes.log");
        Process once = new Program(folder, Map.of("_JAVA_OPTIONS", "-Xlog:class+load:file=" + classes)).start("once");
        assertThat(once.waitFor()).isZero();
        return Files.readString(classes);
    }

    private void fill(DatabaseSettings database) {
        try (Store store = Store.open(database, "a test")) {
            store.channels().add(CHANNEL, "epoch", Instant.parse("2026-11-03T20:00:00Z"));
        }
    }

    private Printed copy(String from, String to) {
        write(from);
        return terminal.types("copy-database", "--to", to);
    }

    private void write(String database) {
        terminal.writes("""
                slack: {token: %s, api-url: "%s"}
                database: %s
                publish: [{directory: %s}]
                channels:
                  - {id: %s, slug: night, since: 2020-01-01T00:00:00Z, approval: none}
                """.formatted(
                slackServer.token().reveal(), slackServer.apiUri(), database, folder.resolve("site"), CHANNEL.value()));
    }

    private String onServer() {
        return PostgresqlProcess.yaml(server.port(), server.schema());
    }

    private String url() {
        return "postgresql://" + server.user() + "@" + server.host() + ":" + server.port() + "/" + server.name()
                + "?schema=" + server.schema() + "&tls=none";
    }
}
