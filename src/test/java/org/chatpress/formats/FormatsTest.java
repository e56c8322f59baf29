package org.chatpress.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import com.rometools.rome.feed.synd.SyndEntry;
import com.rometools.rome.feed.synd.SyndFeed;
import com.rometools.rome.feed.synd.SyndLink;
import com.rometools.rome.io.SyndFeedInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TimeZone;
import org.assertj.core.api.SoftAssertions;
import org.chatpress.model.Format;
import org.chatpress.model.Notes;
import org.chatpress.model.Photo;
import org.chatpress.model.PublicMessage;
import org.chatpress.render.ChatRenderer;
import org.chatpress.render.Face;
import org.chatpress.render.Imprint;
import org.chatpress.render.Role;
import org.chatpress.render.Sheet;
import org.chatpress.support.MemoryChat;
import org.chatpress.support.Nu;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The other forms of a chat as they are, and as those who know their formats read them. */
class FormatsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    final MemoryChat chat = new MemoryChat().face(MemoryChat.inEveryForm());

    @BeforeEach
    void aChatWithEverything() {
        chat.put(1, "polls are closed");
        chat.put(new PublicMessage(
                MemoryChat.ts(2),
                MemoryChat.ROSA.id(),
                "<p>&lt;/script&gt; \u2028 \ud83d\uddf3\ufe0f \"quoted\"</p>",
                "</script> \u2028 \ud83d\uddf3\ufe0f \"quoted\"",
                Instant.parse("2026-11-04T02:01:00.987Z"),
                Optional.of(Instant.parse("2026-11-04T02:00:30Z")),
                Optional.empty()));
        chat.put(MemoryChat.withEverything(4));
    }

    // AS THEY ARE

    @Test
    void everyFormIsAsTheGoldenOne() {
        String share = text(Formats.sharePages(chat, 1).get(0));
        SoftAssertions.assertSoftly(files -> {
            for (Role role : Role.OF_THE_NEWEST) {
                Sheet sheet = sheet(role);
                String name = sheet.blob().key().name();
                String actual = name.endsWith(".json") ? pretty(text(sheet)) : text(sheet);
                files.assertThat(actual).as(name).isEqualTo(golden(name, actual));
            }
            files.assertThat(share).isEqualTo(golden("share.html", share));
        });
    }

    @Test
    void eachIsPublishedUnderItsNameAndCachedAsLongAsTheWholeChat() {
        List<Sheet> sheets = new ArrayList<>(Formats.ofTheNewest(chat));
        sheets.addAll(Formats.sharePages(chat, 1));

        assertThat(sheets)
                .extracting(sheet -> sheet.blob().key() + " " + sheet.blob().contentType())
                .containsExactlyInAnyOrder(
                        "election-night/feed.json application/feed+json; charset=utf-8",
                        "election-night/atom.xml application/atom+xml; charset=utf-8",
                        "election-night/liveblogposting.json application/ld+json; charset=utf-8",
                        "election-night/fragment.html text/html; charset=utf-8",
                        "election-night/index.html text/html; charset=utf-8",
                        "election-night/m/1793757604.000000.html text/html; charset=utf-8");
        assertThat(sheets)
                .allMatch(sheet -> sheet.blob()
                        .cacheControl()
                        .equals("public, max-age=10, s-maxage=15, stale-while-revalidate=30, stale-if-error=300"));
        assertThat(sheets.get(sheets.size() - 1).holds()).containsExactly(MemoryChat.ts(4));
    }

    @Test
    void onlyWhatTheChannelAsksForIsRendered() {
        chat.face(in(Format.ATOM));

        assertThat(Formats.ofTheNewest(chat)).extracting(Sheet::role).containsExactly(Role.ATOM);
        chat.face(in());
        assertThat(Formats.ofTheNewest(chat)).isEmpty();
    }

    @Test
    void theBytesAreTheSameInAnyLocaleAndTimeZone() {
        List<String> here = texts();
        Locale locale = Locale.getDefault();
        TimeZone zone = TimeZone.getDefault();

        try {
            Locale.setDefault(Locale.forLanguageTag("ar-SA-u-nu-arab"));
            TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kathmandu"));
            assertThat(texts()).isEqualTo(here);
        } finally {
            Locale.setDefault(locale);
            TimeZone.setDefault(zone);
        }
    }

    @Test
    void feedsHoldTheNewestFiftyAndPagesTheNewestTwoHundred() {
        for (int i = 10; i < 300; i++) {
            chat.put(i, "update " + i);
        }

        assertThat(json(Role.JSON_FEED).path("items")).hasSize(50);
        assertThat(json(Role.LIVEBLOG).path("liveBlogUpdate")).hasSize(50);
        assertThat(text(Role.ATOM).split("<entry>")).hasSize(51);
        assertThat(text(Role.HTML).split("<article")).hasSize(201);
        assertThat(text(Role.HTML)).contains("update 299", "The newest 200 of 293 messages");
    }

    @Test
    void theArchiveComesWithTheCloseAndHoldsEveryMessage() throws IOException {
        assertThat(ChatRenderer.render(chat, true).sheets())
                .extracting(Sheet::role)
                .doesNotContain(Role.ARCHIVE);

        chat.face(chat.face().closed());
        Sheet archive = ChatRenderer.render(chat, true).sheets().stream()
                .filter(sheet -> sheet.role() == Role.ARCHIVE)
                .findFirst()
                .orElseThrow();

        assertThat(archive.blob().key()).hasToString("election-night/archive.ndjson");
        List<String> lines = text(archive).lines().toList();
        assertThat(lines).hasSize(3);
        assertThat(JSON.readTree(lines.get(0)).path("text").asText()).isEqualTo("polls are closed");
        assertThat(JSON.readTree(lines.get(2)).at("/user/display_name").asText())
                .isEqualTo("Rosa Reporter");
    }

    // AS OTHERS READ THEM

    @Test
    void theJsonFeedIsValidLiveAndClosedWithSettingsAndWithout() {
        Schema schema = jsonFeedSchema();
        for (Face face : faces()) {
            chat.face(face);
            assertThat(schema.validate(json(Role.JSON_FEED)))
                    .as(face.toString())
                    .isEmpty();
        }

        assertThat(json(Role.JSON_FEED).has("expired")).isTrue();
        assertThat(schema.validate(JSON.createObjectNode().put("version", "https://jsonfeed.org/version/1.1")))
                .isNotEmpty();
    }

    @Test
    void theAtomFeedKeepsToItsSpecificationLiveAndClosedWithSettingsAndWithout() {
        for (Face face : faces()) {
            chat.face(face);
            assertThat(AtomRules.broken(text(Role.ATOM))).as(face.toString()).isEmpty();
        }
    }

    @Test
    void aFeedLibraryReadsTheAtomFeed() throws Exception {
        SyndFeed feed = new SyndFeedInput().build(new StringReader(text(Role.ATOM)));

        assertThat(feed.getFeedType()).isEqualTo("atom_1.0");
        assertThat(feed.getTitle()).isEqualTo("Election night, live");
        assertThat(feed.getLinks())
                .extracting(SyndLink::getRel, SyndLink::getHref)
                .contains(tuple("alternate", "https://news.example/election-night"));
        assertThat(feed.getUri()).isEqualTo("tag:news.example,2026:C0ELECTION");
        assertThat(feed.getEntries()).extracting(SyndEntry::getTitle).startsWith("Hall is full");
        SyndEntry first = feed.getEntries().get(0);
        assertThat(first.getLink()).isEqualTo("https://news.example/election-night#m-1793757604.000000");
        assertThat(first.getAuthors()).extracting("name").containsExactly("Rosa Reporter and Sam Second");
        assertThat(first.getCategories()).extracting("name").containsExactly("hall");
        assertThat(first.getPublishedDate().toInstant()).isEqualTo("2026-11-04T02:00:04Z");
        assertThat(first.getUpdatedDate().toInstant()).isEqualTo("2026-11-04T02:01:00Z");
        assertThat(first.getContents().get(0).getValue())
                .contains(
                        "<p>the hall is full</p>", "https://photos.example/1.jpg", "It was the small hall.", "a reply");
        assertThat(feed.getEntries().get(1).getContents().get(0).getValue()).contains("&lt;/script&gt;");
    }

    @Test
    void everyPageIsGoodHtml() {
        for (Face face : faces()) {
            chat.face(face);
            assertThat(Nu.errors(text(Role.HTML))).as(face.toString()).isEmpty();
            assertThat(Nu.errors(around(text(Role.FRAGMENT))))
                    .as(face.toString())
                    .isEmpty();
            for (Sheet page : Formats.sharePages(chat, 10)) {
                assertThat(Nu.errors(text(page))).as(face.toString()).isEmpty();
            }
        }
        assertThat(Nu.errors(around("<p><img src=x></p>"))).isNotEmpty();
    }

    @Test
    void searchEnginesGetWhatTheyAskFor() {
        JsonNode posting = json(Role.LIVEBLOG);

        assertThat(posting.path("@context").asText()).isEqualTo("https://schema.org");
        assertThat(posting.path("@type").asText()).isEqualTo("LiveBlogPosting");
        for (String address : List.of("@id", "url", "mainEntityOfPage")) {
            assertThat(posting.path(address).asText()).as(address).isEqualTo("https://news.example/election-night");
        }
        assertThat(posting.path("headline").asText()).isEqualTo("Election night, live");
        assertThat(posting.path("description").asText()).isEqualTo("Our reporters follow the count.");
        assertThat(posting.path("inLanguage").asText()).isEqualTo("en");
        assertThat(posting.path("datePublished").asText()).isEqualTo("2026-11-04T02:00:00Z");
        assertThat(posting.path("coverageStartTime").asText()).isEqualTo("2026-11-04T02:00:00Z");
        assertThat(posting.path("dateModified").asText())
                .isEqualTo(chat.updated().toString());
        assertThat(posting.has("coverageEndTime")).isFalse();
        assertThat(posting.path("image")).extracting(JsonNode::asText).containsExactly("https://photos.example/1.jpg");
        assertThat(posting.path("publisher"))
                .isEqualTo(tree("{'@type': 'Organization', 'name': 'The Example', 'logo':"
                        + " {'@type': 'ImageObject', 'url': 'https://news.example/logo.png'}}"));
        assertThat(posting.path("author")).isEqualTo(posting.path("publisher"));
        assertThat(posting.path("liveBlogUpdate")).hasSize(3);
        JsonNode update = posting.at("/liveBlogUpdate/0");
        assertThat(update.path("@type").asText()).isEqualTo("BlogPosting");
        assertThat(update.path("url").asText())
                .isEqualTo("https://news.example/election-night#m-1793757604.000000")
                .isEqualTo(update.path("@id").asText());
        assertThat(update.path("headline").asText()).isEqualTo("Hall is full");
        assertThat(update.path("datePublished").asText()).isEqualTo("2026-11-04T02:00:04Z");
        assertThat(update.path("dateModified").asText()).isEqualTo("2026-11-04T02:01:00Z");
        assertThat(update.path("articleBody").asText()).isEqualTo("the hall is full");
        assertThat(update.path("author"))
                .isEqualTo(tree("{'@type': 'Person', 'name': 'Rosa Reporter and Sam Second'}"));
        assertThat(update.path("image")).extracting(JsonNode::asText).containsExactly("https://photos.example/1.jpg");
        assertThat(update.path("keywords")).extracting(JsonNode::asText).containsExactly("hall");
        assertThat(posting.at("/liveBlogUpdate/1/articleBody").asText())
                .isEqualTo("</script> \n \ud83d\uddf3\ufe0f \"quoted\"");
    }

    @Test
    void theBeginningNeverMovesAndTheEndIsTheClose() {
        String begun = json(Role.LIVEBLOG).path("datePublished").asText();

        chat.del(1).put(2, "edited").put(9, "late").face(chat.face().closed());
        JsonNode closed = json(Role.LIVEBLOG);
        chat.del(9);

        assertThat(closed.path("datePublished").asText())
                .isEqualTo(begun)
                .isEqualTo(closed.path("coverageStartTime").asText());
        assertThat(closed.path("coverageEndTime").asText())
                .isEqualTo("2026-11-04T03:00:00Z")
                .isEqualTo(json(Role.LIVEBLOG).path("coverageEndTime").asText());
    }

    @Test
    void anEditBumpsWhatWasUpdatedAndLeavesWhatWasPublished() {
        chat.put(edited(1, "polls are closed"));
        JsonNode before = json(Role.JSON_FEED).at("/items/2");
        assertThat(before.path("date_published").asText()).isEqualTo("2026-11-04T02:00:01Z");
        assertThat(before.path("date_modified").asText()).isEqualTo("2026-11-04T02:10:00Z");
        assertThat(text(Role.ATOM))
                .contains("<published>2026-11-04T02:00:01Z</published>\n<updated>2026-11-04T02:10:00Z</updated>");
    }

    @Test
    void pagesBearTheSameDataAsTheFile() {
        for (Role page : List.of(Role.HTML, Role.FRAGMENT)) {
            String html = text(page);
            int start = html.indexOf("<script type=\"application/ld+json\">") + 35;
            String data = html.substring(start, html.indexOf("</script>", start));

            assertThat(tree(data)).isEqualTo(json(Role.LIVEBLOG));
            assertThat(data).doesNotContain("<");
            assertThat(html.split("<script")).hasSize(2);
        }
        assertThat(text(Role.HTML)).doesNotContain("style=", "<style", "stylesheet", "onclick");
    }

    @Test
    void whereTheChatIsFollowsFromWhatTheSettingsSay() {
        Imprint full = chat.face().imprint();
        assertThat(urlOfFirst()).isEqualTo("https://news.example/election-night#m-1793757604.000000");

        chat.face(imprint(full.formats(), Optional.empty(), full.site()));
        assertThat(urlOfFirst())
                .isEqualTo("https://static.example/chats/election-night/index.html#m-1793757604.000000");

        chat.face(imprint(EnumSet.of(Format.JSON_FEED, Format.SHARE_PAGES), Optional.empty(), full.site()));
        assertThat(urlOfFirst()).isEqualTo("https://static.example/chats/election-night/m/1793757604.000000.html");

        chat.face(imprint(full.formats(), Optional.empty(), Optional.empty()));
        assertThat(json(Role.JSON_FEED).at("/items/0").has("url")).isFalse();
        assertThat(json(Role.JSON_FEED).at("/items/0/id").asText()).startsWith("urn:uuid:");
        assertThat(json(Role.LIVEBLOG).has("url")).isFalse();
    }

    @Test
    void photosBesideTheChatAreFoundFromEveryForm() {
        chat.put(withPhoto("election-night/photos/abc-960.jpg"));

        assertThat(text(Role.HTML)).contains("src=\"https://static.example/chats/election-night/photos/abc-960.jpg\"");
        assertThat(json(Role.JSON_FEED).at("/items/0/image").asText())
                .isEqualTo("https://static.example/chats/election-night/photos/abc-960.jpg");

        chat.face(imprint(chat.face().imprint().formats(), Optional.empty(), Optional.empty()));
        assertThat(text(Role.HTML))
                .contains(
                        "<img src=\"../election-night/photos/abc-960.jpg\" width=\"4\" height=\"3\" alt=\"\" loading=\"lazy\">");
        assertThat(text(Formats.sharePages(chat, 1).get(0)))
                .contains("src=\"../../election-night/photos/abc-960.jpg\"");
        assertThat(json(Role.JSON_FEED).at("/items/0").has("image")).isFalse();
        assertThat(text(Role.ATOM)).doesNotContain("abc-960");
    }

    @Test
    void aLanguageThatRunsFromRightToLeftSaysSo() {
        assertThat(text(Role.HTML)).contains("<html lang=\"en\" dir=\"ltr\">");

        Imprint is = chat.face().imprint();
        chat.face(MemoryChat.withImprint(
                chat.face(),
                new Imprint(
                        is.formats(), is.since(), is.page(), is.site(), is.publisher(), is.logo(), "ar-EG", false)));

        assertThat(text(Role.HTML)).contains("<html lang=\"ar-EG\" dir=\"rtl\">");
    }

    private static PublicMessage edited(int second, String text) {
        return new PublicMessage(
                MemoryChat.ts(second),
                MemoryChat.ROSA.id(),
                "<p>" + text + "</p>",
                text,
                MemoryChat.START,
                Optional.of(MemoryChat.START.plusSeconds(600)),
                Optional.empty());
    }

    @Test
    void wordsThatStandForACaptionAreShownOnce() {
        PublicMessage full = MemoryChat.withEverything(6);
        Photo photo = full.photos().get(0);
        Photo captioned = new Photo(
                photo.status(), photo.url(), photo.width(), photo.height(), photo.alt(), full.text(), photo.credit());

        chat.put(full.with(List.of(captioned), List.of(), Notes.NONE, List.of()));

        assertThat(text(Role.HTML))
                .contains("<figcaption><small>R. Reporter</small></figcaption>")
                .doesNotContain("<figcaption>the hall is full");
    }

    @Test
    void feedsBearNeitherIdsNorLinksThatLeadNowhere() {
        for (String feed : List.of(
                json(Role.JSON_FEED).at("/items/0/content_html").asText(),
                text(Role.ATOM).replace("&quot;", "\""))) {
            assertThat(feed).contains("lc-reply", "a reply").doesNotContain(" id=\"", "href=\"#");
        }
    }

    private static PublicMessage withPhoto(String url) {
        return new PublicMessage(
                MemoryChat.ts(20),
                MemoryChat.ROSA.id(),
                "",
                "",
                MemoryChat.START,
                Optional.empty(),
                Optional.empty(),
                List.of(new Photo(Photo.Status.LIVE, url, 4, 3, "", "", "")),
                List.of(),
                List.of(),
                Notes.NONE,
                List.of());
    }

    /** As rich as settings can be, closed, and as poor: the last is closed. */
    private List<Face> faces() {
        Face full = MemoryChat.inEveryForm();
        Face poor = imprint(full.imprint().formats(), Optional.empty(), Optional.empty());
        Face nameless = MemoryChat.withImprint(
                MemoryChat.face("", JsonNodeFactory.instance.objectNode()),
                new Imprint(
                        full.imprint().formats(),
                        MemoryChat.START,
                        Optional.empty(),
                        Optional.empty(),
                        "",
                        Optional.empty(),
                        "en",
                        false));
        return List.of(full, poor, nameless, full.closed());
    }

    private Face in(Format... formats) {
        Imprint is = MemoryChat.inEveryForm().imprint();
        return imprint(Set.of(formats), is.page(), is.site());
    }

    private static Face imprint(Set<Format> formats, Optional<URI> page, Optional<URI> site) {
        Imprint is = MemoryChat.inEveryForm().imprint();
        return MemoryChat.withImprint(
                MemoryChat.inEveryForm(),
                new Imprint(formats, is.since(), page, site, is.publisher(), is.logo(), is.language(), false));
    }

    private String urlOfFirst() {
        return json(Role.JSON_FEED).at("/items/0/url").asText();
    }

    private Sheet sheet(Role role) {
        return Formats.ofTheNewest(chat).stream()
                .filter(sheet -> sheet.role() == role)
                .findFirst()
                .orElseThrow();
    }

    private String text(Role role) {
        return text(sheet(role));
    }

    private JsonNode json(Role role) {
        return tree(text(role));
    }

    private List<String> texts() {
        List<Sheet> sheets = new ArrayList<>(Formats.ofTheNewest(chat));
        sheets.addAll(Formats.sharePages(chat, 10));
        return sheets.stream().map(FormatsTest::text).toList();
    }

    static String text(Sheet sheet) {
        return new String(sheet.blob().bytes(), StandardCharsets.UTF_8);
    }

    static String around(String fragment) {
        return "<!doctype html><html lang=\"en\"><head><title>News</title></head><body>" + fragment + "</body></html>";
    }

    private static JsonNode tree(String json) {
        try {
            return JSON.readTree(json.startsWith("{'") ? json.replace('\'', '"') : json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Schema jsonFeedSchema() {
        try (InputStream in = FormatsTest.class.getResourceAsStream("json-feed.schema.json")) {
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(JSON.readTree(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One member a line, so that a difference is a line. */
    private static String pretty(String json) {
        var indenter = new DefaultIndenter("  ", "\n");
        var printer = new DefaultPrettyPrinter().withObjectIndenter(indenter).withArrayIndenter(indenter);
        try {
            return JSON.writer(printer).writeValueAsString(tree(json)) + "\n";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The expected text; what came instead is left in target/golden, to be looked at and copied. */
    private static String golden(String name, String actual) {
        try {
            Files.writeString(
                    Files.createDirectories(Path.of("target/golden/formats")).resolve(name), actual);
            try (InputStream in = FormatsTest.class.getResourceAsStream("golden/" + name)) {
                return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
