package org.chatpress.text.pattern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.chatpress.model.PublicMessage.LinkPreview;
import org.chatpress.model.PublicMessage.LinkPreview.Kind;
import org.chatpress.text.CustomEmoji;
import org.chatpress.text.EmojiTable;
import org.chatpress.text.Html5;
import org.chatpress.text.MessageFormatter;
import org.chatpress.text.MessageFormatter.FormattedText;
import org.chatpress.text.MessageFormatter.ResolvedNames;
import org.chatpress.text.document.HtmlSanitizer;
import org.chatpress.text.pattern.PatternMatcher.PatternMatches;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PatternMatcherTest {
    private static final MessageFormatter FORMATTER = new MessageFormatter(EmojiTable.standard());
    private static final String LINK = "<a href=\"https://a.example\" rel=\"noopener nofollow ugc\">";

    @ParameterizedTest
    @MethodSource
    void replacesMatchesByHtml(String match, String html, String mrkdwn, String expected, String text) {
        FormattedText formatted = format(mrkdwn, html(match, html));

        assertThat(formatted.html()).isEqualTo(expected);
        assertThat(formatted.text()).isEqualTo(text);
        Html5.assertWellFormed(formatted.html());
        assertThat(HtmlSanitizer.sanitize(formatted.html())).isEqualTo(formatted.html());
    }

    static Stream<Arguments> replacesMatchesByHtml() {
        return Stream.of(
                arguments("GOAL", "<b>$0</b>", "a GOAL for us", "<p>a <b>GOAL</b> for us</p>", "a GOAL for us"),
                arguments("a", "<i>$0</i>", "banana", "<p>b<i>a</i>n<i>a</i>n<i>a</i></p>", "banana"),
                arguments("(\\d+)-(\\d+)", "$2:$1 $$5", "2-1", "<p>1:2 $5</p>", "1:2 $5"),
                arguments(
                        "^SCORE (.*)$",
                        "<table><tr><td>$1</table>",
                        "before\nSCORE 2\nafter",
                        "<p>before</p><table><tbody><tr><td>2</td></tr></tbody></table><p>after</p>",
                        "before\n2\nafter"),
                arguments("x(y)", "<h2>$1</h2>", "a xy b", "<p>a </p><h2>y</h2><p> b</p>", "a \ny\n b"),
                arguments("old s", "<u>$0</u>", "*bold s*t", "<p>*b<u>old s</u>*t</p>", "*bold s*t"),
                arguments(
                        "old i",
                        "<u>$0</u>",
                        "*bold it*",
                        "<p><strong>b</strong><u>old i</u><strong>t</strong></p>",
                        "bold it"),
                arguments(
                        "abc",
                        "x",
                        "<https://a.example|1 abc 2>",
                        "<p>" + LINK + "1 </a>x" + LINK + " 2</a></p>",
                        "1 x 2"),
                arguments("^drop.*", "", "keep\ndrop me", "<p>keep</p>", "keep"),
                arguments("é+\\b", "<b>$0</b>", "été", "<p>ét<b>é</b></p>", "été"),
                arguments("a", "b", "`a` ```a```", "<p>b</p><pre>a</pre>", "b\na"),
                arguments("&gt; q", "x", "&gt; q", "<blockquote><p>q</p></blockquote>", "q"),
                arguments("q", "x", "&gt; q", "<blockquote><p>x</p></blockquote>", "x"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "<b title='$1'>x</b> ~ <b>x</b>",
                "<a href='$1'>x</a> ~ x",
                "<img src='https://a.example' alt='$1'> ~ <img src=\"https://a.example\" alt=\"javascript:alert(1)//&quot; onload='x' &lt;script&gt;\">",
                "<script>alert('$1')</script>y ~ y",
                "<p onclick=\"$1\">x ~ <p>x</p>",
                "$1 ~ <p>javascript:alert(1)//\" onload='x' &lt;script&gt;</p>",
                "<iframe src=$1></iframe>z ~ <p>z</p>",
            })
    void escapesGroupsAndSanitizesHtml(String html, String expected) {
        String hostile = "javascript:alert(1)//\" onload='x' &lt;script&gt;";
        String wrapped = expected.startsWith("<p>") ? expected : "<p>" + expected + "</p>";

        assertThat(format(hostile, html("^(.*)$", html)).html()).isEqualTo(wrapped);
    }

    @Test
    void addsArgsKwargsAndAPreview() {
        var rule = new PatternRule(
                new Regex("VIDEO (\\S+)(?: (.*))?"),
                Optional.empty(),
                List.of("video", "by $2"),
                Map.of("address", "$1"),
                Map.of("title", "$2", "url", "$1", "image", "https://files.slack.com/x.png"));

        FormattedText formatted = format("VIDEO https://youtu.be/dQw4w9WgXcQ a &lt;b&gt; title", rule);

        assertThat(formatted.html()).isEqualTo("<p>VIDEO https://youtu.be/dQw4w9WgXcQ a &lt;b&gt; title</p>");
        assertThat(formatted.matches().args()).containsExactly("video", "by a <b> title");
        assertThat(formatted.matches().kwargs()).isEqualTo(Map.of("address", "https://youtu.be/dQw4w9WgXcQ"));
        assertThat(formatted.matches().previews())
                .containsExactly(new LinkPreview(
                        "a <b> title", "", "https://youtu.be/dQw4w9WgXcQ", "", "", "", Kind.YOUTUBE, "dQw4w9WgXcQ"));
        assertThat(format("no clip", rule).matches()).isEqualTo(PatternMatches.NONE);
        assertThat(format("VIDEO x", rule).matches().args()).containsExactly("video", "by ");
    }

    @Test
    void appliesEachPatternToTheResultOfTheOneBefore() {
        FormattedText formatted = format("GOAL by GOAL", html("GOAL", "<b>goal</b>"), html("goal|by", "<i>$0</i>"));

        assertThat(formatted.html()).isEqualTo("<p><b>goal</b> <i>by</i> <b>goal</b></p>");
    }

    @Test
    void matchesInALineOfAMegabyte() {
        FormattedText formatted = format("word ".repeat(200_000) + "GOAL", html("GOAL$", "<b>$0</b>"));

        assertThat(formatted.matches().skipped()).isEmpty();
        assertThat(formatted.html()).endsWith("word <b>GOAL</b></p>");
    }

    @Test
    void skipsAPatternThatWritesFarTooMuchHtml() {
        FormattedText formatted = format("a".repeat(1000) + "!", html("a", "<b>$0</b>".repeat(20)), html("!", "?"));

        assertThat(formatted.matches().skipped()).containsExactly(new Regex("a"));
        assertThat(formatted.text()).isEqualTo("a".repeat(1000) + "?");
    }

    @Test
    void skipsAPatternThatMatchesFarTooOften() {
        var countsLetters = new PatternRule(new Regex("a"), Optional.empty(), List.of("a"), Map.of(), Map.of());

        assertThat(format("a".repeat(10_000), countsLetters).matches().args()).containsExactly("a");
        assertThat(format("a".repeat(10_001), countsLetters).matches())
                .isEqualTo(new PatternMatches(List.of(), Map.of(), List.of(), List.of(new Regex("a"))));
    }

    private static PatternRule html(String match, String html) {
        return new PatternRule(new Regex(match), Optional.of(html), List.of(), Map.of(), Map.of());
    }

    private static FormattedText format(String mrkdwn, PatternRule... rules) {
        return FORMATTER.format(
                mrkdwn,
                new ResolvedNames(Map.of(), Map.of(), CustomEmoji.none()),
                ZoneOffset.UTC,
                new PatternMatcher(Arrays.asList(rules)));
    }
}
