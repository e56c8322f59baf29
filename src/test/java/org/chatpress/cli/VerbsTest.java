package org.chatpress.cli;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.chatpress.cli.Terminal.Printed;
import org.chatpress.config.DatabaseSettings.SqliteFile;
import org.chatpress.model.ChannelId;
import org.chatpress.publish.plan.PublishPlan;
import org.chatpress.publish.plan.PublishPlan.Upload;
import org.chatpress.publish.plan.PublishState;
import org.chatpress.storage.DirectorySettings;
import org.chatpress.store.Store;
import org.chatpress.support.FakeSlackServer;
import org.chatpress.support.FakeWorkspace;
import org.chatpress.support.Fault;
import org.chatpress.support.FtpServerInProcess;
import org.chatpress.support.Program;
import org.chatpress.support.S3LookAlike;
import org.chatpress.support.S3ServerInProcess;
import org.chatpress.support.SiteReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The verbs from the command line, with a real settings file, database and folder. */
@Tag("slow")
class VerbsTest {
    private static final String CHANNEL = "C0ELECTION";
    private static final String REPORTER = "U0REPORTER";
    private static final String EDITOR = "U0EDITOR";
    private static final String PASSWORD = "a-password-that-is-never-printed";

    @TempDir
    Path folder;

    private final FakeSlackServer slackServer = FakeSlackServer.start(Clock.systemUTC());
    private final FakeWorkspace slack = slackServer.workspace();
    private Terminal terminal;
    private String token = slackServer.token().reveal();
    private String more = "";
    private String alsoPublish = "";
    private String appToken = "";
    private String channels = "{id: C0ELECTION, slug: election-night, since: 2020-01-01T00:00:00Z, approval: none}";

    @BeforeEach
    void open() {
        terminal = new Terminal(folder);
        slack.channel(CHANNEL);
        slack.person(REPORTER, "Rosa Reporter");
        slack.person(EDITOR, "Edda Editor");
        settings();
    }

