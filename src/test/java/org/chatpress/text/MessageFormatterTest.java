package org.chatpress.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.chatpress.model.ChannelId;
import org.chatpress.model.UserId;
import org.chatpress.text.MessageFormatter.FormattedText;
import org.chatpress.text.MessageFormatter.ResolvedNames;
import org.chatpress.text.pattern.PatternMatcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageFormatterTest {
    private static final ResolvedNames NAMES = new ResolvedNames(
            Map.of(
                    new UserId("U123"), "Ada Lovelace",
                    new UserId("U666"), "<img src=x onerror=alert(1)>\u202e\n&amp;",
                    new UserId("U0"), " "),
            Map.of(new ChannelId("C123"), "election-night"),
            CustomEmoji.none());
    private static final Pattern UNICODE_ESCAPE = Pattern.compile("\\\\u([0-9a-f]{4})");
    private static final MessageFormatter FORMATTER = new MessageFormatter(EmojiTable.standard());

    @ParameterizedTest
    @MethodSource
    void delimitersCountAtTheEdgesOfWords(String mrkdwn, String html) {
        assertThat(html(mrkdwn)).isEqualTo("<p>" + html + "</p>");
    }

    static Stream<Arguments> delimitersCountAtTheEdgesOfWords() {
        return Stream.of(
                arguments("*bold* _italic_ ~struck~", "<strong>bold</strong> <em>italic</em> <s>struck</s>"),
                arguments("*_x_*", "<strong><em>x</em></strong>"),
                arguments("_*~all three~*_", "<em><strong><s>all three</s></strong></em>"),
                arguments("*a _b_ c*", "<strong>a <em>b</em> c</strong>"),
                arguments("(*x*), *y*!", "(<strong>x</strong>), <strong>y</strong>!"),
                arguments("snake_case_name 2*3*4", "snake_case_name 2*3*4"),
                arguments("*bold*face", "*bold*face"),
                arguments("2 * 3 * 4 and * x*", "2 * 3 * 4 and * x*"),
                arguments("*x *", "*x *"),
                arguments("*a\nb*", "*a<br>b*"),
                arguments("*a _b* c_", "<strong>a _b</strong> c_"),
                arguments("** ***** *_* ~_~ __", "** ***** *_* ~_~ __"),
                arguments("¯\\_(ツ)_/¯ and /usr/_x_/", "¯\\_(ツ)_/¯ and /usr/_x_/"),
                arguments("*é*t *हि*न", "*é*t *हि*न"),
                arguments("<@U123>*x*", "<span class=\"chat-mention\">@Ada Lovelace</span><strong>x</strong>"),
                arguments("*<https://a.example|x>*", "<strong>" + link("https://a.example", "x") + "</strong>"));
    }

    @ParameterizedTest
    @MethodSource
    void stylesCloseWhereSlacksClientClosesThem(String mrkdwn, String html) {
        assertThat(html(mrkdwn)).isEqualTo("<p>" + html + "</p>");
    }

    static Stream<Arguments> stylesCloseWhereSlacksClientClosesThem() {
        return Stream.of(
                arguments("*yes*/no", "<strong>yes</strong>/no"),
                arguments("*red*/*blue*", "<strong>red</strong>/*blue*"),
                arguments("*one*\\ and *two*; three", "*one*\\ and <strong>two</strong>; three"),
                arguments("*Name*(title)", "*Name*(title)"),
                arguments(
                        "*a*@b *a*&amp;b *a*|b *a*_b *a** *a*`b`",
                        "*a*@b *a*&amp;b *a*|b *a*_b *a** *a*<code>b</code>"),
                arguments("*Name*(title) and *b*", "*Name*(title) and <strong>b</strong>"),
                arguments("_a *b*(c) d_", "<em>a *b*(c) d</em>"),
                arguments("*a _b*(c) d_", "*a <em>b*(c) d</em>"),
                arguments("*a*&lt; *b*) *c*.", "<strong>a</strong>&lt; <strong>b</strong>) <strong>c</strong>."),
                arguments("*/r/maps* is right", "<strong>/r/maps</strong> is right"));
    }

    @ParameterizedTest
    @MethodSource
    void codeKeepsDelimitersAndEmojiNames(String mrkdwn, String html) {
        assertThat(html(mrkdwn)).isEqualTo(html);
    }

    static Stream<Arguments> codeKeepsDelimitersAndEmojiNames() {
        return Stream.of(
                arguments("`*x* :tada: _y_`", "<p><code>*x* :tada: _y_</code></p>"),
                arguments("`&amp;lt;`", "<p><code>&amp;lt;</code></p>"),
                arguments("`&lt;b&gt; &amp;amp;`", "<p><code>&lt;b&gt; &amp;amp;</code></p>"),
                arguments("`a\nb`", "<p>`a<br>b`</p>"),
                arguments("`` ` `", "<p>`` ` `</p>"),
                arguments("l`homme et l`autre", "<p>l`homme et l`autre</p>"),
                arguments("```*x*\n\n  y :tada:```", "<pre>*x*\n\n  y :tada:</pre>"),
                arguments("see ```\nx\n``` there", "<p>see</p><pre>x</pre><p>there</p>"),
                arguments("```<https://a.example/b> <https://a.example|c>```", "<pre>https://a.example/b c</pre>"),
                arguments("`<@U123> <@U9> <#C9|secret>`", "<p><code>@Ada Lovelace @someone #channel</code></p>"),
                arguments("```open", "<p>```open</p>"),
                arguments("``` ```", "<p>``` ```</p>"),
                arguments("&gt; a ```b\nc```\nd", "<blockquote><p>a</p><pre>b\nc</pre></blockquote><p>d</p>"));
    }

    @ParameterizedTest
    @MethodSource
    void linesBecomeParagraphsAndQuotes(String mrkdwn, String html, String text) {
        assertThat(format(mrkdwn)).isEqualTo(new FormattedText(html, text));
    }

    static Stream<Arguments> linesBecomeParagraphsAndQuotes() {
        return Stream.of(
                arguments("a\nb\n\nc", "<p>a<br>b</p><p>c</p>", "a\nb\n\nc"),
                arguments("\n\n a \n \n\n\nb\n", "<p>a</p><p>b</p>", "a\n\nb"),
                arguments("a\r\nb\u2028c", "<p>a<br>b<br>c</p>", "a\nb\nc"),
                arguments("&gt; a\n&gt;b\nc", "<blockquote><p>a<br>b</p></blockquote><p>c</p>", "a\nb\nc"),
                arguments("&gt; a\n&gt;\n&gt; b", "<blockquote><p>a</p><p>b</p></blockquote>", "a\n\nb"),
                arguments(
                        "&gt; a\n\n&gt; b",
                        "<blockquote><p>a</p></blockquote><blockquote><p>b</p></blockquote>",
                        "a\nb"),
                arguments(
                        "x\n&gt;&gt;&gt; a\n\n&gt; b",
                        "<p>x</p><blockquote><p>a</p><p>&gt; b</p></blockquote>",
                        "x\na\n\n> b"),
                arguments("&gt; &gt; a", "<blockquote><p>&gt; a</p></blockquote>", "> a"),
                arguments("a &gt; b", "<p>a &gt; b</p>", "a > b"),
                arguments("&gt;*x*", "<blockquote><p><strong>x</strong></p></blockquote>", "x"),
                arguments(
                        "• a\n  ◦ b\n\t▪ c",
                        "<p>• a<br>\u00a0\u00a0◦ b<br>\u00a0\u00a0\u00a0\u00a0▪ c</p>",
                        "• a\n\u00a0\u00a0◦ b\n\u00a0\u00a0\u00a0\u00a0▪ c"),
                arguments("&gt; a\n&gt;  b", "<blockquote><p>a<br>\u00a0b</p></blockquote>", "a\n\u00a0b"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "\n\n",
                "\u00a0\t",
                "&gt; ",
                "&gt;&gt;&gt;\n\n",
                "<!unknown>",
                "\u0000\u202e",
                "\ufeff",
                "\u200b",
                "\u2060",
                "\u3164",
                "\u2800",
                "\u00ad",
                "\u115f\u1160\uffa0 \u034f\u200e\u180e\ufe0f",
                "*\u200b* <https://a.example|\u3164>",
                "```\u2800```"
            })
    void blankTextIsEmpty(String mrkdwn) {
        assertThat(format(mrkdwn)).isEqualTo(new FormattedText("", ""));
    }

    @ParameterizedTest
    @MethodSource
    void unescapesOnce(String mrkdwn, String text, String html) {
        assertThat(format(mrkdwn)).isEqualTo(new FormattedText("<p>" + html + "</p>", text));
    }

    static Stream<Arguments> unescapesOnce() {
        return Stream.of(
                arguments("a &amp; b &lt;b&gt;", "a & b <b>", "a &amp; b &lt;b&gt;"),
                arguments("&amp;lt;b&amp;gt;", "&lt;b&gt;", "&amp;lt;b&amp;gt;"),
                arguments("&amp;amp;lt;", "&amp;lt;", "&amp;amp;lt;"),
                arguments(
                        "&quot;&#60;&nbsp;& \"'", "&quot;&#60;&nbsp;& \"'", "&amp;quot;&amp;#60;&amp;nbsp;&amp; \"'"));
    }

    @ParameterizedTest
    @MethodSource
    void linksKeepTheirLabel(String mrkdwn, String html) {
        assertThat(html(mrkdwn)).isEqualTo("<p>" + html + "</p>");
    }

    static Stream<Arguments> linksKeepTheirLabel() {
        return Stream.of(
                arguments("<https://a.example/b>", link("https://a.example/b", "https://a.example/b")),
                arguments(
                        "<http://a.example|A &amp; *B* :tada:>",
                        link("http://a.example", "A &amp; <strong>B</strong> 🎉")),
                arguments("<https://a.example/?b=1&amp;c=2|x>", link("https://a.example/?b=1&amp;c=2", "x")),
                arguments("<https://a.example/?b=1&amp;amp;c|x>", link("https://a.example/?b=1&amp;amp;c", "x")),
                arguments("<https://a.example|>", link("https://a.example", "https://a.example")),
                arguments("<https://a.example|a\nb>", link("https://a.example", "a b")),
                arguments("<https://bücher.example/ü_(x)|x>", link("https://bücher.example/ü_%28x%29", "x")),
                arguments("<mailto:tips@a.example|tips@a.example>", link("mailto:tips@a.example", "tips@a.example")),
                arguments("<mailto:tips@a.example>", link("mailto:tips@a.example", "tips@a.example")),
                arguments("<tel:+15550100|call us>", link("tel:+15550100", "call us")),
                arguments("<ftp://a.example|x> <ftp://a.example>", "x ftp://a.example"),
                arguments("<HTTPS://a.example|x>", link("HTTPS://a.example", "x")),
                arguments("<https://a.example|*Score*>", link("https://a.example", "<strong>Score</strong>")),
                arguments(
                        "<https://a.example|~a~ `b` 2*3*4>",
                        link("https://a.example", "<s>a</s> <code>b</code> 2*3*4")),
                arguments("<https://a.example/?q=_x_>", link("https://a.example/?q=_x_", "https://a.example/?q=_x_")),
                arguments(
                        "<https://a.example/?q=_x_|https://a.example/?q=_x_>",
                        link("https://a.example/?q=_x_", "https://a.example/?q=_x_")),
                arguments(
                        "<mailto:a@example.org?subject=Hello, World|Write>",
                        link("mailto:a@example.org?subject=Hello,%20World", "Write")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<javascript:alert(1)|x>",
                "<JaVaScRiPt:alert(1)|x>",
                "<java\tscript:alert(1)|x>",
                "<java\u0000script:alert(1)|x>",
                "< javascript:alert(1)|x>",
                "<&amp;#106;avascript:alert(1)|x>",
                "<javascript&amp;colon;alert(1)|x>",
                "<data:text/html;base64,PHNjcmlwdD4=|x>",
                "<vbscript:x|x>",
                "<https:a.example|x>",
                "<https:///a.example|x>",
                "<https://|x>",
                "<https://bank.example@evil.example|x>",
                "<https://a.example\\@evil.example|x>",
                "<https://a.example/a b|x>",
                "<//a.example|x>",
                "<ſlack:x|x>",
                "<|x>",
            })
    void unsafeLinksBecomeTheirLabel(String mrkdwn) {
        assertThat(html(mrkdwn)).isEqualTo("<p>x</p>");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<https://acme.slack.com/archives/C1/p1>",
                "<https://acme.slack.com/archives/C1/p1|https://acme.slack.com/archives/C1/p1>",
                "<http://acme.slack.com|acme.slack.com>",
                "<https://ACME.Slack.com:443/x>",
                "<https://acme.enterprise.slack.com/x>",
                "<https://files.slack.com/files-pri/T1-F1/x.jpg>",
                "<https://slack-files.com/T1-F1-abc>",
                "<https://x.slack-files.com/T1>",
                "<https://slack.com/app_redirect?team=T1>",
                "<https://app.slack.com/client/T1/C1>",
                "<https://acme.slack.com./x>",
                "<https://acme.slack.com>",
                "<https://ｓlack.example|https://acme.slack.com/x>",
                "<slack://channel?team=T1&amp;id=C1>",
                "<slack://channel?team=T1|slack://channel?team=T1>",
                "<https://r.example/?u=https://acme.slack.com/x|https://r.example/?u=https://acme.slack.com/x>",
                "acme.slack.com",
                "https://acme.slack.com/archives/C1?thread_ts=1&amp;cid=C1",
            })
    void neverShowsTheUrlOfAWorkspace(String mrkdwn) {
        assertThat(format(mrkdwn).text()).isEqualTo("link");
        assertThat(html(mrkdwn)).doesNotContain("slack").containsPattern(">link<");
        assertThat(html("`" + mrkdwn + "`")).isEqualTo("<p><code>link</code></p>");
    }

    @Test
    void linksToAWorkspaceBecomeTheirLabel() {
        assertThat(html("<https://acme.slack.com/x|the desk> <https://acme。slack。com/x|y> <https://acme.ｓlack.com|z>"))
                .isEqualTo("<p>the desk y z</p>");
        assertThat(html("see acme.slack.com, (acme.slack.com/x)")).isEqualTo("<p>see link, (link)</p>");
    }

    @Test
    void keepsTextThatOnlyResemblesTheUrlOfAWorkspace() {
        String text = "slack.com, myslack.com slack.community a.slack.com.example slack.comx Slack: the film";

        assertThat(format(text).text()).isEqualTo(text);
        assertThat(html("<https://status.slack.com/2026-11|x> a.status.slack.com mystatus.slack.com"))
                .isEqualTo("<p>" + link("https://status.slack.com/2026-11", "x") + " link link</p>");
        assertThat(html("<https://notslack.com/x|x>")).isEqualTo("<p>" + link("https://notslack.com/x", "x") + "</p>");
    }

    @ParameterizedTest
    @MethodSource
    void showsOnlyPublicNames(String mrkdwn, String text) {
        assertThat(format(mrkdwn).text()).isEqualTo(text);
    }

    static Stream<Arguments> showsOnlyPublicNames() {
        return Stream.of(
                arguments("<@U123> <@U123|ada>", "@Ada Lovelace @Ada Lovelace"),
                arguments("<@U999> <@U999|joe> <@> <@x|y> <@U0>", "@someone @joe @someone @someone @someone"),
                arguments("<#C123> <#C123|other>", "#election-night #election-night"),
                arguments("<#C999|secret> <#C999> <#C999|> <#|x>", "#channel #channel #channel #channel"),
                arguments("<!here> <!channel> <!everyone> <!here|@x>", "@here @channel @everyone @here"),
                arguments("hey <!group>", "hey @group"),
                arguments("<@U999|> <@U999|\u3164> `<@U999|joe>`", "@someone @someone @joe"),
                arguments("<!subteam^S1|@desk> <!subteam^S1>", "@group @group"),
                arguments("<!date^1392734382^{date} at {time}|2014-02-18>", "February 18th, 2014 at 9:39 AM"),
                arguments("<!date^x^{date}|2014-02-18> <!date^1^{x}|then>", "2014-02-18 then"),
                arguments("a<!date^1392734382^{nope}>b<!other|x><!other>", "abx"));
    }

    @Test
    void marksMentionsWithAClass() {
        assertThat(html("<@U123> <@U9>"))
                .isEqualTo("<p><span class=\"chat-mention\">@Ada Lovelace</span>"
                        + " <span class=\"chat-mention\">@someone</span></p>");
    }

    @Test
    void escapesAHostileName() {
        assertThat(html("<@U666>"))
                .isEqualTo("<p><span class=\"chat-mention\">@&lt;img src=x onerror=alert(1)&gt; &amp;amp;</span></p>");
    }

    @Test
    void findsMentionsInMrkdwn() {
        String mrkdwn = "<@U2|x> <@U123> `<@U3>` <@U2> <@lower> <@U4 <@U5|";

        assertThat(Mentions.in(mrkdwn).users()).startsWith(new UserId("U2"), new UserId("U123"), new UserId("U3"));
        assertThat(Mentions.in("<@U\u00007>").users()).containsExactly(new UserId("U7"));
        assertThat(Mentions.in("@U1 &lt;@U1&gt;").users()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource
    void emojiNamesBecomeCharacters(String mrkdwn, String text) {
        assertThat(format(mrkdwn).text()).isEqualTo(text);
    }

    static Stream<Arguments> emojiNamesBecomeCharacters() {
        return Stream.of(
                arguments(":tada: done:+1:", "🎉 done👍"),
                arguments(":wave::skin-tone-3::wave:", "👋🏼👋"),
                arguments(":wave::skin-tone-2-3: :cat::skin-tone-2:", "👋 🐱"),
                arguments(":newsroom::skin-tone-2: :skin-tone-2:", ":newsroom::skin-tone-2: 🏻"),
                arguments(":newsroom::tada: :newsroom:", ":newsroom:🎉 :newsroom:"),
                arguments("10:30:45, 10:100:45 and :100:", "10:30:45, 10:100:45 and 💯"),
                arguments("note: a :b c: :: :tada", "note: a :b c: :: :tada"),
                arguments("*:tada:*", "🎉"));
    }

    @Test
    void removesInvisibleCharacters() {
        assertThat(format("a\u0000\u0007b\u001b[1m \u202edrow\u202c \u2066x\u2069\tc\u009f\ufeff\uffff"))
                .isEqualTo(new FormattedText("<p>ab[1m drow x\tc</p>", "ab[1m drow x\tc"));
        assertThat(format("x\ud83dy\udc4bz").text()).isEqualTo("x\ufffdy\ufffdz");
        assertThat(format("\u200fשלום\u200f").text()).isEqualTo("\u200fשלום\u200f");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*_",
                "*_~ ",
                "~_*a",
                "*a ",
                "_a*b ",
                "<",
                "<a",
                "<@U1",
                "<!a",
                "<a|",
                "&gt;",
                "&lt;",
                "\n&gt; *",
                "`",
                "x`",
                "```",
                "``` ",
                "``` a",
                ":",
                ":a",
                ":wave",
                "slack.com",
                "..slack.com/",
                "a.slack.com ",
                "a.slack.com.,",
                "slack://",
                "(",
                "\n",
                "\u202e",
                "<https://a.slack.com|"
            })
    void takesLinearTimeForAnyText(String piece) {
        // Quadratic time would be most of a minute.
        String text = piece.repeat(400_000 / piece.length());

        assertTimeoutPreemptively(Duration.ofSeconds(15), () -> {
            format(text);
            Mentions.in(text);
        });
    }

    /** Each entry of the corpus is mrkdwn as Slack sends it, its HTML and its plain text. */
    @Test
    void rendersTheCorpusAsReviewed() throws IOException {
        String reviewed;
        try (var corpus = MessageFormatterTest.class.getResourceAsStream("mrkdwn-corpus.txt")) {
            reviewed = new String(corpus.readAllBytes(), StandardCharsets.UTF_8);
        }

        String rendered = Stream.of(reviewed.split("\n\n"))
                .map(MessageFormatterTest::renderedEntry)
                .collect(Collectors.joining("\n\n", "", "\n"));

        Files.writeString(Path.of("target", "mrkdwn-corpus.txt"), rendered);
        assertThat(rendered).isEqualTo(reviewed);
    }

    private static String renderedEntry(String entry) {
        List<String> lines = entry.strip().lines().toList();
        // The corpus has the escapes of Java strings; translateEscapes() does not know this one.
        String mrkdwn = UNICODE_ESCAPE
                .matcher(lines.get(0))
                .replaceAll(escape -> String.valueOf((char) Integer.parseInt(escape.group(1), 16)))
                .translateEscapes();
        FormattedText formatted = format(mrkdwn);
        return String.join("\n", lines.get(0), "  " + oneLine(formatted.html()), "  " + oneLine(formatted.text()));
    }

    private static String oneLine(String text) {
        return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t");
    }

    private static String html(String mrkdwn) {
        return format(mrkdwn).html();
    }

    private static FormattedText format(String mrkdwn) {
        return FORMATTER.format(mrkdwn, NAMES, ZoneId.of("America/New_York"), PatternMatcher.NONE);
    }

    private static String link(String url, String label) {
        return "<a href=\"" + url + "\" rel=\"noopener nofollow ugc\">" + label + "</a>";
    }
}
