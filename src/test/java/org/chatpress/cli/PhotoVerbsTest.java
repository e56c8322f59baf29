package org.chatpress.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import org.chatpress.cli.Terminal.Printed;
import org.chatpress.storage.DirectorySettings;
import org.chatpress.support.FakeCms;
import org.chatpress.support.FakeFile;
import org.chatpress.support.FakeSlackServer;
import org.chatpress.support.FakeWorkspace;
import org.chatpress.support.FtpServerInProcess;
import org.chatpress.support.Pictures;
import org.chatpress.support.SiteReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the verbs tell about photos. */
@Tag("slow")
class PhotoVerbsTest {
    private static final String CHANNEL = "C0ELECTION";

    @TempDir
    Path folder;

    private final FakeSlackServer slackServer = FakeSlackServer.start(Clock.systemUTC());
    private final FakeWorkspace slack = slackServer.workspace();
    private final FakeCms cms = FakeCms.start();
    private Terminal terminal;

    @BeforeEach
    void open() {
        terminal = new Terminal(folder);
        slack.channel(CHANNEL);
        slack.person("U1", "Rosa Reporter");
    }

    @AfterEach
    void close() {
        slackServer.close();
        cms.close();
    }

    @Test
    void oncePublishesAPhotoAndTheNextOnceShowsIt() throws IOException {
        settings("{beside-the-chat: true}");
        String ts = slack.upload(CHANNEL, "U1", "polls are closed", FakeFile.jpeg("F1", Pictures.photo(90, 60)));

        Printed first = terminal.types("once");
        Printed second = terminal.types("once");

        assertThat(first.exit()).isZero();
        assertThat(second.exit()).isZero();
        var reader = new SiteReader(new DirectorySettings(folder.resolve("public")).storage(), "election-night");
        String url = reader.messages().get(ts).at("/photos/0/url").asText();
        assertThat(folder.resolve("public").resolve(url)).exists();
        assertThat(slack.reactions(CHANNEL, ts)).containsExactly("rocket " + FakeWorkspace.BOT);
        assertThat(terminal.types("messages", "election-night").out()).contains("photo F1  LIVE");
    }

    @Test
    void aDryRunDownloadsNothingAndAddsNoReaction() throws IOException {
        settings("{beside-the-chat: true}");
        String ts = slack.upload(CHANNEL, "U1", "polls are closed", FakeFile.jpeg("F1", Pictures.photo(90, 60)));

        assertThat(terminal.types("once", "--dry-run").exit()).isZero();

        assertThat(slackServer.calls("file")).isZero();
        assertThat(slack.reactions(CHANNEL, ts)).isEmpty();
    }

    @Test
    void aRejectedPhotoIsReportedOnceAndItsReasonIsKept() throws IOException {
        settings("{beside-the-chat: true}");
        slack.upload(CHANNEL, "U1", "polls are closed", FakeFile.jpeg("F1", "<svg>".getBytes(StandardCharsets.UTF_8)));

        Printed first = terminal.types("once");
        Printed second = terminal.types("once");

        assertThat(first.exit()).isEqualTo(ChatpressCommand.WORK_FAILED);
        assertThat(first.out()).contains("1 photo rejected");
        assertThat(second.exit()).isZero();
        assertThat(terminal.types("messages", "election-night").out())
                .contains("photo F1  FAILED: it is a web page or an SVG drawing, not a photo");
        assertThat(terminal.types("status").out()).contains("photos failed: 1");
    }

    @Test
    void statusStartsWithPhotosThatAreStillInTheUploadFolderAfterATakedown() throws IOException {
        try (var ftp = new FtpServerInProcess(Files.createDirectory(folder.resolve("ftp"))).start()) {
            settings(throughTheCms(ftp.port()));
            String ts = slack.upload(CHANNEL, "U1", "polls are closed", FakeFile.jpeg("F1", Pictures.photo(90, 60)));
            terminal.types("once");
            assertThat(terminal.types("status").out()).contains("photos in progress: 1");
            ftp.close();
            slack.delete(CHANNEL, ts);

            terminal.types("once");

            assertThat(terminal.types("status").out())
                    .startsWith(
                            "TAKEDOWN INCOMPLETE  photos still to be deleted from the upload folder of the CMS: 1\n")
                    .doesNotContain("no longer in the settings");
            Printed health = terminal.types("status", "--healthy");
            assertThat(health.exit()).isEqualTo(ChatpressCommand.WORK_FAILED);
            assertThat(health.out()).contains("photos still to be deleted from the upload folder of the CMS: 1");
        }
    }

    @Test
    void checkTestsTheUploadFolderAndTheCms() throws IOException {
        try (var ftp = new FtpServerInProcess(Files.createDirectory(folder.resolve("ftp"))).start()) {
            settings(throughTheCms(ftp.port()));

            Printed fine = terminal.types("check");
            assertThat(fine.exit()).as(fine.out()).isZero();
            assertThat(fine.out()).contains("ok    ftp://", "ok    CMS");
            assertThat(cms.asked()).hasSize(1);
            assertThat(folder.resolve("ftp")).isEmptyDirectory();

            slack.removeScope("files:read");
            slack.removeScope("chat:write");
            cms.close();
            Printed wrong = terminal.types("check");
            assertThat(wrong.exit()).isEqualTo(ChatpressCommand.WORK_FAILED);
            assertThat(wrong.out()).contains("the token lacks chat:write, files:read", "FAIL  CMS");
            assertThat(wrong.out()).containsPattern("FAIL  CMS: the CMS does not answer: (?!null)\\w+");
        }
    }

    private String throughTheCms(int port) {
        return """
                {drop: {ftp: {host: 127.0.0.1, port: %d, user: %s, password: "%s", directory: /, tls: none}},
                 shown: {ask: "%s", field: wcmId, url: "https://photos.example/{found}.jpg"}}""".formatted(port, FtpServerInProcess.USER, FtpServerInProcess.PASSWORD, cms.ask());
    }

    private void settings(String photos) throws IOException {
        Files.writeString(folder.resolve("channels.yml"), """
                slack: {token: %s, api-url: "%s"}
                database: %s
                publish: [{directory: %s}]
                photos: %s
                channels: [{id: C0ELECTION, slug: election-night, since: "%s", approval: none}]
                """.formatted(
                        slackServer.token().reveal(),
                        slackServer.apiUri(),
                        folder.resolve("chatpress.db"),
                        folder.resolve("public"),
                        photos.replace("\n", "\n  "),
                        Instant.now().minusSeconds(3600)));
    }
}