    /** After every test: no secret was printed or written. */
    @AfterEach
    void close() throws IOException {
        slackServer.close();
        assertThat(terminal.everything())
                .doesNotContain(slackServer.token().reveal())
                .doesNotContain("xoxb-wrong")
                .doesNotContain(PASSWORD);
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(file -> !file.endsWith("channels.yml"))
                    .toList()) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain(slackServer.token().reveal())
                        .doesNotContain(PASSWORD);
            }
        }
    }

    @Test
    void oncePublishesAndThenFindsNothingNew() {
        slack.post(CHANNEL, REPORTER, "polls are closed");

        Printed first = terminal.types("once");
        Printed second = terminal.types("once");

        assertThat(first.exit()).isZero();
        assertThat(first.out()).isEqualTo("1 message read, 1 public change, 1 chat rendered, 6 files published\n");
        assertThat(first.err()).contains("published election-night/live.json to directory " + site());
        assertThat(reader().texts()).containsExactly("polls are closed");
        assertThat(second).isEqualTo(new Printed(0, "nothing new\n", ""));
    }

    @Test
    void oncePrintsWhatFailedAndHowToFixIt() {
        slack.removeBot(CHANNEL);

        Printed printed = terminal.types("once", "--verbose");

        assertThat(printed.exit()).isEqualTo(1);
        assertThat(printed.out()).contains("1 failed");
        assertThat(printed.err())
                .contains("ERROR", "election-night: ", "/invite")
                .doesNotContain("\tat ");
    }

    @Test
    void aStorageThatIsDownGivesExitCode1AndHoldsUpNoOther() {
        alsoPublish = ", {ftp: {host: localhost, port: 1, user: chats, password: %s, tls: none}}".formatted(PASSWORD);
        settings();
        slack.post(CHANNEL, REPORTER, "polls are closed");

        Printed printed = terminal.types("once", "--verbose");

        assertThat(printed.exit()).isEqualTo(1);
        assertThat(printed.err()).contains("ftp://chats@localhost:1/: ").contains("will try again");
        assertThat(reader().texts()).containsExactly("polls are closed");
    }

    @Test
    void aWrongPasswordIsReportedButNotPrinted() {
        try (var server = new FtpServerInProcess(folder.resolve("ftp")).start()) {
            alsoPublish = ", {ftp: {host: localhost, port: %d, user: chats, password: %s, tls: none}}"
                    .formatted(server.port(), PASSWORD);
            settings();
            slack.post(CHANNEL, REPORTER, "polls are closed");

            Printed printed = terminal.types("once", "--verbose");

            assertThat(printed.exit()).isEqualTo(1);
            assertThat(printed.err()).contains("ERROR", "530");
        }
    }

    @Test
    void aWrongTokenIsReportedButNotPrinted() {
        token = "xoxb-wrong-token-of-somebody-else";
        settings();

        Printed once = terminal.types("once", "--verbose");
        Printed check = terminal.types("check", "--verbose");

        assertThat(once.exit()).isEqualTo(1);
        assertThat(once.err()).contains("invalid_auth").doesNotContain("\tat ");
        assertThat(check.exit()).isEqualTo(1);
        assertThat(check.out())
                .contains("FAIL  slack: ", "skip  channels, approvers and scopes: ")
                .doesNotContain("FAIL  channel");
    }

    @Test
    void noFailureOfSlackPrintsItsResponse() {
        slackServer.faults().next("*", Fault.SERVER_ERROR, Fault.HTML_PAGE, Fault.HALF_JSON, Fault.RESET);

        for (int i = 0; i < 4; i++) {
            Printed printed = terminal.types("once", "--verbose");
            assertThat(printed.exit()).isBetween(0, 1);
            assertThat(printed.all()).doesNotContain("secret-body").doesNotContain("This is a bug");
        }
    }

    @Test
    void aDryRunPrintsThePlanAndChangesNothing() throws IOException {
        slack.post(CHANNEL, REPORTER, "polls are closed");

        Printed first = terminal.types("once", "--dry-run");

        assertThat(first.exit()).isZero();
        assertThat(first.out())
                .contains("would upload election-night/live.json to directory " + site())
                .endsWith("\ndry run: 1 message read, 1 public change, 1 chat rendered, 6 files to publish\n");
        assertThat(first.err()).doesNotContain("published ");
        assertThat(files()).containsExactly("channels.yml");

        terminal.types("once");
        List<String> before = files();
        slack.post(CHANNEL, REPORTER, "counting starts");
        terminal.types("once", "--dry-run");
        assertThat(files()).isEqualTo(before);
        assertThat(reader().texts()).containsExactly("polls are closed");
    }

    @Test
    void theDryRunOptionMayStandBeforeTheVerb() throws IOException {
        slack.post(CHANNEL, REPORTER, "polls are closed");

        Printed printed = terminal.types("--dry-run", "once");

        assertThat(printed.exit()).isZero();
        assertThat(printed.out()).endsWith("6 files to publish\n");
        assertThat(files()).containsExactly("channels.yml");
    }

    @Test
    void aDryRunPrintsWhatFailedAndHowToFixIt() {
        slack.removeBot(CHANNEL);

        Printed printed = terminal.types("once", "--dry-run");

        assertThat(printed.exit()).isEqualTo(1);
        assertThat(printed.out())
                .contains("failed: election-night: conversations.history of C0ELECTION: not_in_channel. ", "/invite")
                .endsWith("\ndry run: nothing to publish, 1 failed\n");
        assertThat(printed.err()).isEmpty();
    }

    @Test
    void checkPrintsOneLinePerCheck() throws IOException {
        Printed printed = terminal.types("check");

        assertThat(printed.exit()).isZero();
        assertThat(printed.err()).isEmpty();
        assertThat(printed.out().replace(folder.toString(), "DIR")).isEqualTo("""
                ok    settings: DIR/channels.yml: 1 channel, 1 storage
                ok    polling delay: up to 2 s when every channel is idle, 2 s with 1 of 1 active
                ok    database DIR/data/chatpress.db: will be created by the first cycle
                ok    slack: workspace Newsroom, bot user U0CHATPRESS
                ok    scopes: the token has all that these settings need
                ok    channel election-night: #c0election
                ok    directory DIR/site: wrote and deleted a test file
                """);
        assertThat(files()).containsExactly("channels.yml");
    }

    @Test
    void checkPrintsWhatTheReadmeShows() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        String settings = block("yaml", readme)
                .replace("${SLACK_BOT_TOKEN}", token + "\n  api-url: " + slackServer.apiUri())
                .replace("directory: public", "directory: " + folder.resolve("public"))
                .replaceFirst("(?m)^publish:", "database: " + folder.resolve("data/chatpress.db") + "\npublish:");
        slack.channel("C0123456789", "election-night", false);
        slack.person("U0EDITOR1", "Edda Editor");

        Printed printed = terminal.writes(settings).types("check");

        assertThat(printed.out().replace(folder + "/", "")).isEqualTo(block("text", readme));
        assertThat(printed.exit()).isZero();
    }

    /** The first block of a language. */
    private static String block(String language, String markdown) {
        return markdown.replaceFirst("(?s).*?```" + language + "\n(.*?)\n *```.*", "$1")
                        .stripIndent() + "\n";
    }

    @Test
    void checkTestsAFewStoragesAtOnceAndPrintsThemInTheirOrder() throws IOException {
        try (var server = new FtpServerInProcess(Files.createDirectory(folder.resolve("ftp"))).start()) {
            var running = new AtomicInteger();
            var most = new AtomicInteger();
            server.beforeLogin(() -> {
                most.accumulateAndGet(running.incrementAndGet(), Math::max);
                LockSupport.parkNanos(Duration.ofMillis(600).toNanos());
                running.decrementAndGet();
            });
            alsoPublish = IntStream.range(10, 22)
                    .mapToObj(i -> ", {%s}".formatted(server.entry().replace("directory: /", "directory: /" + i)))
                    .collect(joining());
            settings();

            Printed printed = terminal.types("check");

            assertThat(printed.exit()).as(printed.out()).isZero();
            assertThat(printed.out().lines().filter(line -> line.contains("ftp://")))
                    .hasSize(12)
                    .isSorted();
            assertThat(most.get()).isBetween(2, 8);
        }
    }

    @Test
    void checkTellsThatADirectoryWithFilesIsNotMounted() throws IOException {
        slack.post(CHANNEL, REPORTER, "polls are closed");
        terminal.types("once");
        Files.move(site(), folder.resolve("unmounted"));

        Printed printed = terminal.types("check");

        assertThat(printed.exit()).isEqualTo(1);
        assertThat(printed.out())
                .contains("FAIL  directory " + site() + ": cannot write a test file to directory " + site()
                        + ": the directory does not exist. Mount " + site()
                        + ", or create it empty if its files are lost.\n");
        assertThat(site()).doesNotExist();
    }

    @Test
    void checkSaysWhatToDoAboutADirectoryThatCannotBeWritten() throws IOException {
        Path file = Files.writeString(folder.resolve("a-file"), "");
        Path longName = folder.resolve("n".repeat(300));
        alsoPublish = ", {directory: %s/public}, {directory: %s}".formatted(file, longName);
        settings();

        Printed printed = terminal.types("check");

        assertThat(printed.exit()).isEqualTo(1);
        assertThat(printed.out())
                .containsPattern("FAIL  directory \\S*/a-file/public: cannot write a test file to directory [^.]*\\."
                        + " Move it away: Chatpress needs a folder there\\.\n")
                .contains(": cannot write a test file to directory " + longName + ": File name too long. Check that "
                        + longName + " can be written and that its disk has free space.\n");
    }

    /** For root, the permissions of this folder allow it. */
    @Test
    void checkWritesAFileWhereTheDatabaseWillBe() throws IOException {
        settings();
        String written = Files.readString(folder.resolve("channels.yml"));
        terminal.writes(written.replaceFirst("(?m)^database:.*", "database: /proc/data/chatpress.db"));

        Printed printed = terminal.types("check");

        assertThat(printed.exit()).isEqualTo(1);
        assertThat(printed.out())
                .contains("FAIL  database /proc/data/chatpress.db: cannot write to /proc: ")
                .contains("Make it writable for the user of Chatpress, on a disk with free space.");
    }

    @Test
    void checkTellsThatASecondInstanceWouldBeDetected() {
        try (var server = new S3ServerInProcess().start()) {
            alsoPublish = ", {s3: {bucket: %s, endpoint: \"%s\", region: us-east-1}}"
                    .formatted(S3ServerInProcess.BUCKET, server.endpoint());
            settings();

            Printed printed = terminal.types("check");

            assertThat(printed.exit()).isZero();
            assertThat(printed.out())
                    .contains(
                            "wrote and deleted a test file; a second instance that publishes here would be detected\n");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "IGNORES, the server ignores If-Match",
        "ANSWERS_412_ALWAYS, the server answers 412 although If-Match is right",
        "ANSWERS_501, the server ignores If-Match"
    })
    void checkTellsWhyASecondInstanceWouldNotBeDetected(S3LookAlike.ConditionalWriteSupport manner, String why)
            throws IOException {
        try (var server = new S3LookAlike()) {
            server.setConditionalWrites(manner);
            alsoPublish = ", {%s}".formatted(server.entry());
            settings();

            Printed printed = terminal.types("check");

            assertThat(printed.exit()).isZero();
            assertThat(printed.out())
                    .contains("wrote and deleted a test file; " + why
                            + ", so a second instance that publishes here would not be detected\n");
        }
    }

    @Test
    void checkTellsHowToFixEachFailure() {
        slack.removeScope("reactions:read");
        slack.removeBot(CHANNEL);
        alsoPublish = ", {ftp: {host: localhost, port: 1, user: chats, password: %s, tls: none}}".formatted(PASSWORD);
        settings();

        Printed printed = terminal.types("check", "--verbose");

        assertThat(printed.exit()).isEqualTo(1);
        assertThat(printed.out())
                .contains("ok    settings: ")
                .contains("FAIL  scopes: the token lacks reactions:read. Add them to the app under OAuth & Permissions")
                .contains("FAIL  channel election-night: the bot is not in #c0election. Type /invite")
                .contains("ok    directory ")
                .contains("FAIL  ftp://chats@localhost:1");
    }

    @Test
    void checkWarnsOfEmojiThatNoReactionCanHave() {
        slack.emoji("our_ok", "https://emoji.slack-edge.com/T0NEWSROOM/our_ok/3c4d.png");
        channels = "{id: C0ELECTION, slug: election-night, since: 2020-01-01T00:00:00Z, args: {camrea: photo},"
                + " approval: {approvers: [U0EDITOR], emoji: [thumbsup, our_ok, chekc]}}";
        settings();

        Printed printed = terminal.types("check");

        assertThat(printed.out().lines().filter(line -> line.contains(" emoji: ")))
                .containsExactly(
                        "warn  emoji: camrea is neither a standard emoji nor one of the workspace,"
                                + " so no reaction can have this name",
                        "warn  emoji: chekc is neither a standard emoji nor one of the workspace,"
                                + " so no reaction can have this name");
        assertThat(printed.exit()).isZero();
    }

    @Test
    void checkLooksUpEachApproverOfAnyChannelOnce() {
        slack.channel("C0SPORTS");
        slack.group("S0DESK", EDITOR, REPORTER);
        String approval = "approval: {approvers: [S0DESK, S0DEKS, U0EDITOR, U0NOBODY]}";
        channels = "{id: C0ELECTION, slug: election-night, since: 2020-01-01T00:00:00Z, %s}, ".formatted(approval)
                + "{id: C0SPORTS, slug: sports, since: 2020-01-01T00:00:00Z, %s}".formatted(approval);
        settings();

        Printed printed = terminal.types("check");

        assertThat(printed.exit()).isEqualTo(1);
        assertThat(printed.out().lines().filter(line -> line.contains(" approver")))
                .containsExactly(
                        "FAIL  approvers S0DEKS: usergroups.users.list of S0DEKS: no_such_subteam."
                                + " Check the user group's id in approvers.",
                        "ok    approvers S0DESK: user group with 2 members",
                        "ok    approver U0EDITOR: Edda Editor",
                        "FAIL  approver U0NOBODY: users.info of U0NOBODY: user_not_found."
                                + " Check the user id in approvers.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "marks: {live: newspaper}"})
    void checkRequiresTheScopesOfFeedbackUnlessItIsSwitchedOff(String marks) {
        slack.removeScope("reactions:write");
        slack.removeScope("chat:write");
        more = marks;
        settings();
        assertThat(terminal.types("check").out())
                .contains("FAIL  scopes: the token lacks chat:write, reactions:write. Add them");

        more = "marks: false";
        settings();
        assertThat(terminal.types("check").exit()).isZero();
    }

    @Test
    void checkTellsWhatTheAppLacksForEditors() {
        channels = "{id: C0ELECTION, slug: election-night, since: 2020-01-01T00:00:00Z,"
                + " approval: {approvers: [U0EDITOR]}}";
        slackServer.socketModeAt(URI.create("ws://127.0.0.1:1/link"));
        appToken = ", app-token: " + slackServer.appToken().reveal();
        settings();
        assertThat(terminal.types("check").out())
                .contains("ok    app home: Slack shows it to ")
                .contains("note  slash command: Slack does not say whether the app has /livechat");
        assertThat(slackServer.interactivity().problems()).isEmpty();

        slack.removeScope("commands");
        slackServer.interactivity().removeHomeTab();
        Printed printed = terminal.types("check");

        assertThat(printed.exit()).isEqualTo(1);
        assertThat(printed.out())
                .contains("FAIL  scopes: the token lacks commands. Add them to the app")
                .contains("FAIL  app home: views.publish of ")
                .contains("not_enabled. Turn on the Home Tab under App Home in the Slack app.");

        appToken = "";
        settings();
        assertThat(terminal.types("check").exit()).isZero();
    }

    @Test
    void checkTestsSocketModeAndTellsWhatItLacks() {
        slackServer.socketModeAt(URI.create("ws://127.0.0.1:1/link"));
        appToken = ", app-token: " + slackServer.appToken().reveal();
        settings();
        assertThat(terminal.types("check").out()).contains("ok    socket mode: Slack offers a connection\n");

        appToken = ", app-token: xapp-of-somebody-else";
        settings();
        Printed printed = terminal.types("check");

        assertThat(printed.exit()).isEqualTo(1);
        assertThat(printed.out())
                .contains("FAIL  socket mode: ")
                .contains("connections:write, and set slack.app-token to it.")
                .doesNotContain("somebody");
    }

    @Test
    void checkTellsThatTheLockCannotBeWritten() throws IOException {
        terminal.types("once");
        Path file = folder.resolve("data/chatpress.db.lock");
        Files.delete(file);
        Files.createDirectory(file);

        Printed printed = terminal.types("check");

        assertThat(printed.exit()).isEqualTo(1);
        assertThat(printed.out())
                .contains("FAIL  database " + database() + ": ")
                .contains(file + ". Make it");
        assertThat(terminal.types("once").exit()).isEqualTo(1);
    }

    @Test
    void checkDoesNotDisturbARunningChatpress() {
        terminal.types("once");
        try (Store running = Store.open(new SqliteFile(database()), "chatpress run, process 4711")) {
            assertThat(terminal.types("check").out())
                    .contains("ok    database " + database() + ": readable and writable\n");

            assertThat(terminal.types("once").err()).contains("is in use by chatpress run, process 4711");
            assertThat(running.channels().all()).hasSize(1);
        }
    }

    @Test
    void checkTellsThatTheNextCycleUpgradesAnOlderDatabase() throws Exception {
        terminal.types("once");
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + database());
                var statement = connection.createStatement()) {
            statement.execute("PRAGMA user_version = 11");
        }

        Printed printed = terminal.types("check");

        assertThat(printed.exit()).isZero();
        assertThat(printed.out())
                .contains("ok    database " + database()
                        + ": written by an older Chatpress; the next cycle upgrades it\n");
    }

    @Test
    void checkTellsThatANewerChatpressWroteTheDatabase() throws Exception {
        terminal.types("once");
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + database());
                var statement = connection.createStatement()) {
            statement.execute("PRAGMA user_version = 99");
        }

        assertThat(terminal.types("check").out())
                .contains("FAIL  database " + database() + ": ")
                .contains("newer Chatpress");
        for (String verb : List.of("once", "status", "run", "render --to x", "messages election-night")) {
            Printed printed = terminal.types(verb.split(" "));
            assertThat(printed.exit()).as(verb).isEqualTo(1);
            assertThat(printed.err().lines())
                    .as(verb)
                    .hasSize(2)
                    .last()
                    .asString()
                    .contains("Run the newer Chatpress");
        }
    }

    @Test
    void aSecondWriterIsRefusedWithTheProcessIdOfTheFirst() {
        terminal.types("once");
        try (Store first = Store.open(new SqliteFile(database()), "chatpress run, process 4711")) {
            for (String verb : List.of("once", "run")) {
                Printed printed = terminal.types(verb);
                assertThat(printed.exit()).isEqualTo(1);
                assertThat(printed.err()).isEqualTo("""
                        database %s is in use by chatpress run, process 4711
                        Stop that process first, or set another database in the settings.
                        """.formatted(database()));
            }
            assertThat(terminal.types("status").exit()).isZero();
            assertThat(terminal.types("messages", "election-night").exit()).isZero();
            assertThat(terminal.types("render", "--to", folder.resolve("x").toString())
                            .exit())
                    .isZero();
            assertThat(terminal.types("once", "--dry-run").exit()).isZero();
        }
    }

    @Test
    void aSecondSettingsFileOnTheSameDatabaseIsNoticed() throws IOException {
        slack.channel("C0WEATHER");
        terminal.types("once");
        Terminal other = new Terminal(Files.createDirectory(folder.resolve("weather")))
                .writes(Files.readString(folder.resolve("channels.yml"))
                        .replace(CHANNEL, "C0WEATHER")
                        .replace("election-night", "weather"));

        Printed printed = other.types("once");

        assertThat(printed.err())
                .contains("election-night: no longer in the settings", "give each a database of its own");
        assertThat(terminal.types("once").err())
                .contains("weather: no longer in the settings", "election-night: in the settings again");
        assertThat(terminal.types("once").err()).doesNotContain("in the settings");
    }

    @Test
    void verbsThatReadTellThatThereIsNoDatabaseYet() {
        for (String verb : List.of("status", "messages election-night", "render --to x")) {
            Printed printed = terminal.types(verb.split(" "));
            assertThat(printed.exit()).isEqualTo(1);
            assertThat(printed.err())
                    .isEqualTo("there is no database %s\nRun a cycle first: chatpress once.\n".formatted(database()));
        }
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void renderWritesTheSameFilesWithoutSlack() {
        slack.post(CHANNEL, REPORTER, "polls are closed");
        terminal.types("once");
        slackServer.resetCalls();

        Printed printed =
                terminal.types("render", "--to", folder.resolve("copy").toString());

        assertThat(printed.exit()).isZero();
        assertThat(printed.out()).isEqualTo("6 files written to " + folder.resolve("copy") + "\n");
        assertThat(new SiteReader(new DirectorySettings(folder.resolve("copy")).storage(), "election-night").texts())
                .containsExactly("polls are closed");
        assertThat(slackServer.calls()).isEmpty();
    }

    @Test
    void importImportsTheListedChannelsOfAnExport() {
        channels = "{id: C07LARKMEET, slug: council, since: 2026-03-10T18:00:00-07:00, approval: none}";
        settings();

        assertThat(terminal.types("import", "--dry-run", "examples/demo/export").out())
                .matches("council: \\d+ messages in the export, \\d+ would be imported\n");
        Printed printed = terminal.types("import", "examples/demo/export");

        assertThat(printed.exit()).isZero();
        assertThat(printed.out()).matches("council: \\d+ messages in the export, \\d+ imported\n");
        assertThat(terminal.types("import", "examples/demo/export").out()).endsWith(", 0 imported\n");
        assertThat(terminal.types("messages", "council", "--last", "3").out()).contains("APPROVED");
        assertThat(slackServer.calls()).isEmpty();
    }

    @Test
    void importFailsIfItFindsNoMessage() throws IOException {
        channels = "{id: C0LIVE, slug: live, since: 2020-01-01T00:00:00Z, approval: none}";
        settings();
        Path export = Files.createDirectories(folder.resolve("export/live"));
        Files.writeString(export.resolveSibling("channels.json"), "[{\"id\": \"C0LIVE\", \"name\": \"live\"}]");
        Files.writeString(export.resolve("2026-01-02.json"), """
            [{"type": "message", "user": "U1", "text": "no ts"}, {"ts": 1700000000.1234}, {"ts": "1700000001"},
             {"ts": "1700000002.1234"}]\
            """);

        Printed printed = terminal.types("import", folder.resolve("export").toString());

        assertThat(printed.exit()).isOne();
        assertThat(printed.err())
                .contains("live: skipped 4 entries without a valid ts", "users.json is missing")
                .contains("no message was found for the channels in the settings; the export has live (C0LIVE)");
    }

    @Test
    void messagesTellsWhyAMessageIsNotPublic() {
        channels = "{id: C0ELECTION, slug: election-night, since: 2020-01-01T00:00:00Z, approval: {approvers: [%s]}}"
                .formatted(EDITOR);
        settings();
        String approved = slack.post(CHANNEL, REPORTER, "polls are closed");
        String pending = slack.post(CHANNEL, REPORTER, "the winner \u001b[31mis\nSmith");
        slack.react(CHANNEL, approved, EDITOR, "white_check_mark");
        terminal.types("once");

        Printed printed = terminal.types("messages", "election-night");

        assertThat(printed.exit()).isZero();
        assertThat(printed.out()).isEqualTo("""
                %s  APPROVED  approved by Edda Editor (white_check_mark)
                                             Rosa Reporter: polls are closed
                %s  PENDING   waits for an approval
                                             Rosa Reporter: the winner ?[31mis Smith
                """.formatted(approved, pending));
        assertThat(terminal.types("messages", "elections")).isEqualTo(new Printed(2, "", """
                        unknown channel elections. chatpress status lists the channels.
                        Try chatpress messages --help.
                        """));
    }

    @Test
    void messagesTellsThatAChannelIsEmpty() {
        terminal.types("once");

        assertThat(terminal.types("messages", "election-night"))
                .isEqualTo(new Printed(0, "no messages stored for election-night\n", ""));
    }

    @Test
    void statusShowsStoragesThenChannels() {
        slack.post(CHANNEL, REPORTER, "polls are closed");
        terminal.types("once");

        Printed printed = terminal.types("status");

        assertThat(printed.exit()).isZero();
        assertThat(printed.out().replace(folder.toString(), "DIR").replaceAll("\\d+ s ago", "0 s ago"))
                .isEqualTo("""
                        directory DIR/site  everything published 0 s ago

                        channel         public  pending  held  rejected
                        election-night       1        0     0         0  live; read 0 s ago

                        Slack API budget: 30 of 45 calls/min (1 idle channel, polled every 2 s)
                        last cycle: 0 s ago
                        """);
    }

    @Test
    void statusShowsHowFarABackfillHasCome() {
        slackServer.pagesOf(10);
        for (int i = 0; i < 40; i++) {
            slack.post(CHANNEL, REPORTER, "result " + i);
        }
        slackServer.faults().onCall(4, Fault.SERVER_ERROR);
        terminal.types("once");

        assertThat(terminal.types("status").out())
                .contains("; [>                   ] catching up: 30 messages read, back to 20")
                .contains("Z; last error: ");
    }

    @Test
    void statusShowsHowFarAnUploadHasCome() {
        slack.post(CHANNEL, REPORTER, "polls are closed");
        terminal.types("once");
        String storage = "directory " + site();
        try (Store store = Store.open(new SqliteFile(database()), "a test")) {
            store.storages().markUnknown(storage, new ChannelId(CHANNEL));
            PublishState state = store.storages().publishState(storage);
            List<Upload> uploads =
                    PublishPlan.of(state.desiredFiles(CHANNEL), Set.of()).uploads();
            assertThat(uploads).hasSize(5);
            state.markUploaded(uploads.subList(0, 3), Instant.now());
        }

        assertThat(terminal.types("status").out())
                .startsWith(storage + "  [===========>        ] 3 of 5 files uploaded; last success ");
        terminal.types("once");
        assertThat(terminal.types("status").out()).startsWith(storage + "  everything published ");
    }

    @Test
    void statusAndMessagesAskForTheTimeOfAClosingThatIsNotKnown() {
        channels = channels.replace("approval: none", "approval: none, closed: true");
        settings();
        slack.post(CHANNEL, REPORTER, "good evening");

        assertThat(terminal.types("once").err())
                .contains("election-night: neither the database", "Write closed: <time>");

        assertThat(terminal.types("status").out())
                .contains(
                        "closed, but when is not known, and newer messages wait: write closed: <time> in channels.yml");
        assertThat(terminal.types("messages", "election-night").out())
                .contains("NEW       waits for the time when the chat was closed");
    }

    @Test
    void statusTellsHowToFixTheLastErrorOfAChannel() {
        slack.removeBot(CHANNEL);
        terminal.types("once");

        assertThat(terminal.types("status").out())
                .contains("live; never read; publishing starts once the history since 2020-01-01T00:00:00Z has loaded;"
                        + " last error: conversations.history of C0ELECTION: not_in_channel. ")
                .contains("/invite");
    }

    @Test
    void aConflictWithAnotherInstanceIsAnErrorAndShownInTheStatusButDoesNotRestartAContainer() throws IOException {
        slack.post(CHANNEL, REPORTER, "polls are closed");
        terminal.types("once");
        Files.writeString(folder.resolve("site/election-night/live.json"), "{\"epoch\": \"other\", \"seq\": 1}");
        slack.post(CHANNEL, REPORTER, "turnout is high");

        Printed once = terminal.types("once");

        assertThat(once.exit()).isEqualTo(1);
        assertThat(once.err())
                .contains("ERROR")
                .contains("directory " + folder.resolve("site") + ": another instance publishes election-night there")
                .contains("restart it with chatpress run");
        assertThat(terminal.types("status").out())
                .contains("publishing stopped: directory " + folder.resolve("site") + ": another instance publishes"
                        + " election-night there since")
                .contains("restart it with chatpress run");
        assertThat(terminal.types("status", "--healthy").exit()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"run", "check"})
    void aCronExpressionWithoutAFutureTimeIsAProblemOfTheFile(String verb) {
        more = "cron: \"0 0 0 1 1 ? 2020\"";
        settings();

        Printed printed = terminal.types(verb);

        assertThat(printed.exit()).isEqualTo(2);
        assertThat(printed.err()).contains("channels.yml has 1 problem", "cron", "0 0 0 1 1 ? 2020");
    }

    @Test
    void aHealthCheckFailsWhenCyclesNoLongerRun() {
        terminal.types("once");
        assertThat(terminal.types("status", "--healthy").exit()).isZero();
        assertThat(terminal.types("status", "--healthy").out()).startsWith("healthy, the last cycle was ");

        try (Store store = Store.open(new SqliteFile(database()), "a test")) {
            store.channels().recordTimestamp("cycle", Instant.now().minus(Duration.ofMinutes(5)));
        }

        assertThat(terminal.types("status", "--healthy"))
                .isEqualTo(new Printed(1, "the last cycle was 5 min ago\n", ""));
    }

    @Test
    void aHealthCheckFailsAtOnceWhenSlackRejectsTheToken() {
        terminal.types("once");
        token = "xoxb-wrong";
        settings();
        terminal.types("once");

        Printed healthy = terminal.types("status", "--healthy");

        assertThat(healthy.exit()).isEqualTo(1);
        assertThat(healthy.out())
                .startsWith("Slack rejects the token: conversations.history of C0ELECTION: invalid_auth. ");
        assertThat(terminal.types("status").out()).startsWith("PROBLEM  " + healthy.out());
    }

    @ParameterizedTest
    @CsvSource({"true, election-night: last read 30 min ago;", "false, election-night: never read;"})
    void aHealthCheckFailsWhenAChannelCannotBeReadForLong(boolean wasRead, String problem) throws SQLException {
        if (wasRead) {
            terminal.types("once");
        }
        slack.removeBot(CHANNEL);
        terminal.types("once");
        assertThat(terminal.types("status", "--healthy").exit()).isZero();

        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database());
                Statement statement = connection.createStatement()) {
            Instant before = Instant.now().minus(Duration.ofMinutes(30));
            statement.executeUpdate("UPDATE poll SET succeeded_at = '" + before + "' WHERE succeeded_at IS NOT NULL");
            statement.executeUpdate("UPDATE channel SET updated_at = '" + before + "'");
        }

        Printed healthy = terminal.types("status", "--healthy");
        assertThat(healthy.exit()).isEqualTo(1);
        assertThat(healthy.out()).startsWith(problem + " conversations.history of C0ELECTION: not_in_channel. ");
        assertThat(terminal.types("status").out()).startsWith("PROBLEM  " + healthy.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"every: soon", "every: 1s\n  marks: [", "unknown: key"})
    void aBrokenSettingsFileIsShownButDoesNotRestartAContainer(String broken) throws IOException {
        terminal.types("once");
        more = broken;
        settings();

        Printed healthy = terminal.types("status", "--healthy");
        Printed status = terminal.types("status");
        JsonNode json =
                new ObjectMapper().readTree(terminal.types("status", "--json").out());

        assertThat(healthy.exit()).isZero();
        assertThat(healthy.out())
                .startsWith("healthy, ")
                .contains("channels.yml has ", "keeps the last valid settings");
        assertThat(status.exit()).isEqualTo(2);
        assertThat(status.out())
                .startsWith(folder.resolve("channels.yml") + " has ")
                .contains("keeps the last valid settings", "election-night", "last cycle: ");
        assertThat(json.path("healthy").asBoolean()).isTrue();
        assertThat(json.path("settings_problem").asText()).contains(" has ");
    }

    @Test
    void aTakedownOnAStorageThatLeftTheSettingsIsNoProblemOfTheHealthCheck() throws Exception {
        Path second = folder.resolve("second");
        String ts = slack.post(CHANNEL, REPORTER, "the winner is Smith");
        alsoPublish = ", {directory: %s}".formatted(second);
        settings();
        terminal.types("once");
        slack.delete(CHANNEL, ts);
        Files.move(second, folder.resolve("moved"));
        Files.writeString(second, "a file where the folder was");
        terminal.types("once");
        assertThat(terminal.types("status", "--healthy").exit()).isEqualTo(1);

        alsoPublish = "";
        settings();
        assertThat(terminal.types("status", "--healthy").exit()).isZero();
        terminal.types("once");
        assertThat(terminal.types("status", "--healthy").exit()).isZero();
        assertThat(terminal.types("status").out()).doesNotContain("TAKEDOWN INCOMPLETE", "PROBLEM");
    }

    @Test
    void aHealthCheckKnowsWhenCronStartsTheNextCycle() {
        terminal.types("once");
        var now = ZonedDateTime.now(ZoneId.systemDefault());
        try (Store store = Store.open(new SqliteFile(database()), "a test")) {
            store.channels().recordTimestamp("cycle", now.minusMinutes(30).toInstant());
        }

        more = "cron: \"0 0 " + now.minusHours(2).getHour() + " * * ?\"";
        settings();
        assertThat(terminal.types("status", "--healthy"))
                .isEqualTo(new Printed(0, "healthy, the last cycle was 30 min ago\n", ""));

        more = "cron: \"0/10 * * * * ?\"";
        settings();
        assertThat(terminal.types("status", "--healthy"))
                .isEqualTo(new Printed(1, "the last cycle was 30 min ago\n", ""));
    }

    @Test
    void aHealthCheckFailsWhileATakedownIsPending() throws Exception {
        String ts = slack.post(CHANNEL, REPORTER, "the winner is Smith");
        terminal.types("once");
        slack.delete(CHANNEL, ts);
        Path moved = folder.resolve("moved");
        Files.move(site(), moved);
        Files.writeString(site(), "a file where the folder was");
        terminal.types("once");

        Printed printed = terminal.types("status", "--healthy");

        assertThat(printed.exit()).isEqualTo(1);
        assertThat(printed.out()).contains("files still to be deleted from directory " + site() + ": ");
        assertThat(terminal.types("status").out())
                .startsWith("TAKEDOWN INCOMPLETE  files still to be deleted from directory " + site() + ": ");
    }

    @Test
    void statusAsJsonHasTheAgeOfTheLastCompleteCycleAndOfEachPollAndUpload() throws IOException {
        terminal.types("once");
        slack.removeBot(CHANNEL);
        Instant good = Instant.parse("2026-11-03T18:00:00Z");
        try (Store store = Store.open(new SqliteFile(database()), "a test")) {
            store.channels().recordTimestamp("good cycle", good);
        }
        terminal.types("once");

        Printed printed = terminal.types("status", "--json");

        JsonNode status = new ObjectMapper().readTree(printed.out());
        assertThat(printed.exit()).isZero();
        assertThat(status.path("healthy").asBoolean()).isTrue();
        assertThat(status.path("good_cycle_at").asText()).isEqualTo(good.toString());
        assertThat(Instant.parse(status.path("cycle_at").asText())).isAfter(good);
        assertThat(status.path("good_cycle_age_seconds").isIntegralNumber()).isTrue();
        JsonNode storage = status.at("/storages/0");
        assertThat(storage.path("name").asText()).isEqualTo("directory " + site());
        assertThat(storage.path("good_age_seconds").isIntegralNumber()).isTrue();
        assertThat(storage.path("owed_removals").asInt(-1)).isZero();
        JsonNode channel = status.at("/channels/0");
        assertThat(channel.path("slug").asText()).isEqualTo("election-night");
        assertThat(channel.path("read_age_seconds").isIntegralNumber()).isTrue();
        assertThat(channel.path("trouble").asText()).contains("not_in_channel");
    }

    @Test
    void statusAsJsonTellsWhyThereIsNoStatus() throws IOException {
        Printed printed = terminal.types("status", "--json");

        JsonNode status = new ObjectMapper().readTree(printed.out());
        assertThat(printed.exit()).isEqualTo(1);
        assertThat(status.path("healthy").asBoolean(true)).isFalse();
        assertThat(status.path("complaints")).hasSize(1);
        assertThat(status.at("/complaints/0").asText()).isEqualTo("there is no database " + database());
        assertThat(status.path("cycle_at").isNull()).isTrue();
        assertThat(status.path("channels").isArray()).isTrue();
        assertThat(printed.err())
                .isEqualTo("there is no database %s\nRun a cycle first: chatpress once.\n".formatted(database()));
    }

    @Test
    void metricsAreWrittenToTheFileInTheSettings() throws IOException {
        Path file = folder.resolve("metrics/chatpress.prom");
        slack.post(CHANNEL, REPORTER, "polls are closed");
        terminal.types("once");
        assertThat(file).doesNotExist();

        more = "metrics-file: " + file;
        settings();
        terminal.types("once", "--dry-run");
        assertThat(file).doesNotExist();
        terminal.types("once");

        assertThat(Files.readString(file).replaceAll("[1-9]\\d{9}\\n", "NOW\n"))
                .contains("# TYPE chatpress_cycle_timestamp_seconds gauge\nchatpress_cycle_timestamp_seconds NOW\n")
                .contains("\nchatpress_good_cycle_timestamp_seconds NOW\n")
                .containsPattern("\nchatpress_cycle_duration_seconds \\d+\\.\\d{3}\n")
                .contains("\nchatpress_slack_token_rejected 0\n")
                .contains("\nchatpress_cms_pending_deletes 0\n")
                .contains("\nchatpress_channel_catching_up{channel=\"election-night\"} 0\n")
                .contains("\nchatpress_channel_unreviewed_messages{channel=\"election-night\"} 0\n")
                .contains("\nchatpress_channel_read_timestamp_seconds{channel=\"election-night\"} NOW\n")
                .contains("\nchatpress_channel_public_messages{channel=\"election-night\"} 1\n")
                .contains("\nchatpress_channel_in_trouble{channel=\"election-night\"} 0\n")
                .contains("\nchatpress_storage_good_timestamp_seconds{storage=\"directory " + site() + "\"} NOW\n")
                .contains("\nchatpress_storage_failures{storage=\"directory " + site() + "\"} 0\n")
                .contains("\nchatpress_storage_owed_removals{storage=\"directory " + site() + "\"} 0\n");
        try (Stream<Path> files = Files.list(file.getParent())) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void metricsCountTheMessagesThatWaitForEditors() throws IOException {
        Path file = folder.resolve("chatpress.prom");
        more = "metrics-file: " + file;
        channels = "{id: C0ELECTION, slug: election-night, since: 2020-01-01T00:00:00Z, approval: {approvers: [%s]}}"
                .formatted(EDITOR);
        settings();
        slack.post(CHANNEL, REPORTER, "polls are closed");
        slack.post(CHANNEL, REPORTER, "turnout is high");
        slack.react(CHANNEL, slack.post(CHANNEL, REPORTER, "the winner is Smith"), EDITOR, "no_entry");
        slack.react(CHANNEL, slack.post(CHANNEL, REPORTER, "a first count"), EDITOR, "hourglass");

        terminal.types("once");

        assertThat(Files.readString(file))
                .contains("\nchatpress_channel_pending_messages{channel=\"election-night\"} 2\n")
                .contains("\nchatpress_channel_held_messages{channel=\"election-night\"} 1\n");
        JsonNode channel = new ObjectMapper()
                .readTree(terminal.types("status", "--json").out())
                .at("/channels/0");
        assertThat(channel.path("pending_messages").asInt()).isEqualTo(2);
        assertThat(channel.path("held_messages").asInt()).isEqualTo(1);
    }

    @Test
    void metricsTellThatSlackRejectsTheTokenAndThatAChannelIsBehind() throws IOException {
        Path file = folder.resolve("chatpress.prom");
        more = "metrics-file: " + file;
        token = "xoxb-wrong";
        settings();

        terminal.types("once");

        assertThat(Files.readString(file))
                .contains("\nchatpress_slack_token_rejected 1\n")
                .contains("\nchatpress_channel_catching_up{channel=\"election-night\"} 1\n");
    }

    @Test
    void metricsDoNotNameAStorageThatLeftTheSettings() throws IOException {
        Path file = folder.resolve("chatpress.prom");
        more = "metrics-file: " + file;
        alsoPublish = ", {ftp: {host: localhost, port: 1, user: chats, password: %s, tls: none}}".formatted(PASSWORD);
        settings();
        slack.post(CHANNEL, REPORTER, "polls are closed");
        terminal.types("once");
        assertThat(Files.readString(file)).contains("localhost:1/\"} 1\n");

        alsoPublish = "";
        settings();
        terminal.types("once");

        assertThat(Files.readString(file)).contains("storage=\"directory").doesNotContain("localhost:1/");
    }

    @Test
    void metricsThatCannotBeWrittenAreLoggedAndFailNothing() throws IOException {
        more = "metrics-file: " + Files.writeString(folder.resolve("a-file"), "") + "/chatpress.prom";
        settings();
        slack.post(CHANNEL, REPORTER, "polls are closed");

        Printed printed = terminal.types("once");

        assertThat(printed.exit()).isZero();
        assertThat(printed.err())
                .contains("cannot write " + folder.resolve("a-file") + "/chatpress.prom: " + folder.resolve("a-file")
                        + " is not a folder. Make its folder writable");
        assertThat(reader().texts()).containsExactly("polls are closed");
    }

    @Test
    void metricsAreWrittenThroughNoLinkAndNoPipe() throws Exception {
        Path file = folder.resolve("chatpress.prom");
        Path victim = Files.writeString(folder.resolve("victim"), "as it was");
        more = "metrics-file: " + file;
        settings();

        Files.createSymbolicLink(folder.resolve(".chatpress.prom.part"), victim);
        assertThat(terminal.types("once").err()).doesNotContain("cannot write");
        assertThat(victim).hasContent("as it was");
        assertThat(Files.isSymbolicLink(file)).isFalse();

        new ProcessBuilder("mkfifo", folder.resolve(".chatpress.prom.part").toString())
                .start()
                .waitFor();
        assertThat(terminal.types("once").err()).doesNotContain("cannot write");
        assertThat(file).isRegularFile().isNotEmptyFile();
    }

    @Test
    void metricsThatCannotReplaceTheirFileLeaveNoneBehind() throws IOException {
        Path file = Files.createDirectories(folder.resolve("metrics/chatpress.prom"));
        Files.writeString(file.resolve("keeps-the-folder"), "");
        more = "metrics-file: " + file;
        settings();

        assertThat(terminal.types("once").err()).contains("cannot write " + file);

        try (Stream<Path> files = Files.list(file.getParent())) {
            assertThat(files).containsExactly(file);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "metrics/chatpress.prom, 'ok    metrics file DIR/metrics/chatpress.prom: writable'",
        "a-folder.prom, 'FAIL  metrics file DIR/a-folder.prom: cannot write DIR/a-folder.prom. Make it a file'",
        "channels.yml/x.prom, 'FAIL  metrics file DIR/channels.yml/x.prom: DIR/channels.yml is not a folder. Write'"
    })
    void checkTriesTheMetricsFile(String name, String line) throws IOException {
        Files.createDirectory(folder.resolve("a-folder.prom"));
        more = "metrics-file: " + folder.resolve(name);
        settings();

        assertThat(terminal.types("check").out().replace(folder.toString(), "DIR"))
                .contains(line);
        assertThat(folder.resolve("metrics")).doesNotExist();
    }

    @Test
    void checkTellsWhenTheNextCycleOfACronExpressionStartsAndInWhichTimeZone() {
        more = "cron: \"0 0 4 1 1 ?\"";
        settings();

        assertThat(terminal.types("check").out())
                .containsPattern("ok    cron: next cycle at \\d{4}-01-01T04:00\\S* \\(time zone "
                        + Pattern.quote(ZoneId.systemDefault().toString()) + "\\)\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"chatpress.db", "chatpress.db.lock"})
    @Timeout(60)
    void runStopsWhenItsDatabaseIsDeleted(String deleted) throws Exception {
        slack.post(CHANNEL, REPORTER, "polls are closed");
        CompletableFuture<Printed> running = CompletableFuture.supplyAsync(() -> terminal.types("run"));
        while (!Files.exists(site().resolve("channels.json"))) {
            Thread.sleep(20);
        }

        Files.delete(folder.resolve("data").resolve(deleted));

        Printed printed = running.get();
        assertThat(printed.exit()).isEqualTo(1);
        assertThat(printed.err()).contains("ERROR", "moved, deleted or replaced while it was open", "Chatpress stops.");
    }

    @Test
    @Tag("process")
    void aMalformedProxyIsAProblemOfTheEnvironment() {
        var program = new Program(folder, Map.of("HTTPS_PROXY", "http://user:" + PASSWORD + "@[x:3128"));

        Process once = program.start("once");

        assertThat(Program.endsWithin(once, 60_000)).isTrue();
        assertThat(once.exitValue()).isEqualTo(2);
        assertThat(program.output(once))
                .startsWith("environment has 1 problem:\n  HTTPS_PROXY  not the URL of a proxy")
                .doesNotContain(PASSWORD);
    }

    @Test
    @Tag("process")
    void numbersAreWrittenAlikeInEveryLocale() {
        terminal.types("once");
        var program = new Program(folder, Map.of("JAVA_TOOL_OPTIONS", "-Duser.language=ar -Duser.country=EG"));

        Process status = program.start("status");

        assertThat(Program.endsWithin(status, 60_000)).isTrue();
        assertThat(program.output(status)).containsPattern("Slack API budget: [0-9]+ of 45 calls/min");
    }

    @Test
    void schemaPrintsTheBundledSchemas() throws IOException {
        var json = new ObjectMapper();
        for (String name : List.of("channels", "chat")) {
            Printed printed = Terminal.chatpress("schema", name);
            assertThat(printed.exit()).isZero();
            assertThat(json.readTree(printed.out()))
                    .isEqualTo(json.readTree(
                            VerbsTest.class.getResourceAsStream("/org/chatpress/schema/" + name + ".schema.json")));
        }
    }

    private void settings() {
        terminal.writes(
                """
                slack: {token: %s, api-url: "%s"%s}
                database: %s
                publish: [{directory: %s}%s]
                channels: [%s]
                %s
                """.formatted(token, slackServer.apiUri(), appToken, database(), site(), alsoPublish, channels, more));
    }

    private Path database() {
        return folder.resolve("data/chatpress.db");
    }

    private Path site() {
        return folder.resolve("site");
    }

    @Test
    void statusHasColorsOnlyOnATerminal() {
        slack.post(CHANNEL, REPORTER, "polls are closed");
        terminal.types("once");

        String plain = terminal.types("status").out();
        System.setProperty("picocli.ansi", "true");
        try {
            String colored = terminal.types("status").out();

            assertThat(plain).doesNotContain("\u001b").contains("  everything published ");
            assertThat(colored).contains("\u001b[32meverything published ").contains("ago\u001b[0m");
        } finally {
            System.clearProperty("picocli.ansi");
        }
    }

    @Test
    void statusCanBeWatchedUntilItIsStopped() {
        terminal.types("once");
        Thread caller = Thread.currentThread();
        var stop = new Thread(() -> {
            try {
                Thread.sleep(3000);
                caller.interrupt();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        stop.start();

        Printed printed = terminal.types("status", "--watch");

        assertThat(Thread.interrupted()).isTrue();
        assertThat(printed.exit()).isZero();
        assertThat(printed.out().split("last cycle: ", -1)).hasSize(3);
        assertThat(terminal.types("status", "--watch", "--json").exit()).isEqualTo(2);
    }

    private SiteReader reader() {
        return new SiteReader(new DirectorySettings(site()).storage(), "election-night");
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().matches(".*\\.db-(wal|shm)"))
                    .map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }
}
