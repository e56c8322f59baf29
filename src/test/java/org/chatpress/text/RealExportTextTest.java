package org.chatpress.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.zip.ZipFile;
import org.chatpress.text.MessageFormatter.FormattedText;
import org.chatpress.text.MessageFormatter.ResolvedNames;
import org.chatpress.text.document.HtmlSanitizer;
import org.chatpress.text.pattern.PatternMatcher;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;

/**
 * Formats every text of a real export, parses the HTML with another parser and compares it with the mrkdwn. Skipped if
 * the export, which must not be redistributed, is missing.
 */
class RealExportTextTest {
    private static final Path EXPORT =
            Path.of(System.getProperty("chatpress.data", "../shared/data")).resolve("clojurians-2018-02-01-to-05.zip");
    private static final Pattern FENCED = Pattern.compile("```(?=\\s*\\S)(.*?)```", Pattern.DOTALL);
    private static final Pattern CODE = Pattern.compile("`[^`\n]*`");
    private static final Pattern LINK = Pattern.compile("<((?:https?|mailto|tel):[^>|<]+)(?:\\|([^>]*))?>");
    private static final Pattern WORKSPACE = Pattern.compile("://([a-z0-9-]+\\.)+slack\\.com|slack-files\\.com");
    private static final Set<String> ELEMENTS =
            Set.of("p", "br", "strong", "em", "s", "code", "pre", "blockquote", "a", "span", "time");

    @Test
    void everyTextKeepsItsContentLinksAndCode() throws IOException {
        assumeTrue(Files.exists(EXPORT), () -> "no real week in " + EXPORT + ": set -Dchatpress.data to its folder");
        var text = new MessageFormatter(EmojiTable.standard());
        var names = new ResolvedNames(Map.of(), Map.of(), CustomEmoji.none());
        var counts = new TreeMap<String, Integer>();
        for (String mrkdwn : texts()) {
            FormattedText formatted = text.format(mrkdwn, names, ZoneOffset.UTC, PatternMatcher.NONE);

            Html5.assertWellFormed(formatted.html());
            assertThat(HtmlSanitizer.sanitizeMessage(formatted.html())).isEqualTo(formatted.html());
            Element body = Html5.read(formatted.html());
            body.getAllElements().stream().skip(1).forEach(element -> {
                assertThat(ELEMENTS).as(mrkdwn).contains(element.tagName());
                counts.merge(element.tagName(), 1, Integer::sum);
            });
            assertThat(withoutSpaces(body.wholeText())).as(mrkdwn).isEqualTo(withoutSpaces(formatted.text()));
            assertThat(formatted.text())
                    .as("unescaped once: %s", mrkdwn)
                    .satisfies(plain -> assertThat(count(plain, "&lt;")).isEqualTo(count(mrkdwn, "&amp;lt;")));
            assertThat(body.select("a[href]").eachAttr("href")).as(mrkdwn).containsExactlyElementsOf(links(mrkdwn));
            assertThat(body.select("pre").stream().map(Element::wholeText).toList())
                    .as(mrkdwn)
                    .containsExactlyElementsOf(fenced(mrkdwn));
            assertThat(body.select("code").stream().map(Element::wholeText))
                    .as(mrkdwn)
                    .allMatch(code -> plain(mrkdwn).contains("`" + code + "`"));
            counts.merge("messages", 1, Integer::sum);
        }

        System.out.println("a real week in HTML: " + counts);
        assertThat(counts.get("messages")).isEqualTo(4_143);
    }

    /** The URLs of the links that readers may follow, in order. */
    private static List<String> links(String mrkdwn) {
        var links = new ArrayList<String>();
        var link = LINK.matcher(
                CODE.matcher(FENCED.matcher(mrkdwn).replaceAll(" ")).replaceAll(" "));
        while (link.find()) {
            String url = unescaped(link.group(1));
            if (!WORKSPACE.matcher(url).find()) {
                links.add(url.replace("(", "%28")
                        .replace(")", "%29")
                        .replace("{", "%7b")
                        .replace("}", "%7d"));
            }
        }
        return links;
    }

    private static List<String> fenced(String mrkdwn) {
        return FENCED.matcher(mrkdwn)
                .results()
                .map(code -> plain(code.group(1)).replaceFirst("^\n+", "").stripTrailing())
                .toList();
    }

    /** Code as readers see it: references without their brackets, unescaped. */
    private static String plain(String mrkdwn) {
        String plain = mrkdwn.replaceAll("<@[A-Z0-9]+(\\|[^>]*)?>", "@someone")
                .replaceAll("<#[A-Z0-9]+(\\|[^>]*)?>", "#channel")
                .replaceAll("<!(here|channel|everyone)(\\|[^>]*)?>", "@$1")
                .replaceAll("<(?:mailto|tel):([^>|<]+)>", "$1")
                .replaceAll("<[^>|<]+\\|([^>]*)>", "$1")
                .replaceAll("<([^>|<]+)>", "$1");
        return unescaped(plain).replaceAll("https?://([a-z0-9-]+\\.)+slack\\.com[^\\s)>]*", "link");
    }

    private static String unescaped(String text) {
        return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    }

    private static int count(String text, String part) {
        return text.split(Pattern.quote(part), -1).length - 1;
    }

    private static String withoutSpaces(String text) {
        return text.replaceAll("[\\s\\u00a0]", "");
    }

    private static List<String> texts() throws IOException {
        var texts = new ArrayList<String>();
        var json = new ObjectMapper();
        try (var zip = new ZipFile(EXPORT.toFile())) {
            for (var entry : zip.stream().toList()) {
                if (entry.getName().contains("/") && entry.getName().endsWith(".json")) {
                    json.readTree(zip.getInputStream(entry))
                            .forEach(message -> texts.add(message.path("text").asText()));
                }
            }
        }
        return texts;
    }
}
