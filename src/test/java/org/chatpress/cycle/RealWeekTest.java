package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipFile;
import org.chatpress.cli.ChatpressCommand;
import org.chatpress.storage.DirectorySettings;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage;
import org.chatpress.support.SiteReader;
import org.chatpress.support.TestNewsroom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Five days of a real workspace with 118 channels. The expected messages are computed from the raw export without
 * Chatpress's own code. Skipped without the data, which may not be redistributed.
 */
@Tag("simulation")
class RealWeekTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path DATA = Path.of(System.getProperty("chatpress.data", "../shared/data"));
    private static final Path EXPORT = DATA.resolve("clojurians-2018-02-01-to-05.zip");
    private static final Path EVENTS = DATA.resolve("clojurians-2018-02-01-to-05.rtm.jsonl.gz");

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9,.?']+( [A-Za-z0-9,.?']+)*");
    private static final Pattern EMAIL = Pattern.compile("[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+");
    private static final Pattern CHANNEL = Pattern.compile("<#(C[A-Z0-9]+)\\|([^>]+)>");

    private static final Map<String, String> names = new TreeMap<>();
    private static final Map<String, List<JsonNode>> messages = new TreeMap<>();
    private static JsonNode people;

    @TempDir
    Path folder;

    /** Sites name high-resolution images like this; link previews contain such names. */
    private static final Pattern RETINA_IMAGE = Pattern.compile("[a-z0-9-]+@[23]x?\\.png");

    @BeforeAll
    static void readTheRawExport() throws IOException {
        assumeTrue(
                Files.exists(EXPORT) && Files.exists(EVENTS),
                () -> "no real week in " + DATA + ": set -Dchatpress.data to its folder");
        try (var zip = new ZipFile(EXPORT.toFile())) {
            people = json(zip, "users.json");
            json(zip, "channels.json")
                    .forEach(channel -> names.put(
                            channel.path("name").asText(), channel.path("id").asText()));
            for (var entry : zip.stream().toList()) {
                int slash = entry.getName().indexOf('/');
                if (slash > 0 && entry.getName().endsWith(".json")) {
                    String id = names.get(entry.getName().substring(0, slash));
                    json(zip, entry.getName())
                            .forEach(message -> messages.computeIfAbsent(id, channel -> new ArrayList<>())
                                    .add(message));
                }
            }
        }
    }

    @Test
    void publishesEveryPublicMessageAndNothingElse() throws IOException {
        Storage site = importedSite();

        int published = 0;
        for (String channel : names.values()) {
            Map<String, String> expected = publicTexts(channel);
            Map<String, JsonNode> chat = reader(site, channel).messages();
            assertThat(chat.keySet()).as("messages of %s", channel).isEqualTo(expected.keySet());
            expected.forEach((ts, text) -> {
                if (PLAIN.matcher(text).matches()) {
                    assertThat(chat.get(ts).path("text").asText()).isEqualTo(text);
                }
            });
            published += chat.size();
        }
        assertThat(published).isEqualTo(3_222);
    }

    @Test
    void leaksNothing() throws IOException {
        // The n of an escaped line break would look like part of an address.
        String site = everything(importedSite()).replace("\\n", "\n");

        String typed = names.values().stream()
                .flatMap(channel -> publicTexts(channel).values().stream())
                .collect(Collectors.joining("\n"));
        assertThat(found(Pattern.compile("[a-z0-9.-]*slack\\.com|gravatar\\.[a-z]+"), site))
                .isEmpty();
        assertThat(found(EMAIL, site))
                .as("addresses that no author typed")
                .filteredOn(found -> !RETINA_IMAGE.matcher(found).matches())
                .allMatch(typed::contains);
        Set<String> unlisted = CHANNEL.matcher(typed)
                .results()
                .filter(mention -> !names.containsValue(mention.group(1)))
                .map(mention -> mention.group(2))
                .collect(Collectors.toSet());
        assertThat(unlisted).isNotEmpty();
        assertThat(found(Pattern.compile("#[a-z0-9_-]+"), site))
                .doesNotContainAnyElementsOf(
                        unlisted.stream().map(name -> "#" + name).toList());
    }

    @Test
    void replayedEventsEndWithTheSameMessagesAsTheExport() throws IOException {
        Storage imported = importedSite();

        try (var newsroom = new TestNewsroom(folder.resolve("live"))) {
            names.values().forEach(newsroom.slack::channel);
            for (JsonNode person : people) {
                newsroom.slack.person(
                        person.path("id").asText(), person.path("real_name").asText());
            }
            newsroom.lists(names.values().stream().map(RealWeekTest::entry).toArray(String[]::new));
            int count = 0;
            for (String event : events()) {
                newsroom.slack.event(JSON.readTree(event).path("channel").asText(), event);
                if (++count % 100 == 0) {
                    newsroom.cycle();
                }
            }
            for (int i = 0; i < 20; i++) {
                newsroom.cycle();
            }

            for (String channel : names.values()) {
                assertThat(words(reader(newsroom.storage(), channel)))
                        .as("messages of %s", channel)
                        .isEqualTo(words(reader(imported, channel)));
            }
        }
    }

    /** The texts that must be public, as in Slack, by ts. */
    private static Map<String, String> publicTexts(String channel) {
        var texts = new TreeMap<String, String>();
        for (JsonNode message : messages.getOrDefault(channel, List.of())) {
            String subtype = message.path("subtype").asText("");
            String thread = message.path("thread_ts").asText("");
            String ts = message.path("ts").asText();
            String text = message.path("text").asText("");
            boolean written = Set.of("", "me_message", "thread_broadcast").contains(subtype);
            boolean bot = message.path("bot_id").isTextual();
            boolean reply = !thread.isEmpty() && !thread.equals(ts) && !subtype.equals("thread_broadcast");
            if (written && !bot && !reply && !text.isBlank()) {
                texts.put(ts, text);
            }
        }
        return texts;
    }

    /** The site that {@code import} and {@code render} make of the export. */
    private Storage importedSite() throws IOException {
        Path settings = folder.resolve("channels.yml");
        Files.writeString(settings, """
                slack: {token: none}
                database: %s
                publish: [{directory: never}]
                channels: [%s]
                """.formatted(
                        folder.resolve("imported.db"),
                        names.values().stream().map(RealWeekTest::entry).collect(Collectors.joining(", "))));
        Path site = folder.resolve("site");
        assertThat(chatpress("--config", settings.toString(), "import", EXPORT.toString()))
                .isZero();
        assertThat(chatpress("--config", settings.toString(), "render", "--to", site.toString()))
                .isZero();
        return new DirectorySettings(site).storage();
    }

    private static int chatpress(String... arguments) {
        PrintStream out = System.out;
        System.setOut(new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8));
        try {
            return ChatpressCommand.run(arguments);
        } finally {
            System.setOut(out);
        }
    }

    private static String entry(String channel) {
        return "{id: %s, slug: %s, since: 2018-01-31T00:00:00Z, headline: A channel, approval: none}"
                .formatted(channel, slug(channel));
    }

    private static String slug(String channel) {
        return channel.toLowerCase(Locale.ROOT);
    }

    private static SiteReader reader(Storage site, String channel) {
        return new SiteReader(site, slug(channel));
    }

    /** Everything that readers see of the messages, except the time of publishing. */
    private static Map<String, JsonNode> words(SiteReader reader) {
        Map<String, JsonNode> words = reader.messages();
        words.values().forEach(message -> ((ObjectNode) message).remove("published_at"));
        return words;
    }

    private static String everything(Storage site) {
        return site.list("").stream()
                .map(ObjectKey::value)
                .map(key -> key + "\n"
                        + new String(site.read(new ObjectKey(key)).orElseThrow().bytes(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("\n"));
    }

    private static Set<String> found(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(MatchResult::group).collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<String> events() throws IOException {
        try (var lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(EVENTS)), StandardCharsets.UTF_8))) {
            return lines.lines().toList();
        }
    }

    private static JsonNode json(ZipFile zip, String name) throws IOException {
        try (InputStream bytes = zip.getInputStream(zip.getEntry(name))) {
            return JSON.readTree(bytes);
        }
    }
}
