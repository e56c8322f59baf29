package org.chatpress.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.chatpress.model.ChannelId;
import org.chatpress.model.UserId;
import org.chatpress.text.MessageFormatter.FormattedText;
import org.chatpress.text.MessageFormatter.ResolvedNames;
import org.chatpress.text.document.HtmlSanitizer;
import org.chatpress.text.document.HtmlWriter;
import org.chatpress.text.pattern.PatternMatcher;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

/** Random mixes of everything that has a meaning in mrkdwn or HTML. */
@Tag("fuzz")
class MrkdwnFuzzTest {
    private static final Set<String> TAGS =
            Set.of("message", "p", "br", "strong", "em", "s", "code", "pre", "blockquote", "a", "span");
    private static final List<String> PIECES = List.of(
            "*",
            "_",
            "~",
            "`",
            "```",
            "*_",
            "_*",
            "\n",
            "\n\n",
            " ",
            "&gt;",
            "&gt;&gt;&gt;",
            "\n&gt; ",
            "&lt;",
            "&amp;",
            "&amp;lt;",
            "&",
            "<",
            ">",
            "|",
            "<@U123>",
            "<@U9SECRET|joe>",
            "<#C123>",
            "<#C9SECRET|secret>",
            "<!here>",
            "<!subteam^S9SECRET|@secret>",
            "<!date^1^{x}|a date>",
            "<!x>",
            "<https://a.example/b_c?d=1&amp;e=%27'(2)|label>",
            "<https://a.example>",
            "<https://secret.slack.com/archives/C9SECRET>",
            "<https://secret.slack.com|desk>",
            "<https://a.example/\"|x\"y>",
            "<javascript:alert(1)|x>",
            "<mailto:a@b.example|a@b.example>",
            "<",
            "<script>",
            "</script>",
            "<img src=x onerror=alert(1)>",
            "<!--",
            "-->",
            "&#60;",
            "\"",
            "'",
            "=",
            "{{",
            "@",
            ":",
            ":tada:",
            ":wave::skin-tone-3:",
            ":nope:",
            "10:30",
            "word",
            "a",
            "é",
            "שלום",
            "👋",
            "\ud83d",
            "\udc4b",
            "\u202e",
            "\u0000",
            "\r",
            "\u2028",
            "\ufffe",
            "\t",
            "\u00a0",
            "/",
            "\\",
            ".",
            "]]>",
            "<![CDATA[");

    private final ResolvedNames names = new ResolvedNames(
            Map.of(new UserId("U123"), "A <b>\"'&amp; _x_"), Map.of(new ChannelId("C123"), "news"), CustomEmoji.none());
    private final EmojiTable emoji = EmojiTable.standard();
    private final MessageFormatter formatter = new MessageFormatter(emoji);

    @Test
    void everyMixIsWellFormedSanitizedAndFreeOfPrivateNames() throws Exception {
        var random = new Random(7);
        DocumentBuilder xml = DocumentBuilderFactory.newInstance().newDocumentBuilder();

        for (int i = 0; i < 20_000; i++) {
            String mrkdwn = mix(random);
            FormattedText formatted = formatter.format(mrkdwn, names, ZoneOffset.UTC, PatternMatcher.NONE);
            String unsanitized = HtmlWriter.write(
                    MessageFormatter.parse(mrkdwn, new ReferenceResolver(names, ZoneOffset.UTC, emoji)));

            assertThat(formatted.html())
                    .as("unchanged by sanitizing: %s", mrkdwn)
                    .isEqualTo(unsanitized);
            assertThat(HtmlSanitizer.sanitizeMessage(formatted.html()))
                    .as("sanitized twice: %s", mrkdwn)
                    .isEqualTo(formatted.html());
            assertThat(formatted.html() + formatted.text()).as(mrkdwn).doesNotContainIgnoringCase("secret", "slack");
            Document document = xml.parse(new InputSource(
                    new StringReader("<message>" + formatted.html().replace("<br>", "<br/>") + "</message>")));
            assertOnlyAllowed(document.getDocumentElement(), mrkdwn);
            assertThat(withoutSpaces(formatted.text()))
                    .as("same text: %s", mrkdwn)
                    .isEqualTo(withoutSpaces(document.getDocumentElement().getTextContent()));
        }
    }

    private static String mix(Random random) {
        var mix = new StringBuilder();
        for (int n = random.nextInt(25); n >= 0; n--) {
            mix.append(PIECES.get(random.nextInt(PIECES.size())));
        }
        return mix.toString();
    }

    private static void assertOnlyAllowed(Element element, String mrkdwn) {
        assertThat(TAGS).as(mrkdwn).contains(element.getTagName());
        for (int i = 0; i < element.getAttributes().getLength(); i++) {
            var attribute = element.getAttributes().item(i);
            assertThat(element.getTagName() + " " + attribute.getNodeName())
                    .as(mrkdwn)
                    .isIn("a href", "a rel", "span class");
        }
        if (element.hasAttribute("href")) {
            assertThat(element.getAttribute("href")).as(mrkdwn).matches("(https://a\\.example|mailto:a@b\\.example).*");
        }
        var children = element.getChildNodes();
        for (int i = 0; i < children.getLength(); i++) {
            if (children.item(i) instanceof Element child) {
                assertOnlyAllowed(child, mrkdwn);
            }
        }
    }

    private static String withoutSpaces(String text) {
        return text.replaceAll("\\s", "");
    }
}
