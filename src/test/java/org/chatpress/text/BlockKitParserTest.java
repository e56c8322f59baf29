package org.chatpress.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.text.MessageFormatter.FormattedText;
import org.chatpress.text.MessageFormatter.ResolvedNames;
import org.chatpress.text.document.HtmlSanitizer;
import org.chatpress.text.document.HtmlWriter;
import org.chatpress.text.pattern.PatternMatcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BlockKitParserTest {
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(JsonReadFeature.ALLOW_SINGLE_QUOTES).build();
    private static final ZoneId ZONE = ZoneId.of("America/New_York");
    private static final MessageFormatter FORMATTER = new MessageFormatter(EmojiTable.standard());
    private static final ResolvedNames NAMES = new ResolvedNames(
            Map.of(new UserId("U123"), "Ada Lovelace"),
            Map.of(new ChannelId("C123"), "election-night"),
            new CustomEmoji(
                    Map.of("alias-of-tada", "🎉"),
                    Map.of(
                            "siren", "https://static.example/emoji/siren.png",
                            "hotlinked", "https://emoji.slack-edge.com/T1/hotlinked/1.png")));

    /** An entry of the corpus: a name and the JSON of blocks, followed in the file by their HTML and plain text. */
    record Entry(String name, String blocks) {
        String rendered() {
            FormattedText formatted = format(blocks);
            return "## " + name + "\n" + blocks.strip() + "\n-- html\n" + formatted.html() + "\n-- text\n"
                    + formatted.text();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    @Test
    void rendersTheCorpusAsReviewed() throws IOException {
        String rendered = entries().map(Entry::rendered).collect(Collectors.joining("\n\n", "", "\n"));

        Files.writeString(Path.of("target", "blocks-corpus.txt"), rendered);
        assertThat(rendered).isEqualTo(corpus());
    }

    @ParameterizedTest
    @MethodSource("entries")
    void everyBlockTypeIsWellFormedAndUnchangedBySanitizing(Entry entry) throws JsonProcessingException {
        String html = format(entry.blocks()).html();

        Html5.assertWellFormed(html);
        assertThat(html)
                .isEqualTo(HtmlWriter.write(MessageFormatter.parse(
                        message(entry.blocks(), ""), new ReferenceResolver(NAMES, ZONE, EmojiTable.standard()))));
        assertThat(HtmlSanitizer.sanitizeMessage(html)).isEqualTo(html);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "null",
                "7",
                "{}",
                "{'type':'divider'}",
                "{'type':'rich_text'}",
                "{'type':'rich_text','elements':[{'type':'rich_text_section','elements':[{'type':'text','text':' \\n'}]}]}",
                "{'type':'rich_text','elements':[{'type':'rich_text_list','elements':[{'type':'rich_text_section'}]}]}",
                "{'type':'actions','elements':[{'type':'button','text':{'type':'plain_text','text':'Press'}}]}",
                "{'type':'table','rows':[[{'type':'raw_text','text':''}]]}",
            })
    void showsTheTextIfTheBlocksContainNothingToShow(String blocks) {
        SlackMessage message = message(blocks, "*said* in text");

        assertThat(FORMATTER.format(message, NAMES, ZONE, PatternMatcher.NONE))
                .isEqualTo(new FormattedText("<p><strong>said</strong> in text</p>", "said in text"));
        assertThat(FORMATTER.format(message(blocks, ""), NAMES, ZONE, PatternMatcher.NONE))
                .isEqualTo(new FormattedText("", ""));
    }

    @Test
    void showsOnlyTheBlocksIfTheyContainAnything() {
        assertThat(FORMATTER
                        .format(
                                message("{'type':'markdown','text':'in blocks'}", "a notification"),
                                NAMES,
                                ZONE,
                                PatternMatcher.NONE)
                        .text())
                .isEqualTo("in blocks");
    }

    @Test
    void findsMentionsInBlocksAndText() {
        String blocks = "[{'type':'rich_text','elements':[{'type':'rich_text_list','elements':["
                + "{'type':'rich_text_section','elements':[{'type':'user','user_id':'U2'},{'type':'user','user_id':'nobody'},"
                + "{'type':'channel','channel_id':'C22'}]}]}]},"
                + "{'type':'context','elements':[{'type':'mrkdwn','text':'<@U3> in <#C33|secret>'}]}]";

        Mentions mentions = Mentions.in(message(blocks, "<@U1|ada> <#C11> <#>"));

        assertThat(mentions.users()).containsExactly(new UserId("U2"), new UserId("U3"), new UserId("U1"));
        assertThat(mentions.channels())
                .containsExactly(new ChannelId("C22"), new ChannelId("C33"), new ChannelId("C11"));
    }

    static Stream<Entry> entries() throws IOException {
        return Arrays.stream(corpus().split("(?m)^## "))
                .filter(entry -> !entry.isBlank())
                .map(BlockKitParserTest::entry);
    }

    private static Entry entry(String text) {
        int line = text.indexOf('\n');
        int end = text.indexOf("\n-- html");
        return new Entry(
                text.substring(0, line),
                text.substring(line + 1, end < 0 ? text.length() : end).strip());
    }

    private static String corpus() throws IOException {
        try (var corpus = BlockKitParserTest.class.getResourceAsStream("blocks-corpus.txt")) {
            return new String(corpus.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static FormattedText format(String blocks) {
        return FORMATTER.format(message(blocks, ""), NAMES, ZONE, PatternMatcher.NONE);
    }

    private static SlackMessage message(String blocks, String text) {
        try {
            JsonNode read = JSON.readTree(blocks);
            ObjectNode message = JSON.createObjectNode().put("text", text);
            message.set("blocks", read.isArray() ? read : JSON.createArrayNode().add(read));
            return new SlackMessage(new MessageTs("1793758925.000100"), message);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(blocks, e);
        }
    }
}
