package org.chatpress.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.chatpress.cli.Terminal.Printed;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class DemoCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @Test
    void servesItsPagesAndLeavesNothingBehind() throws Exception {
        try (var demo = new RunningDemo()) {
            Path published = Path.of(demo.printed().get(2).replace("The published files are in ", ""));
            assertThat(demo.printed().get(1))
                    .isEqualTo(
                            "The chat for a page of your own: " + demo.address() + "chats/council-meeting/live.json");
            assertThat(demo.printed().get(3))
                    .isEqualTo("Press Ctrl-C to stop the demo and delete them; --to DIR keeps them.");
            assertThat(published.getParent()).isDirectory();
            assertThat(demo.get("").body()).contains("class=\"newsroom\"").contains("<iframe ");
            assertThat(demo.get("readers.html").body()).contains("<live-chat src=");

            assertThat(demo.stop()).isZero();
            assertThat(published.getParent()).doesNotExist();
        }
    }

    @Test
    void theReadersPageAloneHasNoNewsroom() throws Exception {
        try (var demo = new RunningDemo("--readers")) {
            assertThat(demo.get("").body()).contains("<live-chat src=");
            assertThat(demo.get("api/newsroom").statusCode()).isEqualTo(404);
            assertThat(demo.act("{\"action\": \"post\", \"text\": \"hello\"}").statusCode())
                    .isEqualTo(405);
        }
    }

    @Test
    void theNewsroomShowsTheEmojiThatDecideAndTheNamesOfBots() throws Exception {
        try (var demo = new RunningDemo()) {
            JsonNode state = JSON.readTree(demo.get("api/newsroom").body());

            assertThat(state.path("emoji").toString()).isEqualTo("{\"hold\":\"⌛\",\"reject\":\"⛔\",\"approve\":\"✅\"}");
            assertThat(state.path("messages").findValuesAsText("author"))
                    .contains("Agenda Bot")
                    .doesNotContain("B07AGENDABT");
            Instant deadline = Instant.now().plusSeconds(20);
            while (!state.path("messages").findValuesAsText("reason").contains("approved by Bram Adeyemi with ✅")) {
                assertThat(Instant.now()).isBefore(deadline);
                Thread.sleep(200);
                state = JSON.readTree(demo.get("api/newsroom").body());
            }
            String approve = "{\"action\": \"approve\", \"ts\": \"%s\"}"
                    .formatted(state.path("tour").asText());
            demo.act(approve);
            demo.act(approve);
            while (!state.path("messages")
                    .findValuesAsText("reason")
                    .contains("approved by Ruth Castellanos with ✔️ ✅")) {
                assertThat(Instant.now()).isBefore(deadline.plusSeconds(20));
                Thread.sleep(200);
                state = JSON.readTree(demo.get("api/newsroom").body());
            }
        }
    }

    @Test
    void requestsOfOtherPagesChangeNothing() throws Exception {
        try (var demo = new RunningDemo()) {
            String post = "{\"action\": \"post\", \"text\": \"posted by another page\"}";
            String own = demo.address().substring(0, demo.address().length() - 1);
            String json = "application/json";

            assertThat(demo.post(post, "Content-Type", json).statusCode()).isEqualTo(403);
            for (String origin : List.of("http://evil.example", "http://localhost:1", "http://localhost", "null")) {
                assertThat(demo.post(post, "Origin", origin, "Content-Type", json)
                                .statusCode())
                        .as(origin)
                        .isEqualTo(403);
            }
            assertThat(demo.post(post, "Origin", own, "Content-Type", "text/plain")
                            .statusCode())
                    .isEqualTo(415);
            assertThat(demo.get("api/newsroom").body()).doesNotContain("posted by another page");

            assertThat(demo.act(post).statusCode()).isEqualTo(200);
            assertThat(demo.get("api/newsroom").body()).contains("posted by another page");
        }
    }

    @Test
    void invalidActionsAreRefused() throws Exception {
        try (var demo = new RunningDemo()) {
            for (String json : List.of(
                    "",
                    "[]",
                    "{",
                    "{\"action\": \"approve\"}",
                    "{\"action\": \"approve\", \"ts\": \"1.1\"}",
                    "{\"action\": \"delete\", \"ts\": \"1000000000.000000\"}",
                    "{\"action\": \"fly\", \"ts\": \"1000000000.000000\"}",
                    "{\"action\": \"post\", \"text\": \" \"}",
                    "{\"action\": \"post\", \"text\": \"a\", \"image\": \"?\"}",
                    "{\"action\": \"post\", \"text\": \"a\", \"image\": \"aGVsbG8=\"}")) {
                assertThat(demo.act(json).statusCode()).as(json).isEqualTo(400);
            }
        }
    }

    @Test
    void anExportHasAllItsChannelsAndNeedsNoApproval() throws Exception {
        try (var demo = new RunningDemo("examples/demo/export")) {
            JsonNode state =
                    JSON.readTree(demo.get("api/newsroom?chat=newsroom-chatter").body());

            assertThat(state.path("chats")).hasSize(2);
            assertThat(state.path("slug").asText()).isEqualTo("newsroom-chatter");
            assertThat(state.path("approval").asBoolean()).isFalse();
            assertThat(state.has("tour")).isFalse();
            assertThat(state.path("reporter").asText()).isEqualTo("You");
        }
    }

    @Test
    void aLargeExportSaysHowManyOfItsChannelsAreShown() throws Exception {
        Path export = Files.createDirectory(folder.resolve("export"));
        var channels = new StringBuilder();
        for (int i = 10; i < 22; i++) {
            channels.append("%s{\"id\": \"C0%d\", \"name\": \"channel-%d\"}".formatted(i == 10 ? "" : ",", i, i));
            Path day = Files.createDirectory(export.resolve("channel-" + i)).resolve("2026-03-10.json");
            Files.writeString(
                    day,
                    "[{\"type\": \"message\", \"user\": \"U0ROSA\", \"text\": \"hello\","
                            + " \"ts\": \"1773192570.0713%d\"}]".formatted(i));
        }
        Files.writeString(export.resolve("channels.json"), "[" + channels + "]");
        Files.writeString(export.resolve("users.json"), "[]");

        try (var demo = new RunningDemo(export.toString())) {
            assertThat(demo.printed().get(1)).isEqualTo("It shows the 10 busiest of 12 channels.");
        }
    }

    /** What the newsroom calls public is what the published files hold, whatever was done, and however fast. */
    @Test
    @Tag("fuzz")
    void fiveHundredRandomActionsEndWithBothSidesInAgreement() throws Exception {
        var random = new Random(20);
        List<String> actions =
                List.of("approve", "approve", "unapprove", "hold", "unhold", "reject", "unreject", "edit", "delete");
        var posted = new ArrayList<String>();
        try (var demo = new RunningDemo("--minutes", "1000")) {
            for (int i = 0; i < 500; i++) {
                String action = posted.isEmpty() || random.nextInt(6) == 0
                        ? "post"
                        : actions.get(random.nextInt(actions.size()));
                ObjectNode json = JSON.createObjectNode().put("action", action).put("text", "words " + i);
                if (!action.equals("post")) {
                    json.put("ts", posted.get(random.nextInt(posted.size())));
                }
                String answer = demo.act(json.toString()).body();
                if (action.equals("post")) {
                    posted.add(JSON.readTree(answer).path("ts").asText());
                }
            }

            Map<String, String> newsroom = newsroom(demo, posted);
            Instant deadline = Instant.now().plusSeconds(20);
            while (newsroom.containsValue("NEW") || !readers(demo, posted).equals(newsroom)) {
                assertThat(Instant.now()).isBefore(deadline);
                Thread.sleep(200);
                newsroom = newsroom(demo, posted);
            }
            assertThat(newsroom).hasSizeGreaterThan(3);
            assertThat(newsroom.values()).anyMatch(String::isEmpty);
        }
    }

    /** The texts that the newsroom calls public; an empty one while an edit waits, so that readers see an older one. */
    private static Map<String, String> newsroom(RunningDemo demo, List<String> posted) throws Exception {
        var texts = new TreeMap<String, String>();
        for (JsonNode message : JSON.readTree(demo.get("api/newsroom").body()).path("messages")) {
            String ts = message.path("ts").asText();
            String verdict = message.path("verdict").asText();
            if (posted.contains(ts) && List.of("APPROVED", "NEW").contains(verdict)) {
                String text =
                        verdict.equals("NEW") ? "NEW" : message.path("text").asText();
                texts.put(ts, message.path("editWaits").asBoolean() ? "" : text);
            }
        }
        return texts;
    }

    private static Map<String, String> readers(RunningDemo demo, List<String> posted) throws Exception {
        Map<String, String> newsroom = newsroom(demo, posted);
        var texts = new TreeMap<String, String>();
        for (JsonNode message :
                JSON.readTree(demo.get("chats/council-meeting.json").body()).path("messages")) {
            String ts = message.path("id").asText();
            if (posted.contains(ts)) {
                texts.put(
                        ts,
                        "".equals(newsroom.get(ts)) ? "" : message.path("text").asText());
            }
        }
        return texts;
    }

    @Test
    void aPortInUseIsReportedWithACommandThatUsesAnother() throws IOException {
        try (var other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Printed printed = Terminal.chatpress("demo", "--port", String.valueOf(other.getLocalPort()));

            assertThat(printed.exit()).isEqualTo(2);
            assertThat(printed.out()).isEmpty();
            assertThat(printed.err())
                    .startsWith("cannot serve http://localhost:%d/: Address already in use. To use another port: "
                            .formatted(other.getLocalPort()))
                    .contains("chatpress demo --port " + (other.getLocalPort() + 1) + "\n")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void aFolderThatCannotBeWrittenIsReportedAtOnce() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "not a folder");

        Printed printed =
                Terminal.chatpress("demo", "--to", file.resolve("public").toString());

        assertThat(printed.exit()).isEqualTo(2);
        assertThat(printed.out()).isEmpty();
        assertThat(printed.err())
                .startsWith("--to: cannot write a test file to directory " + file.resolve("public") + ": ")
                .contains(". Move it away: Chatpress needs a folder there.");
    }

    @Test
    void anExportThatDoesNotExistIsReported() {
        Printed printed =
                Terminal.chatpress("demo", folder.resolve("export.zip").toString());

        assertThat(printed.exit()).isEqualTo(2);
        assertThat(printed.err()).startsWith(folder.resolve("export.zip") + " has 1 problem:\n");
    }
}
