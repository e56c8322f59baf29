package org.chatpress.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.chatpress.support.TestNewsroom.SLUG;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.Media;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage.StoredObject;
import org.chatpress.support.NpmPackages;
import org.chatpress.support.Pictures;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a page makes of everything that a message may bear, be it hostile; and whether everybody can use it. */
class RichMessagesTest extends WithBrowser {
    private static final String CHANNEL = """
            {"id": "C0ELECTION", "slug": "election-night", "headline": "Election night, live", "live": true,
             "time_zone": "America/Los_Angeles"%s}""";

    private int seq;
    private String language = "";

    @BeforeEach
    void publishRichMessages() throws IOException {
        try (InputStream in = RichMessagesTest.class.getResourceAsStream("rich.json")) {
            publish(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
        put("election-night/photos/0123456789ab-960.jpg", "no picture, but there", "image/jpeg");
        put("election-night/photos/loading.jpg", "no picture, but there", "image/jpeg");
    }

    @Test
    void showsEverythingThatAMessageBears() {
        open("");

        String text = page.locator("live-chat").innerText();
        assertThat(text)
                .contains("Polls close in the east", "The count begins.", "By The Example’s staff")
                .contains("A polling place in the rain. Rosa Reporter")
                .contains("Correction, 6:10 PM PST: it is 40 counties")
                .contains("counting", "🎉 12", ":parrot: 3")
                .contains("A first look at the map", "A reply in the thread")
                .contains("Edited 6:12 PM PST");
        assertThat(page.locator(".lc-pinned").innerText()).contains("The count begins.");
        assertThat(page.locator(".lc-keys a").allInnerTexts())
                .containsExactly("6:02 PM PST Polls close in the east", "6:00 PM PST Good evening.");
        assertThat(page.locator(".lc-message time").first().getAttribute("title"))
                .contains("November 4, 2026 at 3:");
        assertThat(pageErrors).isEmpty();
    }

    @Test
    void theTimeOfAPinnedMessageBeginsWhereItsWordsBegin() {
        publish(rich().replace("\"headline\"", "\"no-headline\""));
        open("");

        assertThat(page.locator(".lc-pin .lc-at time").first().boundingBox().x)
                .isEqualTo(page.locator(".lc-pin .lc-words").first().boundingBox().x);
    }

    @Test
    void aPhotoKeepsItsPlaceholdersPlace() {
        open("");
        var photo = page.locator("[id='m-1793757780.000100'] .lc-photo > :first-child");
        double before = photo.boundingBox().height;
        assertThat(photo.getAttribute("alt")).isEqualTo("A photo is on its way");

        publish(rich().replace(
                        "\"status\": \"loading\", \"url\": \"election-night/photos/loading.jpg\"",
                        "\"status\": \"live\", \"url\": \"election-night/photos/0123456789ab-960.jpg\""));
        look();

        assertThat(photo.getAttribute("src"))
                .isEqualTo(site.chats("reader") + "election-night/photos/0123456789ab-960.jpg");
        assertThat(photo.getAttribute("alt")).isEqualTo("Voters wait");
        assertThat(photo.getAttribute("loading")).isEqualTo("lazy");
        assertThat(photo.boundingBox().height).isEqualTo(before);
        assertThat(page.locator(".lc-photo"))
                .satisfies(photos -> assertThat(photos.count()).isEqualTo(1));
    }

    @Test
    void wordsThatStandForACaptionAreShownOnce() {
        publish(
                rich().replace(
                                "\"html\": \"\"",
                                "\"html\": \"<p>A polling place in the rain.</p>\",\"text\": \"A polling place in the rain.\""));
        open("");

        assertThat(page.locator("live-chat").innerText()).containsOnlyOnce("A polling place in the rain.");
        assertThat(page.locator(".lc-photo figcaption").innerText()).isEqualTo("Rosa Reporter");
    }

    @Test
    void asksNoOtherSiteBeforeAClick() {
        open("");
        page.evaluate("scrollTo(0, document.body.scrollHeight)");
        settle();
        assertThat(requests).isNotEmpty().allMatch(url -> url.startsWith("http://127.0.0.1:"));

        page.context().route("https://www.youtube-nocookie.com/**", route -> route.fulfill());
        page.locator("[id='m-1793757720.000100'] .lc-card button").click();

        assertThat(page.locator("iframe").getAttribute("src"))
                .isEqualTo("https://www.youtube-nocookie.com/embed/abcdefghijk?autoplay=1");
        publish(rich().replace("The count begins.", "The count goes on."));
        look();
        assertThat(page.locator("iframe").count()).as("still playing").isEqualTo(1);
    }

    @Test
    void nothingHostileRunsOrLeadsAway() {
        publish("""
                [{"id": "1793757600.000100", "ts": "1793757600.000100", "time": "2026-11-04T02:00:00Z",
                  "published_at": "2026-11-04T02:00:00Z", "user": "U0ROSA",
                  "html": "<p onclick='x()'><img src=x onerror='hit()'><a href='javascript:hit()'>a</a><script>hit()</script></p>\
                <iframe src='https://evil.example'></iframe><svg onload='hit()'></svg><p style='position:fixed'>b</p>",
                  "headline": "<img src=x onerror=hit()>", "byline": "<script>hit()</script>", "tags": ["<b>t</b>"],
                  "photos": [{"status": "live", "url": "javascript:hit()", "width": 10, "height": 10, "alt": "\\"><script>hit()</script>",
                              "caption": "<b>c</b>", "credit": ""}],
                  "media": [{"kind": "script", "status": "live", "url": "hit.js", "alt": "\\"><script>hit()</script>", "caption": "", "credit": ""},
                            {"kind": "video", "status": "live", "url": "javascript:hit()", "poster": "javascript:hit()",
                             "alt": "", "caption": "", "credit": ""}],
                  "attachments": [{"title": "<i>x</i>", "text": "", "url": "javascript:hit()", "image": "https://evil.example/x.png",
                                   "author": "", "service": "", "kind": "constructor", "id": "x"}]}]""");
        open("");

        assertThat(page.locator(".lc-message").innerHTML())
                .doesNotContain(
                        "javascript:", "onerror=\"", "onclick", "<script", "<iframe", "<svg", "style=\"position");
        assertThat(page.locator(".lc-message").innerText())
                .contains("<img src=x onerror=hit()>", "<i>x</i>", "<b>t</b>");
        assertThat(requests).allMatch(url -> url.startsWith("http://127.0.0.1:"));
    }

    @Test
    void axeFindsNothing() {
        for (String attributes : List.of("", "order=\"oldest\"", "dir=\"rtl\" lang=\"ar\"")) {
            for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
                for (int width : List.of(320, 1280)) {
                    Page reader = newPage(new Browser.NewContextOptions()
                            .setViewportSize(width, 800)
                            .setColorScheme(scheme)
                            .setReducedMotion(com.microsoft.playwright.options.ReducedMotion.REDUCE));
                    open(reader, attributes);
                    reader.evaluate("document.documentElement.style.colorScheme = 'light dark'");
                    assertThat(violations(reader))
                            .as("%s %s %d", attributes, scheme, width)
                            .isEmpty();
                    reader.context().close();
                }
            }
        }
    }

    @Test
    void fitsANarrowPageAndTwiceTheSize() {
        for (int width : List.of(320, 640)) {
            Page reader = newPage(new Browser.NewContextOptions().setViewportSize(width, 700));
            open(reader, "");
            reader.evaluate("document.documentElement.style.fontSize = '" + (width == 320 ? 100 : 200) + "%'");
            assertThat(reader.evaluate("document.documentElement.scrollWidth <= innerWidth"))
                    .as("at %d", width)
                    .isEqualTo(true);
            reader.context().close();
        }
    }

    @Test
    void aNameIsNotBrokenWithinAWordOnANarrowPage() {
        page.setViewportSize(320, 700);
        open("");

        assertThat(page.evaluate("""
                () => {
                  const name = document.querySelector(".lc-name")
                  name.textContent = "Alexandra Konstantinidou"
                  document.querySelector(".lc-at").textContent = "10:03 PM GMT+5:30"
                  const word = document.createRange()
                  word.setStart(name.firstChild, "Alexandra ".length)
                  word.setEnd(name.firstChild, name.textContent.length)
                  return word.getClientRects().length
                }""")).isEqualTo(1);
        assertThat(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
                .isEqualTo(true);
    }

    @Test
    void keyEventsStandBesideTheMessagesWhereThePageIsWide() {
        page.setViewportSize(1280, 800);
        open("");

        var side = page.locator(".lc-side").boundingBox();
        var feed = page.locator(".lc-feed").boundingBox();
        assertThat(side.x).isGreaterThan(feed.x + feed.width);
        assertThat(side.y).isLessThanOrEqualTo(feed.y);
    }

    @Test
    void everythingCanBeDoneByKeyboardAlone() {
        open("");
        page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = String(text); }");
        press("Tab", ".lc-message");

        page.keyboard().press("PageDown");
        assertThat(focused()).isEqualTo("m-1793757720.000100");
        page.keyboard().press("PageUp");
        assertThat(focused()).isEqualTo("m-1793757780.000100");
        page.keyboard().press("PageDown");

        page.keyboard().press("Tab");
        page.keyboard().press("Tab");
        page.keyboard().press("Enter");
        assertThat((String) page.evaluate("copied")).endsWith("chat.html#m-1793757720.000100");
        assertThat(page.locator("[role=status]").innerText()).isEqualTo("Link copied");

        press("Shift+Tab", ".lc-keys li:first-child a");
        page.keyboard().press("Enter");
        settle();
        assertThat(focused()).isEqualTo("m-1793757720.000100");

        press("Tab", ".lc-card button");
        page.context().route("https://www.youtube-nocookie.com/**", route -> route.fulfill());
        page.keyboard().press("Enter");
        assertThat(page.evaluate("document.activeElement.tagName")).isEqualTo("IFRAME");
    }

    @Test
    void everyWordCanBeReplaced() {
        open(
                "lang=\"de\" words='{\"live\": \"Live dabei\", \"updated\": \"Stand {time}\", \"edited\": \"Geändert {time}\"}'");

        assertThat(page.locator(".lc-state").textContent()).startsWith("Live dabei Stand ");
        assertThat(page.locator("live-chat").innerText())
                .contains("Geändert 18:12 GMT-8", "Dienstag, 3. November 2026");
    }

    @Test
    void oldestFirstFollowsAtTheEnd() {
        open("order=\"oldest\"");
        assertThat(words().get(0)).isEqualTo("Good evening.");
        page.evaluate("scrollTo(0, document.body.scrollHeight)");

        publish(rich().replaceFirst("]\\s*$", """
                , {"id": "1793758000.000100", "ts": "1793758000.000100", "time": "2026-11-04T02:06:40Z",
                   "published_at": "2026-11-04T02:06:50Z", "html": "<p>The last one.</p>", "user": "U0ROSA"}]"""));
        look();

        assertThat(words()).last().isEqualTo("The last one.");
        assertThat(page.locator(".lc-message").last().boundingBox().y).isLessThan(600);
    }

    @Test
    void printsTheWordsAndNoButtons() {
        open("");
        page.emulateMedia(new Page.EmulateMediaOptions().setMedia(Media.PRINT));

        assertThat(page.locator("button:visible").count()).isZero();
        assertThat(page.locator(".lc-message:visible").count()).isEqualTo(3);
    }

    @Test
    void theTimeOfAReplyLeadsToIt() {
        open("");

        page.locator(".lc-reply .lc-at").click();
        settle();

        assertThat(focused()).isEqualTo("m-1793757740.000100");
        assertThat(page.locator("[role=status]").innerText()).isEmpty();
        look();
        assertThat(focused()).isEqualTo("m-1793757740.000100");
    }

    @Test
    void aTimeOfAnotherDayBearsItsDate() {
        publish(rich().replace("2026-11-04T02:12:00Z", "2026-11-05T02:12:00Z")
                .replace("2026-11-04T02:10:00Z", "2026-11-06T02:10:00Z"));
        open("");
        assertThat(page.locator("live-chat").innerText())
                .contains(
                        "Edited Wednesday, November 4, 2026, 6:12 PM PST",
                        "Correction, Thursday, November 5, 2026, 6:10 PM PST:");

        page.clock().fastForward("48:00:00");
        settle();

        assertThat(page.locator(".lc-state").innerText()).endsWith("Updated Tuesday, November 3, 2026, 11:00 AM PST");
    }

    @ParameterizedTest
    @CsvSource({"120, 90, 120 x 90", "720, 1280, 287 x 510"})
    void aPhotoIsNotEnlargedAndFitsTheScreenFromTheStart(int width, int height, String size) {
        String loading = rich().replace("960, \"height\": 640", width + ", \"height\": " + height)
                .replace("election-night/photos/loading.jpg", "");
        publish(loading);
        open("");
        var photo = page.locator(".lc-photo > :first-child");
        assertThat(sizeOf(photo)).isEqualTo(size);

        put("election-night/photos/hall.jpg", Pictures.photo(width, height), "image/jpeg");
        publish(loading.replace("\"loading\", \"url\": \"\"", "\"live\", \"url\": \"election-night/photos/hall.jpg\""));
        look();
        photo.scrollIntoViewIfNeeded();
        page.waitForFunction("document.querySelector('.lc-photo img')?.naturalWidth");

        assertThat(sizeOf(photo)).isEqualTo(size);
    }

    @Test
    void aNarrowColumnOfAWidePageHasItsKeyEventsAboveTheMessages() {
        page.setViewportSize(1280, 800);
        open("");
        page.evaluate("document.querySelector('main').style.width = '736px'");

        var side = page.locator(".lc-side").boundingBox();
        var feed = page.locator(".lc-feed").boundingBox();
        assertThat(side.y + side.height).isLessThanOrEqualTo(feed.y);
        assertThat(feed.width).isGreaterThan(600);
    }

    enum SiteStyle {
        BOOTSTRAP("bootstrap/dist/css/bootstrap.css"),
        TAILWIND("tailwindcss/preflight.css"),
        WORDPRESS("undescores-for-npm/style.css");

        final String file;

        SiteStyle(String file) {
            this.file = file;
        }
    }

    /** Fonts and what follows from them are the site's. */
    @ParameterizedTest
    @EnumSource
    void keepsItsLooksUnderTheStyleOfASite(SiteStyle style) throws IOException {
        String css = NpmPackages.read(style.file);
        publish(
                rich().replace(
                                "<p>Good evening.</p>",
                                "<p>Good <a href='https://a.example'>evening</a>, <code>code</code></p><ul><li>one<ol><li>two</li></ol></li></ul>"
                                        + "<blockquote class='chat-attachment'><p>quoted</p></blockquote><pre>code</pre>"
                                        + "<table><caption>Votes</caption><tbody><tr><td>York</td><td>1234</td></tr></tbody></table>"));
        open("");
        List<?> before = looks();

        addStyle(css);
        screenshot(page, style.name().toLowerCase(Locale.ROOT));
        assertThat(looks()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a { color: inherit; text-decoration: inherit }",
                "a { text-decoration: none }",
                "ol, ul, menu { list-style: none; margin: 0; padding: 0 } img { display: block; max-width: 100%; height: auto }"
            })
    void linksAndListsInMessagesLookLikeThemAfterAReset(String reset) {
        publish(rich().replace(
                        "<p>Good evening.</p>",
                        "<p>Good <a href='https://a.example'>evening</a> <img class='emoji' src='election-night/photos/loading.jpg'>.</p>"
                                + "<ul><li>one</li></ul><ol><li>two</li></ol>"));
        open("");
        addStyle(reset);

        assertThat(style(".lc-words a", "textDecorationLine")).isEqualTo("underline");
        assertThat(style(".lc-words ul", "listStyleType")).isEqualTo("disc");
        assertThat(style(".lc-words ol", "listStyleType")).isEqualTo("decimal");
        assertThat(style(".lc-words img", "display")).isEqualTo("inline");
        assertThat(style(".lc-keys a", "textDecorationLine")).isEqualTo("none");
    }

    /** At least 3 to 1 against the page, as WCAG 1.4.11 asks of what is not text. */
    @ParameterizedTest
    @EnumSource(
            value = ColorScheme.class,
            names = {"LIGHT", "DARK"})
    void theBarsOfAttachmentsHaveTheirColorsInBothSchemes(ColorScheme scheme) {
        publish(rich().replace(
                        "<p>Good evening.</p>",
                        Stream.of("", " chat-good", " chat-warning", " chat-danger")
                                .map("<blockquote class='chat-attachment%s'><p>the build</p></blockquote>"::formatted)
                                .collect(Collectors.joining())));
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
        open("");
        page.evaluate("document.documentElement.style.colorScheme = 'light dark'");

        List<?> bars = (List<?>) page.evaluate("""
                () => {
                  const luminance = (color) => color.match(/[\\d.]+/g).slice(0, 3).map((value) => value / 255)
                    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
                    .reduce((sum, value, i) => sum + value * [0.2126, 0.7152, 0.0722][i], 0);
                  const paper = luminance(getComputedStyle(document.querySelector("live-chat")).backgroundColor);
                  return [...document.querySelectorAll(".chat-attachment")].map((quote) => {
                    const color = getComputedStyle(quote).borderInlineStartColor;
                    const [dark, light] = [paper, luminance(color)].sort((a, b) => a - b);
                    return { color, contrast: (light + 0.05) / (dark + 0.05) };
                  });
                }""");

        assertThat(bars)
                .extracting(bar -> ((Map<?, ?>) bar).get("color"))
                .hasSize(4)
                .doesNotHaveDuplicates();
        assertThat(bars.subList(1, 4))
                .allSatisfy(bar -> assertThat(((Number) ((Map<?, ?>) bar).get("contrast")).doubleValue())
                        .isGreaterThanOrEqualTo(3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"display: inline-block", "float: left", "display: flex"})
    void aParentAsWideAsItsContentLeavesTheElementReadable(String style) {
        open("");
        page.evaluate("(style) => { document.querySelector('main').style = style; }", style);

        assertThat(page.locator("live-chat").boundingBox().width).isGreaterThanOrEqualTo(320);
    }

    @Test
    void theStateIsReadInItsOwnDirection() {
        open("dir=\"rtl\" words='{\"live\": \"Live\"}'");

        assertThat(page.locator(".lc-state bdi").allInnerTexts())
                .satisfiesExactly(
                        state -> assertThat(state).isEqualToIgnoringCase("Live"),
                        time -> assertThat(time).startsWith("Updated "));
    }

    @Test
    void partsOfACardAndACaptionKeepApart() {
        open("");

        var link = page.locator("[id='m-1793757720.000100'] .lc-card a").first().boundingBox();
        var text = page.locator("[id='m-1793757720.000100'] .lc-card p").first().boundingBox();
        var show = page.locator("[id='m-1793757720.000100'] .lc-card button").boundingBox();
        assertThat(text.y - link.y - link.height).isGreaterThan(3);
        assertThat(show.y - text.y - text.height).isGreaterThan(3);
        var photo = page.locator(".lc-photo > :first-child").boundingBox();
        var caption = page.locator(".lc-photo figcaption").boundingBox();
        assertThat(caption.y - photo.y - photo.height).isGreaterThan(3);
    }

    @Test
    void theTimeInARunStandsBesideABoxOfCode() {
        publish(rich().replace("\"html\": \"\"", "\"html\": \"<pre>code</pre>\""));
        open("order=\"oldest\"");

        var time = page.locator("[id='m-1793757780.000100'] .lc-run").boundingBox();
        var code = page.locator("[id='m-1793757780.000100'] pre").boundingBox();
        assertThat(code.x + code.width).isLessThanOrEqualTo(time.x);
    }

    @Test
    void aPinnedMessageWithoutAHeadlineStartsWithItsWords() {
        publish(rich().replace("\"headline\": \"Polls close in the east\",", ""));
        open("");

        assertThat(page.locator(".lc-pin").innerText())
                .startsWith("The count begins.")
                .doesNotContain("Rosa");
        page.locator(".lc-pin > .lc-at").click();
        settle();
        assertThat(focused()).isEqualTo("m-1793757720.000100");
    }

    @Test
    void repliesOfOneAuthorAreOneGroup() {
        publish(rich().replace("\"replies\": [", """
                "replies": [
                     {"id": "1793757730.000100", "ts": "1793757730.000100", "time": "2026-11-04T02:02:10Z",
                      "published_at": "2026-11-04T02:02:20Z", "html": "<p>An earlier reply</p>", "user": "U0ROSA"},"""));
        open("");

        assertThat(page.locator(".lc-reply").count()).isEqualTo(2);
        assertThat(page.locator(".lc-reply .lc-avatar:visible").count()).isEqualTo(1);
        assertThat(style(".lc-reply .lc-by", "borderTopWidth")).isEqualTo("0px");
    }

    @ParameterizedTest
    @CsvSource({"youtube, abcdefghijk, 1.78", "x, 1234567890, 1.25"})
    void aVideoAndAPostHaveFramesOfTheirOwnShape(String kind, String id, double ratio) {
        publish(rich().replace(
                        "\"kind\": \"youtube\", \"id\": \"abcdefghijk\"",
                        "\"kind\": \"%s\", \"id\": \"%s\"".formatted(kind, id)));
        open("");
        page.context().route("https://**", route -> route.fulfill());
        page.locator("[id='m-1793757720.000100'] .lc-card button").click();

        var frame = page.locator("iframe").boundingBox();
        assertThat(frame.width / frame.height).isCloseTo(ratio, within(0.03));
    }

    @Test
    void aPhotoOnPaperLeavesNoPageEmpty() {
        open("");
        page.emulateMedia(new Page.EmulateMediaOptions().setMedia(Media.PRINT));

        assertThat(style(".lc-message", "breakInside")).isEqualTo("auto");
        assertThat(style(".lc-photo", "breakInside")).isEqualTo("avoid");
        assertThat(page.locator(".lc-photo > :first-child").boundingBox().height)
                .isLessThanOrEqualTo(341);
    }

    @Test
    void aChatInArabicHasItsOwnWordsAndDirectionInAnEnglishPage() {
        language = ", \"language\": \"ar\"";
        publish(rich());
        open("");

        assertThat(page.locator(".lc-state").textContent()).startsWith("مباشر");
        assertThat(page.locator(".lc-body").getAttribute("lang")).isEqualTo("ar");
        assertThat(style(".lc-body", "direction")).isEqualTo("rtl");
        assertThat(page.locator(".lc-earlier").textContent()).isEqualTo("رسائل أقدم");
        assertThat(page.locator(".lc-keys bdi").allTextContents())
                .containsExactly("Polls close in the east", "Good evening.");
        assertThat(pageErrors).isEmpty();
        language = "";
    }

    private String style(String selector, String property) {
        return (String)
                page.locator(selector).first().evaluate("(part, name) => getComputedStyle(part)[name]", property);
    }

    /** Adds CSS after all that the page has. */
    private void addStyle(String css) {
        page.evaluate("""
                (css) => {
                  document.adoptedStyleSheets = [new CSSStyleSheet()];
                  document.adoptedStyleSheets[0].replaceSync(css);
                }""", css);
    }

    /** How each part of the element is drawn, but for its font and what depends on that. */
    private List<?> looks() {
        return (List<?>) page.evaluate("""
                () => [...document.querySelectorAll("live-chat *")].map((part) => {
                  const style = getComputedStyle(part);
                  const names = ["display", "position", "float", "listStyleType", "textDecorationLine", "textTransform", "textShadow",
                    "boxShadow", "borderTopWidth", "borderInlineStartWidth", "color", "backgroundColor", "opacity"];
                  return `${part.tagName} ${part.className}: ${names.map((name) => style[name]).join(", ")}`;
                })""");
    }

    private static void screenshot(Page of, String name) {
        of.screenshot(new Page.ScreenshotOptions()
                .setPath(Path.of("target/screenshots", name + ".png"))
                .setFullPage(true));
    }

    // THE PUBLISHED FILES, BY HAND

    private static String rich() {
        try (InputStream in = RichMessagesTest.class.getResourceAsStream("rich.json")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A chat of these messages, oldest first. */
    private void publish(String messages) {
        seq++;
        String page = "p-%012d".formatted(seq);
        String first = messages.replaceFirst("(?s).*?\"id\": \"([0-9.]+)\".*", "$1");
        put(SLUG + "/i/" + page + ".json", "{\"messages\": " + messages + "}");
        put(SLUG + "/i/x-%012d.json".formatted(seq), """
                {"as_of": %d, "total": 3, "channel": %s, "pages": [["%s", "%s", 40]]}""".formatted(
                        seq,
                        CHANNEL.formatted(
                                ", \"description\": \"<p>Our reporters follow the count.</p>\", \"live_content\": \"\""
                                        + language),
                        page,
                        first));
        put(SLUG + "/i/u-000000000001.json", """
                {"users": {"U0ROSA": {"id": "U0ROSA", "display_name": "Rosa Reporter", "title": "City hall",
                                      "image_48": "https://avatars.slack-edge.example/rosa_48.png"}}}""");
        put(SLUG + "/live.json", """
                {"v": 1, "epoch": "k3x9", "seq": %1$d, "base": %1$d, "index": "i/x-%2$s.json", "users": "i/u-000000000001.json",
                 "ops_from": %3$d, "ops": [], "channel": %4$s, "live": true, "poll": 10, "count": 3,
                 "updated": "2026-11-03T19:00:00Z"}""".formatted(
                        seq, "%012d".formatted(seq), seq + 1, CHANNEL.formatted("""
                        , "pinned": ["1793757720.000100"], "key_events": ["1793757720.000100", "1793757600.000100"]""" + language)));
    }

    private void put(String key, String json) {
        put(key, json, "application/json; charset=utf-8");
    }

    private void put(String key, String text, String type) {
        put(key, text.getBytes(StandardCharsets.UTF_8), type);
    }

    private void put(String key, byte[] bytes, String type) {
        newsroom.storage().put(new StoredObject(new ObjectKey(key), bytes, type, "no-cache"));
    }

    private static Object sizeOf(Locator element) {
        return element.evaluate("({ offsetWidth, offsetHeight }) => `${offsetWidth} x ${offsetHeight}`");
    }
}
