package org.chatpress.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.chatpress.cli.Terminal.Printed;
import org.chatpress.config.DatabaseSettings.SqliteFile;
import org.chatpress.storage.DirectorySettings;
import org.chatpress.store.ClipRepository.ClipUpload;
import org.chatpress.store.Store;
import org.chatpress.support.Clips;
import org.chatpress.support.FakeFile;
import org.chatpress.support.FakeSlackServer;
import org.chatpress.support.FakeWorkspace;
import org.chatpress.support.Fault;
import org.chatpress.support.SiteReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the verbs do with clips. */
@Tag("slow")
class ClipVerbsTest {
    private static final String CHANNEL = "C0ELECTION";

    @TempDir
    Path folder;

    final FakeSlackServer slackServer = FakeSlackServer.start(Clock.systemUTC());
    final FakeWorkspace slack = slackServer.workspace();
    Terminal terminal;

    @BeforeEach
    void open() throws IOException {
        Clips.isNeeded();
        slack.channel(CHANNEL);
        slack.person("U1", "Rosa Reporter");
        writeSettings();
        terminal = new Terminal(folder);
    }

    @AfterEach
    void close() {
        slackServer.close();
    }

    @Test
    void renderWritesTheConvertedClipsOrNamesThoseThatItLacks() throws IOException {
        byte[] clip = Clips.phone("160x120", 1);
        String ts = slack.upload(
                CHANNEL, "U1", "the hall", FakeFile.jpeg("F1", clip).called("a.mov", "video/quicktime"));
        assertThat(terminal.types("once").exit()).isZero();
        assertThat(terminal.types("once").exit()).isZero();
        Path site = folder.resolve("copy");

        Printed dry = terminal.types("render", "--to", site.toString(), "--dry-run");
        Printed rendered = terminal.types("render", "--to", site.toString());

        assertThat(dry.out()).containsPattern("would upload .*\\.mp4");
        assertThat(rendered.exit()).as(rendered.err()).isZero();
        var reader = new SiteReader(new DirectorySettings(site).storage(), "election-night");
        String url = reader.messages().get(ts).at("/media/0/url").asText();
        assertThat(site.resolve(url))
                .hasSameBinaryContentAs(folder.resolve("public").resolve(url));
        assertThat(reader.messages().get(ts).at("/media/0/poster").asText())
                .satisfies(poster -> assertThat(site.resolve(poster)).exists());

        Path kept = folder.resolve("chatpress.db-clips").resolve(Path.of(url).getFileName());
        Files.delete(kept);
        Printed without =
                terminal.types("render", "--to", folder.resolve("another").toString());

        assertThat(without.exit()).isEqualTo(ChatpressCommand.WORK_FAILED);
        assertThat(without.err()).contains(url + " is not written, because " + kept + " is not on this machine");
    }

    @Test
    void statusShowsHowFarClipsAreAndWhatFailed() throws IOException {
        for (String id : List.of("F1", "F2")) {
            slack.upload(CHANNEL, "U1", "", FakeFile.jpeg(id, new byte[9]).called("a.mov", "video/quicktime"));
        }
        slackServer.faults().next("file", Fault.SERVER_ERROR, Fault.SERVER_ERROR);
        terminal.types("once");

        assertThat(terminal.types("status").out())
                .contains("clips in progress: 2 (2 to be converted); F1 is tried again: a file from Slack: HTTP 500\n");

        try (Store store = Store.open(new SqliteFile(folder.resolve("chatpress.db")), "a test")) {
            store.clips().recordProgress(store.clips().inProgress().get(0).clip(), 40);
        }
        assertThat(terminal.types("status").out())
                .contains("clips in progress: 2 (2 to be converted); F1 is 40 % converted; F2 is tried again: a");
    }

    @Test
    void statusAndMessagesSayWhichStorageLacksAClipThatReadersSeeElsewhere() {
        slack.upload(
                CHANNEL,
                "U1",
                "the hall",
                FakeFile.jpeg("F1", Clips.phone("160x120", 1)).called("a.mov", "video/quicktime"));
        terminal.types("once");
        terminal.types("once");
        String storage = "directory " + folder.resolve("public");
        assertThat(terminal.types("status").out()).contains(storage + "  everything published");

        ClipUpload rejected;
        try (Store store = Store.open(new SqliteFile(folder.resolve("chatpress.db")), "a test")) {
            rejected = store.clips().pendingUploads("another").get(0);
            store.clips().startUpload(storage, rejected);
            store.clips().recordRejection(rejected, "cannot put it to " + storage + ": too large");
        }

        assertThat(terminal.types("status").out())
                .contains(storage + "  lacks 1 clip that the chats show; F1: cannot put it to " + storage
                        + ": too large; last success")
                .doesNotContain("everything published");
        assertThat(terminal.types("messages", "election-night").out())
                .contains("clip F1  LIVE: cannot put it to " + storage + ": too large");

        try (Store store = Store.open(new SqliteFile(folder.resolve("chatpress.db")), "a test")) {
            store.clips().endUpload(storage, rejected, true);
        }
        assertThat(terminal.types("status").out()).contains(storage + "  everything published");
        assertThat(terminal.types("messages", "election-night").out()).contains("clip F1  LIVE\n");
    }

    private void writeSettings() throws IOException {
        Files.writeString(folder.resolve("channels.yml"), """
                slack: {token: %s, api-url: "%s"}
                database: %s
                publish: [{directory: %s}]
                videos: {beside-the-chat: true}
                channels: [{id: %s, slug: election-night, since: "%s", approval: none}]
                """.formatted(
                        slackServer.token().reveal(),
                        slackServer.apiUri(),
                        folder.resolve("chatpress.db"),
                        Files.createDirectories(folder.resolve("public")),
                        CHANNEL,
                        Instant.now().minusSeconds(3600)));
    }
}
