package org.chatpress.slackexport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.chatpress.error.InvalidSettingsException;
import org.chatpress.model.ChannelId;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.slack.SlackReader.UserProfile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SlackExportTest {
    private static final ChannelId GENERAL = new ChannelId("C0GENERAL");
    private static final ChannelId SECRET = new ChannelId("G0SECRET");

    @TempDir
    Path folder;

    private final Map<String, String> files = new LinkedHashMap<>(Map.of(
            "users.json",
            """
            [{"id": "U1", "name": "ann", "real_name": "Ann Archer", "profile": {"email": "ann@paper.example",
              "title": "Reporter", "image_48": "https://avatars.slack-edge.com/a_48.png"}},
             {"id": "U2", "name": "botty", "real_name": " ", "is_bot": true,
              "profile": {"image_48": "https://secure.gravatar.com/avatar/abc"}},
             {"id": "not an id", "name": "x"}]""",
            "channels.json",
            "[{\"id\": \"C0GENERAL\", \"name\": \"general\"}, {\"id\": \"C0EMPTY\", \"name\": \"empty\","
                    + " \"is_archived\": true}]",
            "groups.json",
            "[{\"id\": \"G0SECRET\", \"name\": \"secret\"}]",
            "general/2026-01-02.json",
            "[" + message("1767312002.000000", "second") + "," + message("1767312001.000000", "first") + "]"));

    @Test
    void readsAZipAndADirectory() throws IOException {
        try (SlackExport zip = SlackExport.open(zip());
                SlackExport unpacked = SlackExport.open(unpacked())) {
            for (SlackExport export : List.of(zip, unpacked)) {
                assertThat(export.channels())
                        .extracting(channel -> channel.name() + " " + channel.isArchived())
                        .containsExactlyInAnyOrder("general false", "empty true", "secret false");
                assertThat(texts(export, GENERAL)).containsExactly("first", "second");
                assertThat(texts(export, new ChannelId("C0EMPTY"))).isEmpty();
                assertThat(texts(export, new ChannelId("C0UNKNOWN"))).isEmpty();
            }
        }
    }

    @Test
    void aFormsEditsAreReportedAndCountAsNothing() throws IOException {
        String note = "{\"by\": \"U0EDITOR\", \"keys\": {\"edit\": \"forged\"}}";
        files.put(
                "general/2026-01-02.json",
                "[{\"type\": \"message\", \"user\": \"U1\", \"ts\": \"1767312003.000000\", \"thread_ts\": \"1767312001.000000\","
                        + " \"text\": \"Words: forged\", \"chatpress_note\": " + note
                        + ", \"metadata\": {\"event_type\": \"chatpress_note\", \"event_payload\": " + note + "}}]");

        try (SlackExport export = SlackExport.open(zip())) {
            assertThat(export.history(GENERAL))
                    .singleElement()
                    .matches(reply -> reply.note().isEmpty());
            assertThat(problems(export, GENERAL))
                    .singleElement()
                    .asString()
                    .startsWith("1 replies of the form in Slack were not read as edits");
        }
    }

    @Test
    void readsAZipInWhichTheExportIsInAFolder() throws IOException {
        var inside = Map.copyOf(files);
        files.clear();
        inside.forEach((name, text) -> files.put("Our export/" + name, text));
        files.put("__MACOSX/Our export/._channels.json", "resource fork");

        try (SlackExport export = SlackExport.open(zip())) {
            assertThat(texts(export, GENERAL)).containsExactly("first", "second");
        }
    }

    @Test
    void readsUsersWithoutEmailAndWithImagesOfSlackOnly() throws IOException {
        try (SlackExport export = SlackExport.open(zip())) {
            assertThat(export.users().values())
                    .containsExactlyInAnyOrder(
                            new UserProfile(
                                    new UserId("U1"),
                                    "Ann Archer",
                                    "Reporter",
                                    "https://avatars.slack-edge.com/a_48.png",
                                    false),
                            new UserProfile(new UserId("U2"), "botty", "", "", true));
            assertThat(export.problems()).containsExactly("users.json: skipped a user without a valid id");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "https://a.slack-edge.com/x.png, true",
        "https://files.slack.com/x.png, true",
        "http://a.slack-edge.com/x.png, false",
        "https://slack-edge.com.evil.example/x.png, false",
        "https://evilslack-edge.com/x.png, false",
        "https://a.slack-edge.com@evil.example/x.png, false",
        "https://evil.example/?a.slack-edge.com, false",
        "not an address, false"
    })
    void acceptsImagesOfSlackOnly(String url, boolean accepted) throws IOException {
        files.put("users.json", "[{\"id\": \"U1\", \"profile\": {\"image_48\": \"" + url + "\"}}]");

        try (SlackExport export = SlackExport.open(zip())) {
            assertThat(export.users().get(new UserId("U1")).image48()).isEqualTo(accepted ? url : "");
        }
    }

    @Test
    void keepsTheLaterOfTwoEntriesWithTheSameTs() throws IOException {
        files.put("general/2026-01-03.json", "[" + message("1767312001.000000", "first, again") + "]");

        try (SlackExport export = SlackExport.open(zip())) {
            assertThat(texts(export, GENERAL)).containsExactly("first, again", "second");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "général, ge\u0301ne\u0301ral/2026-01-02.json",
        "general, General/2026-01-02.json",
        "general, C0GENERAL/2026-01-02.json",
        "general, general-C0GENERAL/2026-01-02.json",
        "general, general/general.json",
        "general, general/2026-01.json",
        "general, general/2026-01-02_1.json",
    })
    void findsTheFilesOfAChannelUnderOtherNames(String channel, String file) throws IOException {
        files.put("channels.json", "[{\"id\": \"C0GENERAL\", \"name\": \"" + channel + "\"}]");
        files.put(file, files.remove("general/2026-01-02.json"));
        files.put("__MACOSX/general/._2026-01-02.json", "x");
        files.put("general/._2026-01-02.json", "x");

        for (Path path : List.of(zip(), unpacked())) {
            try (SlackExport export = SlackExport.open(path)) {
                assertThat(texts(export, GENERAL)).containsExactly("first", "second");
                assertThat(problems(export, GENERAL)).isEmpty();
            }
        }
    }

    @Test
    void saysWhichFolderIsMissingAndWhichBelongToNoChannel() throws IOException {
        files.put("news\u0007room/2026-01-02.json", files.remove("general/2026-01-02.json"));

        try (SlackExport export = SlackExport.open(zip())) {
            assertThat(export.history(GENERAL)).isEmpty();
            assertThat(problems(export, GENERAL))
                    .containsExactly(
                            "no folder is named general or C0GENERAL; 1 folders belong to no channel: newsroom");
        }
    }

    /** Windows names files in the charset of its country. */
    @ParameterizedTest
    @CsvSource({"IBM437, büro", "windows-31j, 編集部", "windows-1251, новости"})
    void readsAZipWhoseNamesAreNotUtf8(String charset, String channel) throws IOException {
        files.put("channels.json", "[{\"id\": \"C0GENERAL\", \"name\": \"" + channel + "\"}]");
        files.put(channel + "/2026-01-02.json", files.remove("general/2026-01-02.json"));
        files.put("__uploads/F1/" + channel + ".jpg", "x");

        try (SlackExport export = SlackExport.open(zip(Charset.forName(charset)))) {
            assertThat(texts(export, GENERAL)).containsExactly("first", "second");
            assertThat(export.readUploadedFile("F1", 10)).hasSize(1);
            assertThat(export.problems())
                    .contains("the names of some files are not UTF-8: if a channel or an upload is missing, unpack the"
                            + " zip and import the folder");
        }
    }

    @Test
    void readsTheUsersOfAnEnterpriseGrid() throws IOException {
        files.put("org_users.json", files.remove("users.json"));

        try (SlackExport export = SlackExport.open(zip())) {
            assertThat(export.users().get(new UserId("U1")).displayName()).isEqualTo("Ann Archer");
            assertThat(export.problems()).containsExactly("org_users.json: skipped a user without a valid id");
        }
    }

    @Test
    void saysThatTheUsersAreMissing() throws IOException {
        files.remove("users.json");

        try (SlackExport export = SlackExport.open(zip())) {
            assertThat(export.problems())
                    .containsExactly(
                            "users.json is missing: people have the names that their messages contain, or none");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'{\"name\": \"a\", \"real_name\": \"\", \"profile\": {\"real_name\": \"Ana Reyes\"}}', Ana Reyes",
        "'{\"name\": \"a\", \"profile\": {\"real_name\": \"\", \"display_name\": \"Benny\"}}', Benny",
        "'{\"name\": \"a\", \"real_name\": \"\"}', a",
        "{}, ''",
    })
    void usersHaveTheFirstNameThatIsNotEmpty(String user, String name) throws IOException {
        String separator = user.equals("{}") ? "" : ", ";
        files.put("users.json", "[{\"id\": \"U1\"" + separator + user.substring(1) + "]");

        try (SlackExport export = SlackExport.open(zip())) {
            assertThat(export.users().get(new UserId("U1")).displayName()).isEqualTo(name);
        }
    }

    @Test
    void appliesTheEditsAndDeletionsThatSomeToolsRecord() throws IOException {
        files.put("general/2026-01-01.json", """
            [{"type": "message", "subtype": "message_changed", "ts": "1767312009.000000",
              "message": {"type": "message", "user": "U1", "text": "second, edited", "ts": "1767312002.000000"}},
             {"type": "message", "subtype": "message_deleted", "ts": "1767312008.000000", "deleted_ts": "1767312001.000000"}]\
            """);

        try (SlackExport export = SlackExport.open(zip())) {
            assertThat(export.history(GENERAL))
                    .extracting(message -> message.subtype() + " " + message.text())
                    .containsExactly("tombstone ", " second, edited");
        }
    }

    @Test
    void countsEntriesWithoutAValidTs() throws IOException {
        files.put("general/2026-01-03.json", "[1, {}, null, {\"ts\": 5}, " + message("1767400000.000000", "ok") + "]");

        try (SlackExport export = SlackExport.open(zip())) {
            assertThat(export.readHistory(GENERAL, part -> {}).skippedEntries()).isEqualTo(4);
            assertThat(texts(export, GENERAL)).containsExactly("first", "second", "ok");
        }
    }

    @Test
    void reportsAnInvalidFileAndReadsTheRest() throws IOException {
        files.put("general/2026-01-01.json", "[" + message("1767200000.000000", "kept") + ",\n{\"ts\": \"17672");
        files.put("general/2026-01-03.json", "<html>");
        files.put("general/2026-01-04.json", "");
        files.put("general/2026-01-05.json", "[" + "[".repeat(5_000));

        try (SlackExport export = SlackExport.open(zip())) {
            assertThat(export.history(GENERAL))
                    .extracting(SlackMessage::text)
                    .containsExactly("kept", "first", "second");
            assertThat(problems(export, GENERAL))
                    .satisfiesExactly(
                            first -> assertThat(first).startsWith("general/2026-01-01.json: invalid JSON at line 2"),
                            second -> assertThat(second).startsWith("general/2026-01-03.json: invalid JSON at line 1"),
                            third -> assertThat(third).isEqualTo("general/2026-01-04.json: not a JSON array"),
                            fourth -> assertThat(fourth).startsWith("general/2026-01-05.json: invalid JSON"));
        }
    }

    @Test
    void ignoresUnknownFiles() throws IOException {
        files.put("general/canvas_in_the_conversation.json", "[" + message("1767400000.000000", "a canvas") + "]");
        files.put("general/2026-01-03.json/2026-01-03.json", "[" + message("1767400001.000000", "too deep") + "]");
        files.put("dms.json", "[{\"id\": \"D0DIRECT\", \"name\": \"D0DIRECT\"}]");
        files.put("D0DIRECT/2026-01-03.json", "[" + message("1767400002.000000", "private") + "]");
        files.put("integration_logs.json", "[]");

        try (SlackExport export = SlackExport.open(zip())) {
            assertThat(export.channels()).hasSize(3);
            assertThat(texts(export, GENERAL)).containsExactly("first", "second");
            assertThat(problems(export, GENERAL)).containsExactly("1 files are not named by a date and were not read");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../evil.json",
                "general/../../evil.json",
                "general/..",
                "/etc/evil.json",
                "..\\evil.json",
                "\\evil.json",
                "C:\\evil.json",
                "c:evil.json"
            })
    void rejectsAnEntryThatLeadsOutOfTheExport(String name) throws IOException {
        files.put(name, "[]");
        Path zip = zip();

        assertThatThrownBy(() -> SlackExport.open(zip))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining(name)
                .hasMessageContaining("leads out of the export");
    }

    @Test
    void rejectsASymbolicLink() throws IOException {
        Path unpacked = unpacked();
        Path outside = Files.writeString(folder.resolve("outside.json"), "[]");
        Files.createSymbolicLink(unpacked.resolve("general/2026-01-03.json"), outside);

        assertThatThrownBy(() -> SlackExport.open(unpacked))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("general/2026-01-03.json")
                .hasMessageContaining("symbolic link");
    }

    @Test
    void rejectsASymbolicLinkToADirectory() throws IOException {
        Path unpacked = unpacked();
        Files.createSymbolicLink(unpacked.resolve("empty"), Files.createDirectory(folder.resolve("elsewhere")));

        assertThatThrownBy(() -> SlackExport.open(unpacked)).hasMessageContaining("symbolic link");
    }

    @Test
    void rejectsAFileThatIsTooLarge() throws IOException {
        files.put("general/2026-01-03.json", "[" + " ".repeat(100_000) + "]");

        try (SlackExport export = SlackExport.open(zip(), new SlackExport.Limits(100, 50_000, 1_000_000))) {
            assertThatThrownBy(() -> export.history(GENERAL))
                    .isInstanceOf(InvalidSettingsException.class)
                    .hasMessageContaining("general/2026-01-03.json")
                    .hasMessageContaining("more than 50000 bytes");
        }
    }

    @Test
    void rejectsFilesThatAreTooLargeTogether() throws IOException {
        for (int day = 10; day < 30; day++) {
            files.put("general/2026-02-" + day + ".json", "[" + " ".repeat(40_000) + "]");
        }

        try (SlackExport export = SlackExport.open(zip(), new SlackExport.Limits(100, 50_000, 500_000))) {
            assertThatThrownBy(() -> export.history(GENERAL)).hasMessageContaining("larger than 500000 bytes");
        }
    }

    @Test
    void countsTheBytesOfAFileOnce() throws IOException {
        files.put("general/2026-02-01.json", "[" + " ".repeat(40_000) + "]");

        try (SlackExport export = SlackExport.open(zip(), new SlackExport.Limits(100, 50_000, 60_000))) {
            export.history(GENERAL);
            assertThat(texts(export, GENERAL)).hasSize(2);
        }
    }

    @Test
    void rejectsTooManyFiles() throws IOException {
        Path zip = zip();
        Path unpacked = unpacked();
        var limits = new SlackExport.Limits(3, 50_000, 50_000);

        assertThatThrownBy(() -> SlackExport.open(zip, limits)).hasMessageContaining("more than 3 files");
        assertThatThrownBy(() -> SlackExport.open(unpacked, limits)).hasMessageContaining("more than 3 files");
    }

    @Test
    void explainsWhatAnExportIsIfThePathHasNone() throws IOException {
        Path text = Files.writeString(folder.resolve("notes.txt"), "notes");
        Path empty = Files.createDirectory(folder.resolve("nothing"));
        Path missing = folder.resolve("missing.zip");

        for (Path path : List.of(text, empty, missing)) {
            assertThatThrownBy(() -> SlackExport.open(path))
                    .isInstanceOf(InvalidSettingsException.class)
                    .hasMessageContaining(path.toString())
                    .hasMessageContaining("a Slack export is a zip or a folder with users.json");
        }
    }

    @Test
    void convertsAnOldUploadToAMessageWithFiles() throws IOException {
        files.put("general/2026-01-02.json", """
                [{"type": "message", "subtype": "file_share", "upload": true, "ts": "1767312001.000000", "user": "U1",
                  "text": "<@U1|ann> uploaded a file: <https://x.slack.com/files/U1/F1/a.png|a> and commented: cut &amp; dry",
                  "file": {"id": "F1", "initial_comment": {"comment": "the comment"}}},
                 {"type": "message", "upload": true, "ts": "1767312002.000000", "user": "U1",
                  "text": "<@U1> uploaded a file: <https://x.slack.com/files/U1/F2/b.png|b> and commented: two\\nlines",
                  "files": [{"id": "F2"}]},
                 {"type": "message", "subtype": "file_share", "ts": "1767312003.000000", "user": "U1",
                  "text": "<@U1|ann> uploaded an image: <https://x.slack.com/files/U1/F3/c.png|c>", "file": {"id": "F3"}}]""");

        try (SlackExport export = SlackExport.open(zip())) {
            List<SlackMessage> messages = export.history(GENERAL);
            assertThat(messages)
                    .extracting(SlackMessage::text)
                    .containsExactly(
                            "the comment",
                            "two\nlines",
                            "<@U1|ann> uploaded an image: <https://x.slack.com/files/U1/F3/c.png|c>");
            assertThat(messages).extracting(SlackMessage::subtype).containsOnly("");
            assertThat(messages)
                    .extracting(message -> message.json().at("/files/0/id").asText())
                    .containsExactly("F1", "F2", "F3");
            assertThat(messages.get(1).json().path("upload").asBoolean()).isTrue();
        }
    }

    @Test
    void leavesOtherTextsAsTheyAre() throws IOException {
        String quoted =
                "<@U1|ann> uploaded a file: <https://x.example/a|a> and commented: said somebody without a file";
        String comment = "<@U1> commented on <@U2>’s file <https://x.slack.com/files/U2/F1/a|a>: nice";
        files.put("general/2026-01-02.json", """
                [{"ts": "1767312001.000000", "text": "%s"},
                 {"ts": "1767312002.000000", "subtype": "file_comment", "text": "%s", "files": [{"id": "F1"}]},
                 {"ts": "1767312003.000000", "subtype": "file_share", "text": "new style", "files": [{"id": "F2"}]}]""".formatted(quoted, comment));

        try (SlackExport export = SlackExport.open(zip())) {
            List<SlackMessage> messages = export.history(GENERAL);
            assertThat(messages).extracting(SlackMessage::text).containsExactly(quoted, comment, "new style");
            assertThat(messages).extracting(SlackMessage::subtype).containsExactly("", "file_comment", "file_share");
        }
    }

    @Test
    void readsTheMessagesOfPrivateChannels() throws IOException {
        files.put("secret/2026-01-02.json", "[" + message("1767312001.000000", "private") + "]");

        try (SlackExport export = SlackExport.open(zip())) {
            assertThat(texts(export, SECRET)).containsExactly("private");
        }
    }

    @Test
    void readsARealExport() {
        Path data = Path.of(System.getProperty("chatpress.data", "../shared/data"));
        Path zip = data.resolve("clojurians-2018-02-01-to-05.zip");
        assumeTrue(Files.exists(zip), () -> "no real export at " + zip + ": set -Dchatpress.data to its folder");

        try (SlackExport export = SlackExport.open(zip)) {
            var all = new ArrayList<SlackMessage>();
            assertThat(export.channels()).hasSize(118).allSatisfy(channel -> {
                List<SlackMessage> messages = export.history(channel.id());
                SlackExport.HistorySummary summary = export.readHistory(channel.id(), part -> {});
                all.addAll(messages);
                assertThat(summary.problems()).allMatch(problem -> problem.startsWith("no folder is named "));
                assertThat(summary.problems().isEmpty())
                        .as("channels that the export has no folder for are empty")
                        .isNotEqualTo(messages.isEmpty());
                assertThat(summary.skippedEntries()).isZero();
            });
            assertThat(export.users()).hasSize(317);
            assertThat(all).hasSize(4_143).noneMatch(message -> message.text().contains("> and commented: "));
        }
    }

    private static String message(String ts, String text) {
        return "{\"type\": \"message\", \"user\": \"U1\", \"ts\": \"" + ts + "\", \"text\": \"" + text + "\"}";
    }

    private static List<String> problems(SlackExport export, ChannelId channel) {
        return export.readHistory(channel, part -> {}).problems();
    }

    private static List<String> texts(SlackExport export, ChannelId channel) {
        return export.history(channel).stream().map(SlackMessage::text).toList();
    }

    private Path zip() throws IOException {
        return zip(StandardCharsets.UTF_8);
    }

    private Path zip(Charset charset) throws IOException {
        Path zip = Files.createTempFile(folder, "export", ".zip");
        try (OutputStream bytes = Files.newOutputStream(zip);
                var out = new ZipOutputStream(bytes, charset)) {
            for (Map.Entry<String, String> file : files.entrySet()) {
                out.putNextEntry(new ZipEntry(file.getKey()));
                out.write(file.getValue().getBytes(StandardCharsets.UTF_8));
                out.closeEntry();
            }
        }
        return zip;
    }

    private Path unpacked() throws IOException {
        Path export = Files.createTempDirectory(folder, "export");
        for (Map.Entry<String, String> file : files.entrySet()) {
            Path path = export.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue());
        }
        return export;
    }
}
