package org.chatpress.slackexport;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.imageio.ImageIO;
import org.chatpress.model.ChannelId;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.model.slack.SlackMessage.Reaction;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

class DemoContentTest {
    private static final Path FOLDER = Path.of("examples/demo");
    private static final ChannelId MEETING = new ChannelId("C07LARKMEET");
    private static final ChannelId CHATTER = new ChannelId("C07LARKCHAT");
    private static final Set<UserId> EDITORS = Set.of(new UserId("U06A1BADY7P"), new UserId("U06C3RCST9Z"));

    private final SlackExport export = SlackExport.demo();
    private final List<SlackMessage> meeting = export.history(MEETING);

    @Test
    void sixReportersWriteAboutAHundredAndTwentyMessages() {
        Set<UserId> writers = meeting.stream()
                .filter(message -> message.bot().isEmpty())
                .map(message -> message.author().orElseThrow())
                .collect(Collectors.toSet());

        assertThat(meeting).hasSizeBetween(115, 125);
        assertThat(writers)
                .hasSize(6)
                .allSatisfy(writer -> assertThat(export.users()).containsKey(writer));
        assertThat(export.history(CHATTER)).hasSize(6);
    }

    /** A replay happens on another day, at another hour, and faster: pages show its own times beside the words. */
    @Test
    void noMessageNamesTheTimeOrTheDateOfTheMeeting() {
        assertThat(meeting)
                .extracting(message -> message.json().toString())
                .noneMatch(
                        json -> Pattern.compile("\\b[6-8]:\\d\\d\\b|March \\d|\\bago\\b|after midnight|minute recess")
                                .matcher(json)
                                .find());
    }

    @Test
    void hasNoProblems() throws IOException {
        assertThat(export.problems()).isEmpty();
        for (ChannelId channel : List.of(MEETING, CHATTER)) {
            SlackExport.HistorySummary history = export.readHistory(channel, part -> {});
            assertThat(history.problems()).isEmpty();
            assertThat(history.skippedEntries()).isZero();
        }
        try (Stream<Path> days = Files.list(FOLDER.resolve("export/council-meeting"))) {
            List<String> ts = days.sorted()
                    .flatMap(day -> StreamSupport.stream(json(day).spliterator(), false))
                    .map(message -> message.path("ts").asText())
                    .toList();
            assertThat(ts).isSorted().doesNotHaveDuplicates().hasSize(meeting.size());
        }
    }

