package org.chatpress.text.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Duration;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HtmlSanitizerTest {
    private static final String REL = "rel=\"noopener nofollow ugc\"";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "words only, 'quoted' \"twice\" = + @ ` {{x}} ü 👋🏼",
                "<h2>a</h2><h3>b</h3><h4>c</h4><hr>",
                "<p>a<br>b <strong>c</strong> <em>d</em> <b>e</b> <i>f</i> <s>g</s> <u>h</u> <code>i</code></p>",
                "<blockquote><p>a</p></blockquote><pre>b\n  c</pre>",
                "<ul><li>a</li></ul><ol start=\"5\"><li>b</li></ol>",
                "<figure><img src=\"https://a.example/b.jpg\" alt=\"c\" width=\"10\" height=\"20\">"
                        + "<figcaption>d</figcaption></figure>",
                "<table><caption>a</caption><thead><tr><th>b</th></tr></thead>"
                        + "<tbody><tr><td colspan=\"2\">c</td></tr></tbody></table>",
                "<time datetime=\"2026-11-03T18:00:00-08:00\">six</time>",
                "<a href=\"https://a.example/?b=1&amp;c=2\" " + REL + ">d</a>",
                "<a href=\"mailto:a@b.example\" " + REL + ">a@b.example</a>",
                "<span class=\"chat-mention\">@a</span>",
                "1 &lt; 2 &amp;amp; 3 &gt; 2",
            })
    void keepsAllowedHtml(String html) {
        assertThat(HtmlSanitizer.sanitize(html)).isEqualTo(html);
    }

    @ParameterizedTest
    @MethodSource
    void removesWhatIsNotAllowed(String html, String clean) {
        assertThat(HtmlSanitizer.sanitize(html)).isEqualTo(clean);
    }

    static Stream<Arguments> removesWhatIsNotAllowed() {
        return Stream.of(
                arguments("<p onclick=alert(1) style=color:red id=x class=y>a</p>", "<p>a</p>"),
                arguments("<script>alert(1)</script>a<style>b</style>", "a"),
                arguments("<scr<script>ipt>alert(1)</script>", "ipt&gt;alert(1)"),
                arguments("<svg/onload=alert(1)><math><mi//xlink:href=javascript:alert(1)>a", "a"),
                arguments("<iframe src=https://a.example></iframe><object data=x></object><embed src=x>a", "a"),
                arguments("<form action=x><input name=y><button>a</button></form>", "a"),
                arguments("<img src=x onerror=alert(1)><img src=http://a.example/b.jpg>", ""),
                arguments("<img src=data:image/png;base64,AA><img src=//a.example/b.jpg>", ""),
                arguments(
                        "<img src='https://a.example/\" onerror=\"x'>",
                        "<img src=\"https://a.example/&quot;%20onerror=&quot;x\">"),
                arguments("<img src=https://a.example width=100% height=1e9>", "<img src=\"https://a.example\">"),
                arguments("<span class='chat-mention x'>a</span><span class=x>b</span>", "ab"),
                arguments(
                        "<a href=https://a.example target=_top rel=opener>b",
                        "<a href=\"https://a.example\" " + REL + ">b</a>"),
                arguments("<!-- a --><![CDATA[b]]><?c d?><!DOCTYPE e>f", "f"),
                arguments("<p>a<p>b<ul><li>c<li>d", "<p>a</p><p>b</p><ul><li>c</li><li>d</li></ul>"),
                arguments("&lt;b&gt; &#60;i&#62; &amp;lt;u&amp;gt;", "&lt;b&gt; &lt;i&gt; &amp;lt;u&amp;gt;"),
                arguments("a&#0;b&#x202e;c\u0000\u202ed&#xd800;", "abcd"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "javascript:alert(1)",
                "JaVaScRiPt:alert(1)",
                " javascript:alert(1)",
                "java\tscript:alert(1)",
                "java&#10;script:alert(1)",
                "java\u0000script:alert(1)",
                "&#106;avascript:alert(1)",
                "&#x6A;&#x61;vascript:alert(1)",
                "javascript&colon;alert(1)",
                "\u0001javascript:alert(1)",
                "feed:javascript:alert(1)",
                "data:text/html,x",
                "vbscript:x",
                "file:///etc/passwd",
                "blob:https://a.example/x",
            })
    void replacesALinkOfAnotherSchemeByItsText(String url) {
        assertThat(HtmlSanitizer.sanitize("<a href=\"" + url + "\">x</a>")).isEqualTo("x");
        assertThat(HtmlSanitizer.sanitize("<a href='" + url + "'>x</a>")).isEqualTo("x");
        assertThat(HtmlSanitizer.sanitize("<img src=\"" + url + "\">")).isEmpty();
    }

    @Test
    void aQuoteCannotEndAnAttribute() {
        assertThat(HtmlSanitizer.sanitize("<img src=https://a.example alt='\"><script>alert(1)</script>'>"))
                .isEqualTo("<img src=\"https://a.example\" alt=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\">");
    }

    @Test
    void aMessageContainsNoHeadingsAndNoImagesExceptEmoji() {
        String emoji = "<img class=\"emoji\" alt=\":siren:\" src=\"https://a.example/siren.png\">";
        String table = "<table><tbody><tr><td>b</td></tr></tbody></table>";

        assertThat(HtmlSanitizer.sanitizeMessage(
                        "<h2>a</h2><img src=https://a.example><hr>" + emoji + table + "<p>c</p>"))
                .isEqualTo("a" + emoji + table + "<p>c</p>");
        assertThat(HtmlSanitizer.sanitizeMessage("<img class=emoji src=javascript:x><img class=emoji>"))
                .isEmpty();
    }

    @Test
    void sanitizingTwiceChangesNothing() {
        String[] pieces = {
            "<p>",
            "</p>",
            "<b>",
            "</b>",
            "<a href=https://a.example/?x=\"&amp;'>",
            "</a>",
            "<ul>",
            "<li>",
            "</ul>",
            "<ol start=3>",
            "<table>",
            "<tr>",
            "<td>",
            "</table>",
            "<pre>",
            "</pre>",
            "\n",
            "<blockquote>",
            "</blockquote>",
            "<h2>",
            "</h2>",
            "<img src=https://a.example/b>",
            "<br/>",
            "<hr>",
            "<script>",
            "</script>",
            "<style>",
            "</style>",
            "<div>",
            "</div>",
            "<!--",
            "-->",
            "&lt;",
            "&amp;",
            "&#60;",
            "<",
            ">",
            "\"",
            "'",
            "=",
            "words",
            " ",
            "👋",
            "\ud83d",
            "\u202e",
            "<span class=chat-mention>",
            "</span>",
            "<textarea>",
            "<plaintext",
            "<svg>",
            "<math>",
            "<title>",
            "<noscript>",
            "<time datetime=2026>",
            "<figure>",
            "<figcaption>",
            "{{",
            "`"
        };
        var random = new Random(11);

        for (int i = 0; i < 20_000; i++) {
            var html = new StringBuilder();
            for (int n = random.nextInt(20); n >= 0; n--) {
                html.append(pieces[random.nextInt(pieces.length)]);
            }
            String clean = HtmlSanitizer.sanitize(html.toString());

            assertThat(HtmlSanitizer.sanitize(clean)).as(html.toString()).isEqualTo(clean);
            assertThat(clean.toLowerCase(Locale.ROOT))
                    .as(html.toString())
                    .doesNotContainPattern(
                            "<(?!/?(p|b|a|ul|li|ol|table|tbody|tr|td|pre|blockquote|h2|img|br|hr|span|time|figure|figcaption)[ >])");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"<", "<b>", "<p><b>", "<a href=x>", "&", "<!--", "</b>", "<table>"})
    void takesLinearTimeForAnyHtml(String piece) {
        assertTimeoutPreemptively(
                Duration.ofSeconds(30), () -> HtmlSanitizer.sanitize(piece.repeat(200_000 / piece.length())));
    }
}
