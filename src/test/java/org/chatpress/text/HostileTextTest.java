package org.chatpress.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.PublicMessage.LinkPreview;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.support.HostileTexts;
import org.chatpress.text.MessageFormatter.FormattedText;
import org.chatpress.text.MessageFormatter.ResolvedNames;
import org.chatpress.text.document.HtmlSanitizer;
import org.chatpress.text.pattern.PatternMatcher;
import org.chatpress.text.pattern.PatternRule;
import org.chatpress.text.pattern.Regex;
import org.jsoup.nodes.Attribute;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A corpus of hostile texts in every place where Slack or channels.yml has text. */
@Tag("slow")
class HostileTextTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final MessageFormatter FORMATTER = new MessageFormatter(EmojiTable.standard());
    private static final Set<String> ELEMENTS = Set.of(
            "p",
            "br",
            "strong",
            "em",
            "s",
            "u",
            "code",
            "pre",
            "blockquote",
            "ul",
            "ol",
            "li",
            "a",
            "span",
            "img",
            "time",
            "table",
            "caption",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
            "b",
            "h2");
    private static final Set<String> ATTRIBUTES = Set.of(
            "p class", "ol start", "a href", "a rel", "span class", "img class", "img alt", "img src", "time datetime");
    private static final Pattern URL = Pattern.compile("(?i)(?:https?://[\\p{L}\\p{N}]|mailto:|tel:).*");
    /** HTML of an editor may also link to other pages of the site. */
    private static final Pattern EDITOR_URL =
            Pattern.compile("(?is)(?:https?:|mailto:|tel:).*|(?![a-z][a-z0-9+.-]*:).*");

    private static final Pattern INVISIBLE = Pattern.compile(
            "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069\\ufeff\\ufdd0-\\ufdef]");
    private static final Pattern PRIVATE = Pattern.compile("(?i)[a-z0-9-]\\.slack\\.com|(?<![a-z0-9])slack://");

    static List<String> corpus() {
        return HostileTexts.all();
    }

    @Test
    void theCorpusIsLarge() {
        assertThat(corpus()).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(150);
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void hostileMrkdwnIsHarmless(String hostile) {
        assertHarmless(format(hostile, names("Ada"), PatternMatcher.NONE));
        assertHarmless(format(
                "*" + hostile + "* _a " + hostile + "_ `" + hostile + "` ```" + hostile + "```",
                names("Ada"),
                PatternMatcher.NONE));
        assertHarmless(format(
                "<https://a.example/" + hostile + "|" + hostile + "> &gt; " + hostile,
                names("Ada"),
                PatternMatcher.NONE));
        assertHarmless(format("\n&gt;&gt;&gt;" + hostile + "\n" + hostile, names("Ada"), PatternMatcher.NONE));
        assertThat(format(hostile, names("Ada"), PatternMatcher.NONE).text()).doesNotContain("secret-");
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void hostileTextInAnyFieldOfBlocksIsHarmless(String hostile) {
        String blocks = """
                [{"type": "rich_text", "elements": [
                  {"type": "rich_text_section", "elements": [{"type": "text", "text": "$"},
                  {"type": "text", "text": "$", "style": {"bold": true, "code": true}},
                    {"type": "link", "url": "$", "text": "$"},
                    {"type": "link", "url": "https://a.example/$", "text": "$", "style": {"code": true}},
                    {"type": "link", "url": "$"},
                    {"type": "user", "user_id": "$"}, {"type": "channel", "channel_id": "$"},
                    {"type": "usergroup", "usergroup_id": "$"}, {"type": "broadcast", "range": "$"},
                    {"type": "emoji", "name": "$"}, {"type": "emoji", "name": "siren", "unicode": "$"},
                    {"type": "emoji", "name": "$", "unicode": "3c-73-3e"}, {"type": "color", "value": "$"},
                    {"type": "date", "timestamp": "$", "format": "{date}", "fallback": "$"},
                    {"type": "date", "timestamp": 1, "format": "{time} $", "url": "$", "fallback": "$"},
                    {"type": "$", "text": "$"}, {"type": "unheard_of", "text": "$", "url": "$", "fallback": "$"}]},
                  {"type": "rich_text_list", "style": "$", "indent": "$", "offset": "$", "border": "$",
                  "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "$"}]}]},
                  {"type": "rich_text_list", "style": "ordered", "indent": 99999999, "offset": 2147483647,
                  "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "$"}]}]},
                  {"type": "rich_text_quote", "elements": [{"type": "text", "text": "$"}]},
                  {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "$"},
                  {"type": "link", "url": "$"}]}]},
                 {"type": "header", "text": {"type": "plain_text", "text": "$"}},
                 {"type": "section", "text": {"type": "mrkdwn", "text": "$"}, "fields": [{"type": "plain_text",
                 "text": "$"}, "$"]},
                 {"type": "context", "elements": [{"type": "mrkdwn", "text": "$"},
                 {"type": "image", "image_url": "$", "alt_text": "$"}]},
                 {"type": "image", "image_url": "$", "alt_text": "$", "title": {"type": "plain_text",
                 "text": "$"}}, {"type": "image", "image_url": "https://a.example/$", "alt_text": "$"},
                 {"type": "video", "title": "$", "title_url": "$", "description": "$"},
                 {"type": "markdown", "text": "$"},
                 {"type": "data_table", "caption": "$", "rows": [[{"type": "raw_text", "text": "$"},
                 {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text",
                 "text": "$"}]}]}, "$"]]},
                 {"type": "$", "text": "$", "title": "$"}]""";

        ObjectNode message = JSON.createObjectNode().put("text", hostile);
        message.set("blocks", filled(tree(blocks), hostile));
        FormattedText formatted = FORMATTER.format(
                new SlackMessage(new MessageTs("1793758925.000100"), message),
                names("Ada"),
                ZoneOffset.UTC,
                PatternMatcher.NONE);

        assertHarmless(formatted);
        Mentions.in(new SlackMessage(new MessageTs("1793758925.000100"), message));
        new SlackMessage(new MessageTs("1793758925.000100"), message).blockTexts();
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void hostileNamesAndEmojiUrlsAreHarmless(String hostile) {
        assertHarmless(format("<@U123> <#C123> :siren: :alias:", names(hostile), PatternMatcher.NONE));
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void hostileTextInMatchesOfPatternsIsHarmless(String hostile) {
        String html =
                "<b title=\"$1\" onclick=$1>$1</b><a href=$1>$1</a><a href='$1'>x</a><img src=$1 alt=$1><h2>$0</h2>";
        var rule = new PatternRule(
                new Regex("(?s)x(.+)x"),
                Optional.of(html),
                List.of("$1"),
                Map.of("k", "$1"),
                Map.of("url", "$1", "image", "$1", "title", "$1"));

        FormattedText formatted =
                format("before x" + hostile + "x after", names("Ada"), new PatternMatcher(List.of(rule)));

        assertHarmless(formatted, EDITOR_URL);
        formatted.matches().previews().forEach(HostileTextTest::assertHarmless);
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void hostileTextInLinkPreviewsIsHarmless(String hostile) {
        JsonNode newest = filled(tree("""
                {"attachments": [
                  {"from_url": "https://a.example/", "title": "$", "text": "$", "author_name": "$",
                  "service_name": "$", "image_url": "$", "title_link": "$"},
                  {"from_url": "https://b.example", "title": {"x": "$"}, "text": ["$"],
                  "thumb_url": "https://a.example/$"},
                  {"from_url": "$", "title": "$"},
                  {"original_url": "https://a.example/$", "title": "$"}, "$"]}"""), hostile);
        ObjectNode approved = JSON.createObjectNode()
                .put(
                        "text",
                        "<https://a.example> <https://b.example> <" + hostile + "> <https://a.example/" + hostile
                                + ">");
        var ts = new MessageTs("1793758925.000100");

        List<LinkPreview> shown = FORMATTER.linkPreviews(new SlackMessage(ts, approved), new SlackMessage(ts, newest));

        assertThat(shown).hasSizeBetween(2, 4).allSatisfy(HostileTextTest::assertHarmless);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*_~",
                "~_*a",
                "*a _b ~c ",
                "&gt; *a* ",
                "```a``` ",
                "`a` ",
                "<https://a.example|b> ",
                "<@U123> ",
                "<",
                ">",
                "&amp;",
                ":tada:",
                ":a",
                "a.slack.com ",
                "\n",
                "\n\n&gt; a",
                "<!date^1^{date}|x>",
                "\ud83d",
                "\u202e",
                "(",
                "a"
            })
    void memoryGrowsLinearlyWithTheText(String piece) {
        int length = 1 << 19;
        String half = piece.repeat(length / piece.length());
        String whole = half + half;
        assertThat(format(whole, names("Ada"), PatternMatcher.NONE).html().length())
                .isLessThan(200 * length);

        long one = allocated(() -> format(half, names("Ada"), PatternMatcher.NONE));
        long two = allocated(() -> format(whole, names("Ada"), PatternMatcher.NONE));

        assertThat((double) two / one).isLessThan(2.6);
    }

    @Test
    void tenThousandDelimitersNestThreeDeep() {
        FormattedText formatted =
                format("*_~".repeat(10_000) + "x" + "~_*".repeat(10_000), names("Ada"), PatternMatcher.NONE);

        assertHarmless(formatted);
        assertThat(formatted.text()).contains("x");
    }

    @Test
    void limitsTheDepthOfNestedBlocks() {
        ArrayNode elements = JSON.createArrayNode();
        ArrayNode at = elements;
        for (int i = 0; i < 900; i++) {
            ObjectNode inner = at.addObject().put("type", i % 2 == 0 ? "rich_text_quote" : "rich_text_list");
            at = inner.put("indent", i % 9).putArray("elements");
        }
        at.addObject().put("type", "text").put("text", "deep");
        ObjectNode message = JSON.createObjectNode();
        message.putArray("blocks").addObject().put("type", "rich_text").set("elements", elements);

        FormattedText formatted = FORMATTER.format(
                new SlackMessage(new MessageTs("1793758925.000100"), message),
                names("Ada"),
                ZoneOffset.UTC,
                PatternMatcher.NONE);

        assertHarmless(formatted);
        assertThat(formatted.text()).contains("deep");
    }

    @Test
    void memoryGrowsLinearlyWithStyledElements() {
        long one = allocated(() -> formatElements(10_000));
        long two = allocated(() -> formatElements(20_000));

        assertThat((double) two / one).isLessThan(2.6);
    }

    private static FormattedText formatElements(int count) {
        ObjectNode message = JSON.createObjectNode();
        ArrayNode elements = message.putArray("blocks")
                .addObject()
                .put("type", "rich_text")
                .putArray("elements")
                .addObject()
                .put("type", "rich_text_section")
                .putArray("elements");
        for (int i = 0; i < count; i++) {
            ObjectNode style = elements.addObject()
                    .put("type", "text")
                    .put("text", i % 3 == 0 ? " " : "a")
                    .putObject("style");
            style.put("bold", i % 2 == 0).put("italic", i % 5 == 0).put("code", i % 7 == 0);
        }
        return FORMATTER.format(
                new SlackMessage(new MessageTs("1793758925.000100"), message),
                names("Ada"),
                ZoneOffset.UTC,
                PatternMatcher.NONE);
    }

    private static void assertHarmless(FormattedText formatted) {
        assertHarmless(formatted, URL);
    }

    private static void assertHarmless(FormattedText formatted, Pattern urls) {
        Element body = Html5.read(formatted.html());
        body.getAllElements().stream().skip(1).forEach(element -> {
            assertThat(ELEMENTS).as(formatted.html()).contains(element.tagName());
            for (Attribute attribute : element.attributes()) {
                assertThat(ATTRIBUTES).as(formatted.html()).contains(element.tagName() + " " + attribute.getKey());
                if (Set.of("href", "src").contains(attribute.getKey())) {
                    assertThat(attribute.getValue()).as(formatted.html()).matches(urls);
                }
            }
        });
        assertThat(HtmlSanitizer.sanitize(formatted.html()))
                .as("sanitized twice")
                .isEqualTo(formatted.html());
        for (String text : List.of(formatted.html(), formatted.text())) {
            assertThat(text).doesNotContainPattern(INVISIBLE).doesNotContainPattern(PRIVATE);
            assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(text))
                    .as("no unpaired surrogates")
                    .isTrue();
        }
    }

    private static void assertHarmless(LinkPreview preview) {
        assertThat(preview.url()).matches("|https?://[\\p{L}\\p{N}][^\\s\"<>]*");
        assertThat(preview.image()).matches("|https://[\\p{L}\\p{N}][^\\s\"<>]*");
        assertThat(List.of(
                        preview.title(),
                        preview.text(),
                        preview.author(),
                        preview.service(),
                        preview.url(),
                        preview.image()))
                .allSatisfy(text -> {
                    assertThat(text).doesNotContainPattern(INVISIBLE).doesNotContainPattern(PRIVATE);
                    assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(text))
                            .isTrue();
                });
    }

    /** The bytes that a second run allocates, which do not depend on the speed of the machine. */
    private static long allocated(Runnable task) {
        task.run();
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        task.run();
        return threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
    }

    private static FormattedText format(String mrkdwn, ResolvedNames names, PatternMatcher patterns) {
        return FORMATTER.format(mrkdwn, names, ZoneOffset.UTC, patterns);
    }

    private static ResolvedNames names(String name) {
        return new ResolvedNames(
                Map.of(new UserId("U123"), name),
                Map.of(new ChannelId("C123"), name),
                new CustomEmoji(Map.of("alias", name), Map.of("siren", name)));
    }

    private static JsonNode tree(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new IllegalArgumentException(json, e);
        }
    }

    /** The tree with each dollar sign replaced by the text. */
    private static JsonNode filled(JsonNode node, String text) {
        if (node.isTextual()) {
            return JSON.getNodeFactory().textNode(node.textValue().replace("$", text));
        }
        if (node.isArray()) {
            ArrayNode array = JSON.createArrayNode();
            node.forEach(item -> array.add(filled(item, text)));
            return array;
        }
        if (node.isObject()) {
            ObjectNode object = JSON.createObjectNode();
            node.properties().forEach(member -> object.set(member.getKey(), filled(member.getValue(), text)));
            return object;
        }
        return node;
    }
}