    @Test
    void theJarContainsTheDirectoryUnchanged() throws IOException {
        Path folder = FOLDER.resolve("export");
        try (Stream<Path> files = Files.walk(folder)) {
            List<String> names = files.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString().replace('\\', '/'))
                    .sorted()
                    .toList();
            assertThat(Files.readAllLines(FOLDER.resolve("export.txt"))).isEqualTo(names);
        }
        try (SlackExport unpacked = SlackExport.open(folder)) {
            assertThat(unpacked.history(MEETING)).isEqualTo(meeting);
            assertThat(unpacked.users()).isEqualTo(export.users());
        }
    }

    @Test
    void twoEditorsApproveMostMessages() {
        List<SlackMessage> approved = meeting.stream()
                .filter(message -> hasReaction(message, "white_check_mark"))
                .toList();

        assertThat(approved.size()).isBetween(meeting.size() * 3 / 4, meeting.size() * 9 / 10);
        assertThat(approved)
                .allSatisfy(message -> assertThat(EDITORS).as(message.text()).containsAll(approvers(message)));
        assertThat(approved)
                .as("no author approves their own message")
                .noneMatch(
                        message -> approvers(message).contains(message.author().orElseThrow()));
    }

    @Test
    void hasAnExampleOfEachSituation() {
        assertThat(meeting.stream().filter(message -> hasReaction(message, "no_entry")))
                .hasSize(2);
        assertThat(meeting.stream().filter(message -> hasReaction(message, "hourglass")))
                .hasSize(1);
        assertThat(meeting.stream().filter(message -> message.text().startsWith("&lt;#&gt;")))
                .hasSize(1);
        assertThat(meeting.stream().filter(message -> message.json().has("deleted_after")))
                .hasSize(1);
        assertThat(meeting.stream().filter(message -> message.bot().isPresent()))
                .isNotEmpty();
        assertThat(subtypes()).contains("channel_join", "bot_message", "thread_broadcast");
    }

    @Test
    void hasThreePhotosWithDescriptions() throws IOException {
        List<JsonNode> photos = meeting.stream()
                .filter(message -> hasReaction(message, "white_check_mark"))
                .flatMap(message ->
                        StreamSupport.stream(message.json().path("files").spliterator(), false))
                .toList();

        assertThat(photos).hasSize(3);
        for (JsonNode photo : photos) {
            byte[] bytes = export.readUploadedFile(photo.path("id").asText(), 80 * 1024);
            BufferedImage image = ImageIO.read(new ByteArrayInputStream(bytes));
            assertThat(bytes).hasSize(photo.path("size").asInt());
            assertThat(image.getWidth()).isEqualTo(photo.path("original_w").asInt());
            assertThat(image.getHeight()).isEqualTo(photo.path("original_h").asInt());
            assertThat(photo.path("alt_txt").asText()).hasSizeGreaterThan(40);
        }
    }

    @Test
    void editorsPinMarkKeyEventsAndCorrect() {
        assertThat(meeting.stream().filter(message -> hasEditorReaction(message, "pushpin")))
                .hasSize(1);
        assertThat(meeting.stream().filter(message -> hasEditorReaction(message, "key")))
                .hasSize(2);
        assertThat(meeting.stream()
                        .filter(message -> message.text().startsWith("correction: "))
                        .map(message -> message.author().orElseThrow()))
                .hasSize(1)
                .allMatch(EDITORS::contains);
    }

    @Test
    void editsAreFarEnoughFromTheirApprovalsToBeSeen() {
        List<SlackMessage> edited = meeting.stream()
                .filter(message -> message.editedAt().isPresent())
                .toList();

        assertThat(edited).hasSize(2).allSatisfy(message -> {
            Instant approved = message.ts()
                    .instant()
                    .plusSeconds(
                            reaction(message, "white_check_mark").path("at").asLong());
            Instant again = message.ts()
                    .instant()
                    .plusSeconds(
                            reaction(message, "heavy_check_mark").path("at").asLong());
            assertThat(message.json().path("original_text").asText()).isNotEqualTo(message.text());
            assertThat(approved.plusSeconds(400)).isBefore(message.editedAt().orElseThrow());
            assertThat(message.editedAt().orElseThrow().plusSeconds(400)).isBefore(again);
        });
    }

    @Test
    void everythingIsFictitious() throws IOException {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            String text = files.filter(file -> file.toString().matches(".*\\.(json|yml|txt|html|css|js)"))
                    .map(DemoContentTest::read)
                    .collect(Collectors.joining("\n"));

            assertThat(all("https?://([^/\\s|\">'<)]+)", text).map(match -> match.group(1)))
                    .isNotEmpty()
                    .as("addresses, beside the one where a Slack app is created")
                    .allMatch(host -> host.matches("(.*\\.)?example(\\.org)?|api\\.slack\\.com"));
            assertThat(all("[A-Za-z0-9._-]+@[A-Za-z0-9-]+\\.[A-Za-z]+", text)).isEmpty();
        }
        assertThat(export.users().values())
                .allSatisfy(profile -> assertThat(profile.image48()).isEmpty());
    }

    @Test
    void mentionedUsersExist() {
        for (SlackMessage message : meeting) {
            assertThat(all("<@([A-Z0-9]+)>", message.text()).map(match -> new UserId(match.group(1))))
                    .allMatch(export.users()::containsKey);
            assertThat(message.reactions().stream().flatMap(reaction -> reaction.users().stream()))
                    .allMatch(export.users()::containsKey);
        }
    }

    @Test
    void theSettingsPublishOnlyTheMeeting() {
        JsonNode settings = new com.fasterxml.jackson.databind.ObjectMapper()
                .valueToTree(new Yaml().load(read(FOLDER.resolve("channels.yml"))));

        assertThat(settings.path("channels")).hasSize(1);
        assertThat(settings.at("/channels/0/id").asText()).isEqualTo(MEETING.value());
        assertThat(settings.at("/defaults/approval/approvers"))
                .extracting(JsonNode::asText)
                .containsExactlyInAnyOrderElementsOf(
                        EDITORS.stream().map(UserId::value).toList());
    }

    private Set<String> subtypes() {
        return meeting.stream().map(SlackMessage::subtype).collect(Collectors.toSet());
    }

    private static boolean hasReaction(SlackMessage message, String emoji) {
        return message.reactions().stream()
                .anyMatch(reaction -> reaction.emoji().equals(emoji));
    }

    /** True if an editor reacted to the message and it is public. */
    private static boolean hasEditorReaction(SlackMessage message, String emoji) {
        return hasReaction(message, "white_check_mark")
                && message.reactions().stream()
                        .filter(reaction -> reaction.emoji().equals(emoji))
                        .anyMatch(reaction -> EDITORS.containsAll(reaction.users()));
    }

    private static List<UserId> approvers(SlackMessage message) {
        return message.reactions().stream()
                .filter(reaction -> reaction.emoji().endsWith("_check_mark"))
                .map(Reaction::users)
                .flatMap(List::stream)
                .toList();
    }

    private static JsonNode reaction(SlackMessage message, String emoji) {
        for (JsonNode reaction : message.json().path("reactions")) {
            if (reaction.path("name").asText().equals(emoji)) {
                return reaction;
            }
        }
        throw new AssertionError("no " + emoji + " on: " + message.text());
    }

    private static Stream<MatchResult> all(String pattern, String text) {
        return Pattern.compile(pattern).matcher(text).results();
    }

    private static JsonNode json(Path file) {
        try {
            return new ObjectMapper().readTree(read(file));
        } catch (IOException e) {
            throw new AssertionError(file.toString(), e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(file.toString(), e);
        }
    }
}
