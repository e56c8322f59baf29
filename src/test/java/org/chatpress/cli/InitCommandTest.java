package org.chatpress.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.chatpress.cli.Terminal.Printed;
import org.chatpress.support.FakeSlackServer;
import org.chatpress.support.FakeWorkspace;
import org.chatpress.support.FtpServerInProcess;
import org.chatpress.support.Program;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

@Tag("slow")
class InitCommandTest {
    private static final String PASSWORD = "a-password-that-is-never-printed";

    @TempDir
    Path folder;

    private final FakeSlackServer server = FakeSlackServer.start(Clock.systemUTC());
    private final FakeWorkspace slack = server.workspace();
    private String token = server.token().reveal();
    private Path file;

    @BeforeEach
    void open() {
        file = folder.resolve("channels.yml");
        slack.channel("C0ELECTION", "election-night", false);
        slack.channel("C0SPORT", "sport", true);
        slack.channel("C0OTHER", "other", false);
        slack.removeBot("C0OTHER");
        slack.person("U0EDITOR", "Edda Editor");
        slack.person("U0REPORTER", "Rosa Reporter");
        slack.group("S0DESK", "U0EDITOR");
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void theFileThatItWritesPassesCheckAndPublishes() throws Exception {
        String ts = slack.post("C0ELECTION", "U0REPORTER", "polls are closed");
        slack.react("C0ELECTION", ts, "U0EDITOR", "white_check_mark");

        Printed printed = init(
                "",
                "--channel",
                "#election-night,C0SPORT",
                "--since",
                "2020-01-01T00:00:00Z",
                "--approvers",
                "U0EDITOR,S0DESK",
                "--publish",
                folder.resolve("public").toString());

        assertThat(printed.exit()).as(printed.err()).isZero();
        assertThat(printed.out()).startsWith("wrote " + file);
        assertThat(printed.err())
                .contains("ok    channel #election-night", "ok    approved by Edda Editor, a user group of 1");
        assertThat(file)
                .content()
                .contains("token: ${SLACK_BOT_TOKEN}", "id: C0ELECTION    # #election-night", "\"Election night\"")
                .doesNotContain(token);
        // The default is relative to the working directory, which the tests share.
        Files.writeString(file, "database: " + folder.resolve("chatpress.db") + "\n", StandardOpenOption.APPEND);
        assertThat(run("check")).isZero();
        assertThat(run("once")).isZero();
        assertThat(folder.resolve("public/election-night.json")).content().contains("polls are closed");
    }

    /** YAML ends a line at each of these characters. */
    @Test
    void aNameCannotAddALineToTheFile() {
        slack.channel("C0HOSTILE", "eve\u2028    threads: publish\u0085    approval: none\n    delay: 0s", false);

        Printed printed = init(
                "",
                "--channel",
                "C0HOSTILE",
                "--since",
                "now",
                "--approvers",
                "U0EDITOR",
                "--publish",
                folder.resolve("public").toString());

        assertThat(printed.exit()).as(printed.err()).isZero();
        assertThat(file).content().contains("id: C0HOSTILE    # #eve threads: publish approval: none delay: 0s\n");
    }

    @Test
    void asksForWhatIsMissingUntilTheAnswerIsValid() {
        Printed printed = init("""
                7
                other
                2
                yesterday
                now
                @edda
                U0NOBODY
                anyone

                gopher://files
                %s
                """.formatted(folder.resolve("public")));

        assertThat(printed.exit()).as(printed.err()).isZero();
        assertThat(printed.err())
                .containsSubsequence(
                        "Which channels?",
                        "  1  #election-night  C0ELECTION",
                        "  2  #sport  C0SPORT",
                        "> FAIL  the bot is not in a channel 7",
                        "the bot is not in a channel other",
                        "ok    channel #sport",
                        "not a time: yesterday",
                        "@edda is not an id",
                        "U0NOBODY",
                        "gopher://files is no storage",
                        "ok    directory ")
                .doesNotContain("#other");
        assertThat(file)
                .content()
                .contains("approvers: [anyone]", "id: C0SPORT")
                .doesNotContain("C0ELECTION");
    }

    @ParameterizedTest
    @CsvSource({
        "--channel other, --channel: the bot is not in a channel other",
        "--since yesterday, --since: not a time: yesterday",
        "--approvers edda, --approvers: edda is not an id",
        "--publish gopher://x, --publish: gopher://x is no storage"
    })
    void anInvalidOptionIsRefused(String option, String problem) {
        var arguments =
                new ArrayList<>(List.of("--channel=sport", "--since=now", "--approvers=none", "--publish=public"));
        String[] words = option.split(" ");
        arguments.removeIf(argument -> argument.startsWith(words[0]));
        arguments.addAll(List.of(words));

        Printed printed = init("", arguments.toArray(String[]::new));

        assertThat(printed.exit()).isEqualTo(2);
        assertThat(printed.err()).contains(problem);
        assertThat(file).doesNotExist();
    }

    @Test
    void withoutAnAnswerItNamesTheMissingOption() {
        Printed printed = init("", "--channel", "sport");

        assertThat(printed.exit()).isEqualTo(2);
        assertThat(printed.err()).contains("Missing option: --since");
    }

    @Test
    void aFileThatExistsIsLeftAlone() throws IOException {
        Files.writeString(file, "mine");

        Printed printed = init("1\nnow\nnone\npublic\n");

        assertThat(printed.exit()).isEqualTo(2);
        assertThat(printed.err())
                .contains(
                        file + " exists. Edit it, or write another file", "the later commands need the same --config");
        assertThat(file).hasContent("mine");
    }

    @Test
    void theUnchangedSampleIsReplaced() throws IOException {
        Files.copy(Path.of("channels.yml"), file);

        Printed printed = init("1\nnow\nnone\n%s\n".formatted(folder.resolve("public")));

        assertThat(printed.exit()).as(printed.err()).isZero();
        assertThat(printed.out())
                .startsWith("wrote " + file + " in place of the unchanged sample\n")
                .contains("check --config " + file);
        assertThat(file).content().contains("id: C0ELECTION").doesNotContain("C0123456789");
        assertThat(folder.resolve(".channels.yml.part")).doesNotExist();
    }

    @Test
    void theSampleWithOneByteMoreIsLeftAlone() throws IOException {
        String changed = Files.readString(Path.of("channels.yml")) + "\n";
        Files.writeString(file, changed);

        assertThat(init("1\nnow\nnone\npublic\n").exit()).isEqualTo(2);
        assertThat(file).hasContent(changed);
    }

    @Test
    void aWrongTokenIsReportedAtOnce() {
        token = "xoxb-wrong";

        Printed printed = init("1\n");

        assertThat(printed.exit()).isEqualTo(1);
        assertThat(printed.err()).contains("invalid_auth").doesNotContain("xoxb-wrong", "Which channels?");
        assertThat(file).doesNotExist();
    }

    @Test
    void aMissingTokenIsReportedWithWhereItComesFrom() {
        token = "";

        Printed printed = init("");

        assertThat(printed.exit()).isEqualTo(2);
        assertThat(printed.err()).contains("SLACK_BOT_TOKEN is not set", "examples/slack/manifest.yml");
    }

    @Test
    void whatIsNoTokenIsNotSentToSlack() {
        token = "my-secret";

        Printed printed = init("");

        assertThat(printed.exit()).isEqualTo(2);
        assertThat(printed.err()).contains("starts with xoxb-").doesNotContain("my-secret", "auth.test");
    }

    @Test
    void missingScopesAreNamed() {
        slack.removeScope("groups:history");
        slack.removeScope("users:read");

        Printed printed = init("");

        assertThat(printed.exit()).isEqualTo(1);
        assertThat(printed.err()).contains("lacks the scopes groups:history, users:read", "reinstall the app");
    }

    @Test
    void asksToInviteABotThatIsInNoChannel() {
        slack.removeBot("C0ELECTION");
        slack.removeBot("C0SPORT");

        Printed printed = init("");

        assertThat(printed.exit()).isEqualTo(1);
        assertThat(printed.err()).contains("the bot is in no channel", "/invite");
    }

    @Test
    void aStorageThatRefusesIsReportedAndNothingIsWritten() {
        try (var ftp = new FtpServerInProcess(folder.resolve("ftp")).start()) {
            Printed printed = init(
                    "",
                    "--channel",
                    "sport",
                    "--since",
                    "now",
                    "--approvers",
                    "none",
                    "--publish",
                    "ftp://chats@localhost:%d/site".formatted(ftp.port()));

            assertThat(printed.exit()).isEqualTo(1);
            assertThat(printed.err()).contains("530").doesNotContain(PASSWORD);
            assertThat(file).doesNotExist();
        }
    }

    private Printed init(String answers, String... options) {
        var init = new InitCommand(
                token.isEmpty() ? Map.of() : Map.of("SLACK_BOT_TOKEN", token, "FTP_PASSWORD", PASSWORD),
                new BufferedReader(new StringReader(answers)));
        CommandLine chatpress = new ChatpressCommand().commandLine().addSubcommand("init-with-answers", init);
        var arguments = new ArrayList<>(List.of("init-with-answers", "--config", file.toString()));
        arguments.addAll(List.of("--api-url", server.apiUri().toString()));
        arguments.addAll(List.of(options));
        var out = new StringWriter();
        var err = new StringWriter();
        CommandLine verb = chatpress.getSubcommands().get("init-with-answers");
        for (CommandLine line : List.of(chatpress, verb)) {
            line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        }
        int exit = chatpress.execute(arguments.toArray(String[]::new));
        return new Printed(exit, out.toString(), err.toString());
    }

    private int run(String verb) throws InterruptedException {
        return new Program(folder, Map.of("SLACK_BOT_TOKEN", token)).start(verb).waitFor();
    }
}
