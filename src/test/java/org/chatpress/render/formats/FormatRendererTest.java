package org.chatpress.render.formats;

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
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TimeZone;
import org.assertj.core.api.SoftAssertions;
import org.chatpress.model.PublicMessage;
import org.chatpress.model.PublicMessage.PublicPhoto;
import org.chatpress.render.json.ChatMetadata;
import org.chatpress.render.json.ChatRenderer;
import org.chatpress.render.json.FileRole;
import org.chatpress.render.json.PublishingInfo;
import org.chatpress.render.json.PublishingInfo.OutputFormat;
import org.chatpress.render.json.RenderedFile;
import org.chatpress.support.HtmlValidator;
import org.chatpress.support.MemoryChat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The contents of the other formats, and whether validators and parsers of these formats accept them. */
class FormatRendererTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    final MemoryChat chat = new MemoryChat().setMetadata(MemoryChat.metadataWithAllFormats());

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

    // CONTENTS

    @Test
    void everyFormatMatchesItsGoldenFile() {
        String share = text(FormatRenderer.sharePages(chat, 1).get(0));
        SoftAssertions.assertSoftly(files -> {
            for (FileRole role : FileRole.NEWEST_FILES) {
                RenderedFile file = file(role);
                String name = file.object().key().name();
                String actual = name.endsWith(".json") ? pretty(text(file)) : text(file);
                files.assertThat(actual).as(name).isEqualTo(golden(name, actual));
            }
            files.assertThat(share).isEqualTo(golden("share.html", share));
        });
    }

    @Test
    void everyFormatHasItsNameAndIsCachedLikeTheWholeChat() {
        List<RenderedFile> files = new ArrayList<>(FormatRenderer.newestFormats(chat));
        files.addAll(FormatRenderer.sharePages(chat, 1));

        assertThat(files)
                .extracting(file -> file.object().key() + " " + file.object().contentType())
                .containsExactlyInAnyOrder(
                        "election-night/feed.json application/feed+json; charset=utf-8",
                        "election-night/atom.xml application/atom+xml; charset=utf-8",
                        "election-night/liveblogposting.json application/ld+json; charset=utf-8",
                        "election-night/fragment.html text/html; charset=utf-8",
                        "election-night/index.html text/html; charset=utf-8",
                        "election-night/m/1793757604.000000.html text/html; charset=utf-8");
        assertThat(files)
                .allMatch(file ->
                        file.object().cacheControl().equals("public, max-age=10, s-maxage=15, stale-if-error=300"));
        assertThat(files.get(files.size() - 1).messages()).containsExactly(MemoryChat.ts(4));
    }

    @ParameterizedTest
    @CsvSource({
        "ar, rtl, مباشر, عُدّل",
        "de-AT, ltr, Live, Bearbeitet:",
        "es-419, ltr, En directo, Editado:",
        "fr, ltr, En direct, Modifié :",
        "pt-BR, ltr, Ao vivo, Editado:",
        "nl, ltr, Live, Edited"
    })
    void pagesSpeakTheLanguageOfTheChat(String language, String direction, String live, String edited) {
        PublishingInfo info = MemoryChat.metadataWithAllFormats().publishing().withLanguage(language);
        chat.setMetadata(MemoryChat.withPublishing(MemoryChat.metadataWithAllFormats(), info));

        assertThat(text(FileRole.HTML))
                .contains(
                        "<html lang=\"" + language + "\" dir=\"" + direction + "\">",
                        ">" + live + "</p>",
                        edited + " <time");
        assertThat(text(FileRole.ATOM)).contains("xml:lang=\"" + language + "\"");
        assertThat(json(FileRole.JSON_FEED).path("language").asText()).isEqualTo(language);
    }

    @Test
    void aSharePageHasAHeadingAndATimeZone() {
        String withHeadline = text(FormatRenderer.sharePages(chat, 1).get(0));
        chat.put(9, "no headline");
        String without = text(FormatRenderer.sharePages(chat, 1).get(0));

        assertThat(withHeadline).containsOnlyOnce("<h1").contains("<p class=\"lc-zone\">America/Los_Angeles</p>");
        assertThat(without).containsOnlyOnce("<h1").contains("no headline", "lc-zone");
    }

    @ParameterizedTest
    @CsvSource({"120, 90, summary", "299, 400, summary", "960, 640, summary_large_image", "0, 0, summary_large_image"})
    void aSharePageDescribesItsPhotoAndHasACardOfItsSize(int width, int height, String card) {
        PublicMessage message = new PublicMessage(
                        MemoryChat.ts(9),
                        MemoryChat.ROSA.id(),
                        "",
                        "",
                        Instant.EPOCH,
                        Optional.empty(),
                        Optional.empty())
                .withPhotos(List.of(new PublicPhoto(
                        PublicPhoto.Status.LIVE,
                        "https://static.example/hall.jpg",
                        width,
                        height,
                        "The hall",
                        "Full",
                        "")));
        chat.put(message);

        String page = text(FormatRenderer.sharePages(chat, 1).get(0));
        assertThat(page)
                .contains("name=\"twitter:card\" content=\"" + card + "\"", "\"og:image:alt\" content=\"The hall\"")
                .contains("\"og:description\" content=\"Full\"");
        assertThat(page.contains("\"og:image:width\" content=\"" + width + "\""))
                .isEqualTo(width > 0);
        assertThat(page.contains("\"og:image:height\" content=\"" + height + "\""))
                .isEqualTo(height > 0);
    }

    @Test
    void onlyConfiguredFormatsAreRendered() {
        chat.setMetadata(withFormats(OutputFormat.ATOM));

        assertThat(FormatRenderer.newestFormats(chat))
                .extracting(RenderedFile::role)
                .containsExactly(FileRole.ATOM);
        chat.setMetadata(withFormats());
        assertThat(FormatRenderer.newestFormats(chat)).isEmpty();
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

        assertThat(json(FileRole.JSON_FEED).path("items")).hasSize(50);
        assertThat(json(FileRole.LIVEBLOG).path("liveBlogUpdate")).hasSize(50);
        assertThat(text(FileRole.ATOM).split("<entry>")).hasSize(51);
        assertThat(text(FileRole.HTML).split("<article")).hasSize(201);
        assertThat(text(FileRole.HTML)).contains("update 299", "The newest 200 of 293 messages");
    }

    @Test
    void theArchiveIsRenderedOnceTheChatIsClosedAndHoldsEveryMessage() throws IOException {
        assertThat(ChatRenderer.render(chat, true).files())
                .extracting(RenderedFile::role)
                .doesNotContain(FileRole.ARCHIVE);

        chat.setMetadata(MemoryChat.closed(chat.metadata()));
        RenderedFile archive = ChatRenderer.render(chat, true).files().stream()
                .filter(file -> file.role() == FileRole.ARCHIVE)
                .findFirst()
                .orElseThrow();

        assertThat(archive.object().key()).hasToString("election-night/archive.ndjson");
        List<String> lines = text(archive).lines().toList();
        assertThat(lines).hasSize(3);
        assertThat(JSON.readTree(lines.get(0)).path("text").asText()).isEqualTo("polls are closed");
        assertThat(JSON.readTree(lines.get(2)).at("/user/display_name").asText())
                .isEqualTo("Rosa Reporter");
    }

    // VALIDITY

    @Test
    void theJsonFeedIsValidForLiveAndClosedChatsAndMinimalSettings() {
        Schema schema = jsonFeedSchema();
        for (ChatMetadata metadata : metadataVariants()) {
            chat.setMetadata(metadata);
            assertThat(schema.validate(json(FileRole.JSON_FEED)))
                    .as(metadata.toString())
                    .isEmpty();
        }

        assertThat(json(FileRole.JSON_FEED).has("expired")).isTrue();
        assertThat(schema.validate(JSON.createObjectNode().put("version", "https://jsonfeed.org/version/1.1")))
                .isNotEmpty();
    }

    @Test
    void theAtomFeedIsValidForLiveAndClosedChatsAndMinimalSettings() {
        for (ChatMetadata metadata : metadataVariants()) {
            chat.setMetadata(metadata);
            assertThat(AtomRules.violations(text(FileRole.ATOM)))
                    .as(metadata.toString())
                    .isEmpty();
        }
    }

    @Test
    void aFeedLibraryReadsTheAtomFeed() throws Exception {
        SyndFeed feed = new SyndFeedInput().build(new StringReader(text(FileRole.ATOM)));

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
    void everyPageIsValidHtml() {
        for (ChatMetadata metadata : metadataVariants()) {
            chat.setMetadata(metadata);
            assertThat(HtmlValidator.errors(text(FileRole.HTML)))
                    .as(metadata.toString())
                    .isEmpty();
            assertThat(HtmlValidator.errors(page(text(FileRole.FRAGMENT))))
                    .as(metadata.toString())
                    .isEmpty();
            for (RenderedFile page : FormatRenderer.sharePages(chat, 10)) {
                assertThat(HtmlValidator.errors(text(page)))
                        .as(metadata.toString())
                        .isEmpty();
            }
        }
        assertThat(HtmlValidator.errors(page("<p><img src=x></p>"))).isNotEmpty();
    }

    @Test
    void theJsonLdHasThePropertiesThatSearchEnginesRead() {
        JsonNode posting = json(FileRole.LIVEBLOG);

        assertThat(posting.path("@context").asText()).isEqualTo("https://schema.org");
        assertThat(posting.path("@type").asText()).isEqualTo("LiveBlogPosting");
        for (String address : List.of("@id", "url", "mainEntityOfPage")) {
            assertThat(posting.path(address).asText()).as(address).isEqualTo("https://news.example/election-night");
        }
        assertThat(posting.path("headline").asText()).isEqualTo("Election night, live");
        assertThat(posting.path("description").asText()).isEqualTo("Our reporters follow the count.");
        assertThat(posting.path("inLanguage").asText()).isEqualTo("en");
        assertThat(posting.path("datePublished").asText()).isEqualTo("2026-11-04T02:00:01Z");
        assertThat(posting.path("coverageStartTime").asText()).isEqualTo("2026-11-04T02:00:01Z");
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
    void coverageStartsWithTheFirstMessageAndEndsWhenTheChatIsClosed() {
        String start = json(FileRole.LIVEBLOG).path("datePublished").asText();
        assertThat(start).isEqualTo("2026-11-04T02:00:01Z");

        chat.del(1).put(2, "edited").put(9, "late").setMetadata(MemoryChat.closed(chat.metadata()));
        JsonNode closed = json(FileRole.LIVEBLOG);
        chat.del(9);

        assertThat(closed.path("datePublished").asText())
                .isEqualTo(start)
                .isEqualTo(closed.path("coverageStartTime").asText());
        assertThat(closed.path("coverageEndTime").asText())
                .isEqualTo("2026-11-04T03:00:00Z")
                .isEqualTo(json(FileRole.LIVEBLOG).path("coverageEndTime").asText());
    }

    @Test
    void anEditChangesTheTimeOfModificationAndNotOfPublication() {
        chat.put(edited(1, "polls are closed"));
        JsonNode before = json(FileRole.JSON_FEED).at("/items/2");
        assertThat(before.path("date_published").asText()).isEqualTo("2026-11-04T02:00:01Z");
        assertThat(before.path("date_modified").asText()).isEqualTo("2026-11-04T02:10:00Z");
        assertThat(text(FileRole.ATOM))
                .contains("<published>2026-11-04T02:00:01Z</published>\n<updated>2026-11-04T02:10:00Z</updated>");
    }

    @Test
    void pagesContainTheSameJsonLdAsTheFile() {
        for (FileRole page : List.of(FileRole.HTML, FileRole.FRAGMENT)) {
            String html = text(page);
            int start = html.indexOf("<script type=\"application/ld+json\">") + 35;
            String data = html.substring(start, html.indexOf("</script>", start));

            assertThat(tree(data)).isEqualTo(json(FileRole.LIVEBLOG));
            assertThat(data).doesNotContain("<");
            assertThat(html.split("<script")).hasSize(2);
        }
        assertThat(text(FileRole.HTML)).doesNotContain("style=", "stylesheet", "onclick");
        assertThat(text(FileRole.FRAGMENT)).doesNotContain("style");
    }

    @Test
    void theGuideForFrontEndsHasTheHashOfThePagesStyle() throws Exception {
        String guide = Files.readString(Path.of("examples/front-end/README.md"));
        for (String page : List.of(
                text(FileRole.HTML), text(FormatRenderer.sharePages(chat, 1).get(0)))) {
            String style = page.substring(page.indexOf("<style>") + 7, page.indexOf("</style>"));
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(style.getBytes(StandardCharsets.UTF_8));

            assertThat(guide)
                    .contains("style-src 'sha256-" + Base64.getEncoder().encodeToString(hash) + "'");
        }
    }

    @Test
    void feedsShowTheDescriptionAsOneLineOfText() {
        chat.setMetadata(withDescription("Count:<ul><li>in <b>ci</b>ties</li><li>R&amp;D &lt;2&gt;</li></ul>"
                + "<table><tr><td>1</td><td>2</td></tr></table><p>so<br>far</p>"));

        assertThat(json(FileRole.JSON_FEED).path("description").asText())
                .isEqualTo("Count: in cities R&D <2> 1 2 so far")
                .isEqualTo(json(FileRole.LIVEBLOG).path("description").asText());
    }

    @Test
    void urlsOfMessagesFollowTheSettings() {
        PublishingInfo full = chat.metadata().publishing();
        assertThat(urlOfFirst()).isEqualTo("https://news.example/election-night#m-1793757604.000000");

        chat.setMetadata(withPublishing(full.formats(), Optional.empty(), full.publicUrl()));
        assertThat(urlOfFirst())
                .isEqualTo("https://static.example/chats/election-night/index.html#m-1793757604.000000");

        chat.setMetadata(withPublishing(
                EnumSet.of(OutputFormat.JSON_FEED, OutputFormat.SHARE_PAGES), Optional.empty(), full.publicUrl()));
        assertThat(urlOfFirst()).isEqualTo("https://static.example/chats/election-night/m/1793757604.000000.html");

        chat.setMetadata(withPublishing(full.formats(), Optional.empty(), Optional.empty()));
        assertThat(json(FileRole.JSON_FEED).at("/items/0").has("url")).isFalse();
        assertThat(json(FileRole.JSON_FEED).at("/items/0/id").asText()).startsWith("urn:uuid:");
        assertThat(json(FileRole.LIVEBLOG).has("url")).isFalse();
    }

    @Test
    void everyFormatLinksToPhotosBesideTheChat() {
        chat.put(withPhoto("election-night/photos/abc-960.jpg"));

        assertThat(text(FileRole.HTML))
                .contains("src=\"https://static.example/chats/election-night/photos/abc-960.jpg\"");
        assertThat(json(FileRole.JSON_FEED).at("/items/0/image").asText())
                .isEqualTo("https://static.example/chats/election-night/photos/abc-960.jpg");

        chat.setMetadata(withPublishing(chat.metadata().publishing().formats(), Optional.empty(), Optional.empty()));
        assertThat(text(FileRole.HTML))
                .contains(
                        "<img src=\"../election-night/photos/abc-960.jpg\" width=\"4\" height=\"3\" alt=\"\" loading=\"lazy\">");
        assertThat(text(FormatRenderer.sharePages(chat, 1).get(0)))
                .contains("src=\"../../election-night/photos/abc-960.jpg\"");
        assertThat(json(FileRole.JSON_FEED).at("/items/0").has("image")).isFalse();
        assertThat(text(FileRole.ATOM)).doesNotContain("abc-960");
    }

    @Test
    void aRightToLeftLanguageSetsTheDirectionOfThePage() {
        assertThat(text(FileRole.HTML)).contains("<html lang=\"en\" dir=\"ltr\">");

        PublishingInfo inArabic = chat.metadata().publishing().withLanguage("ar-EG");
        chat.setMetadata(MemoryChat.withPublishing(chat.metadata(), inArabic));

        assertThat(text(FileRole.HTML)).contains("<html lang=\"ar-EG\" dir=\"rtl\">");
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
    void aCaptionThatRepeatsTheTextIsLeftOut() {
        PublicMessage full = MemoryChat.withEverything(6);
        PublicPhoto photo = full.photos().get(0);
        PublicPhoto captioned = new PublicPhoto(
                photo.status(), photo.url(), photo.width(), photo.height(), photo.alt(), full.text(), photo.credit());

        chat.put(full.withPhotos(List.of(captioned)));

        assertThat(text(FileRole.HTML))
                .contains("<figcaption><small>R. Reporter</small></figcaption>")
                .doesNotContain("<figcaption>the hall is full");
    }

    @Test
    void feedsContainNeitherIdsNorLinksToAnchors() {
        for (String feed : List.of(
                json(FileRole.JSON_FEED).at("/items/0/content_html").asText(),
                text(FileRole.ATOM).replace("&quot;", "\""))) {
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
                        Optional.empty())
                .withPhotos(List.of(new PublicPhoto(PublicPhoto.Status.LIVE, url, 4, 3, "", "", "")));
    }

    /** Full settings, minimal settings, an empty headline, and a closed chat, which comes last. */
    private List<ChatMetadata> metadataVariants() {
        ChatMetadata full = MemoryChat.metadataWithAllFormats();
        ChatMetadata minimal = withPublishing(full.publishing().formats(), Optional.empty(), Optional.empty());
        ChatMetadata withoutHeadline = MemoryChat.withPublishing(
                MemoryChat.metadataWith("", JsonNodeFactory.instance.objectNode()),
                new PublishingInfo(
                        full.publishing().formats(),
                        MemoryChat.START,
                        Optional.empty(),
                        Optional.empty(),
                        "",
                        Optional.empty(),
                        "en",
                        false,
                        List.of()));
        return List.of(full, minimal, withoutHeadline, MemoryChat.closed(full));
    }

    private ChatMetadata withDescription(String html) {
        ChatMetadata full = chat.metadata();
        return new ChatMetadata(
                full.id(),
                full.slug(),
                full.file(),
                full.jsonp(),
                full.headline(),
                html,
                full.liveContent(),
                full.live(),
                full.closedAt(),
                full.timeZone(),
                full.extras(),
                full.publishing());
    }

    private ChatMetadata withFormats(OutputFormat... formats) {
        PublishingInfo info = MemoryChat.metadataWithAllFormats().publishing();
        return withPublishing(Set.of(formats), info.page(), info.publicUrl());
    }

    private static ChatMetadata withPublishing(Set<OutputFormat> formats, Optional<URI> page, Optional<URI> publicUrl) {
        PublishingInfo info = MemoryChat.metadataWithAllFormats().publishing();
        return MemoryChat.withPublishing(
                MemoryChat.metadataWithAllFormats(),
                new PublishingInfo(
                        formats,
                        info.since(),
                        page,
                        publicUrl,
                        info.publisher(),
                        info.logo(),
                        info.language(),
                        false,
                        List.of()));
    }

    private String urlOfFirst() {
        return json(FileRole.JSON_FEED).at("/items/0/url").asText();
    }

    private RenderedFile file(FileRole role) {
        return FormatRenderer.newestFormats(chat).stream()
                .filter(file -> file.role() == role)
                .findFirst()
                .orElseThrow();
    }

    private String text(FileRole role) {
        return text(file(role));
    }

    private JsonNode json(FileRole role) {
        return tree(text(role));
    }

    private List<String> texts() {
        List<RenderedFile> files = new ArrayList<>(FormatRenderer.newestFormats(chat));
        files.addAll(FormatRenderer.sharePages(chat, 10));
        return files.stream().map(FormatRendererTest::text).toList();
    }

    static String text(RenderedFile file) {
        return new String(file.object().bytes(), StandardCharsets.UTF_8);
    }

    static String page(String fragment) {
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
        try (InputStream in = FormatRendererTest.class.getResourceAsStream("json-feed.schema.json")) {
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(JSON.readTree(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One member per line, so that a difference is one line. */
    private static String pretty(String json) {
        var indenter = new DefaultIndenter("  ", "\n");
        var printer = new DefaultPrettyPrinter().withObjectIndenter(indenter).withArrayIndenter(indenter);
        try {
            return JSON.writer(printer).writeValueAsString(tree(json)) + "\n";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The expected text. Writes the actual text to target/golden, to compare it and to copy it. */
    private static String golden(String name, String actual) {
        try {
            Files.writeString(
                    Files.createDirectories(Path.of("target/golden/formats")).resolve(name), actual);
            try (InputStream in = FormatRendererTest.class.getResourceAsStream("golden/" + name)) {
                return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
