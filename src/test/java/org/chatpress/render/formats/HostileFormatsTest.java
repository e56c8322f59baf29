package org.chatpress.render.formats;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.networknt.schema.Schema;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.chatpress.model.Annotations;
import org.chatpress.model.PublicMessage;
import org.chatpress.model.PublicMessage.Author;
import org.chatpress.model.PublicMessage.LinkPreview;
import org.chatpress.model.PublicMessage.PublicMedia;
import org.chatpress.model.PublicMessage.PublicPhoto;
import org.chatpress.model.PublicMessage.ReactionCount;
import org.chatpress.model.UserId;
import org.chatpress.render.json.ChatMetadata;
import org.chatpress.render.json.FileRole;
import org.chatpress.render.json.PublishingInfo;
import org.chatpress.render.json.RenderedFile;
import org.chatpress.support.HostileTexts;
import org.chatpress.support.HtmlValidator;
import org.chatpress.support.MemoryChat;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Attribute;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A corpus of hostile texts, in every place of every format that holds text. */
@Tag("slow")
class HostileFormatsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> ADDITIONAL_TEXTS = List.of(
            "]]>",
            "<![CDATA[x]]>",
            "<!-- x --><!--",
            "</script><script>alert(1)</script>",
            "</title></head><body onload=alert(1)>",
            "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>&e;",
            "\u0000\u0001\u000b\u001b[31m\u007f\u0085\ufffe\uffff\ufdd0",
            "\ud800 half \udc00 pairs \ud83d",
            "\u202egnp.exe\u2066",
            "\" onmouseover=alert(1) x=\"",
            "' onmouseover='alert(1)",
            "javascript:alert(1)",
            "https://x.example/\" onerror=\"alert(1)",
            "https://x.example/<script>alert(1)</script>",
            "https://[::1",
            "https://x.example/%zz{}|\\^`\u00e9\u2028",
            "data:text/html,<script>alert(1)</script>",
            "//x.example/y",
            "../../../../etc/passwd");
    private static final Set<String> ELEMENTS = Set.of(
            "html",
            "head",
            "meta",
            "title",
            "link",
            "body",
            "main",
            "live-chat",
            "header",
            "p",
            "h1",
            "h2",
            "div",
            "article",
            "span",
            "a",
            "time",
            "figure",
            "figcaption",
            "img",
            "video",
            "audio",
            "small",
            "aside",
            "strong",
            "ul",
            "li",
            "script");
    private static final Set<String> LINKS = Set.of("a", "img", "video", "audio", "link");

    @Test
    void hostileTextCannotBreakOutOfAnyFormat() throws IOException {
        Schema jsonFeed = FormatRendererTest.jsonFeedSchema();
        List<String> corpus = corpus();
        assertThat(corpus).hasSizeGreaterThan(150);
        var soft = new SoftAssertions();
        for (String hostile : corpus) {
            for (RenderedFile file : files(chat(hostile, List.of(hostile)))) {
                String text = FormatRendererTest.text(file);
                String where = file.object().key().name() + " with " + hostile;
                switch (file.role()) {
                    case ATOM ->
                        soft.assertThat(AtomRules.violations(text)).as(where).isEmpty();
                    case JSON_FEED -> {
                        JsonNode feed = JSON.readTree(text);
                        soft.assertThat(jsonFeed.validate(feed)).as(where).isEmpty();
                        String html = feed.at("/items/0/content_html").asText();
                        soft.assertThat(foreignMarkup(Jsoup.parseBodyFragment(html)))
                                .as(where)
                                .isEmpty();
                    }
                    case LIVEBLOG -> {
                        soft.assertThat(text).as(where).doesNotContain("<");
                        soft.assertThat(JSON.readTree(text).path("liveBlogUpdate"))
                                .as(where)
                                .hasSize(1);
                    }
                    default -> {
                        Document page = Jsoup.parse(text);
                        soft.assertThat(foreignMarkup(page)).as(where).isEmpty();
                        soft.assertThat(page.select("article")).as(where).hasSize(1);
                        int data = file.role() == FileRole.SHARE_PAGE ? 0 : 1;
                        soft.assertThat(page.select("script")).as(where).hasSize(data);
                        for (Element script : page.select("script")) {
                            soft.assertThat(script.attr("type")).isEqualTo("application/ld+json");
                            JSON.readTree(script.data());
                        }
                    }
                }
            }
        }
        soft.assertAll();
    }

    @Test
    void pagesFullOfHostileTextAreValidHtml() {
        List<String> corpus = corpus();
        for (RenderedFile file : files(chat("hostile", corpus))) {
            String text = FormatRendererTest.text(file);
            switch (file.role()) {
                case HTML -> assertThat(HtmlValidator.errors(text)).isEmpty();
                case FRAGMENT ->
                    assertThat(HtmlValidator.errors(FormatRendererTest.page(text)))
                            .isEmpty();
                default -> {}
            }
        }
    }

    /** Elements and attributes of a page that no template writes. */
    private static List<String> foreignMarkup(Document page) {
        page.select("head > title + style").remove();
        var foreign = new ArrayList<String>();
        for (Element element : page.getAllElements()) {
            String name = element.normalName();
            if (!name.equals("#root") && !ELEMENTS.contains(name)) {
                foreign.add("<" + name + ">");
            }
            for (Attribute attribute : element.attributes()) {
                boolean isAddress = Set.of("href", "src").contains(attribute.getKey());
                if (attribute.getKey().startsWith("on") || attribute.getKey().equals("style")) {
                    foreign.add(attribute.toString());
                }
                if (isAddress && !LINKS.contains(name) && !name.equals("live-chat")) {
                    foreign.add(element.toString());
                }
                if (isAddress
                        && attribute.getValue().matches("(?is)[a-z][a-z0-9+.-]*:.*")
                        && !attribute.getValue().matches("https?://[^\\s\"<>]+")) {
                    foreign.add(attribute.toString());
                }
            }
        }
        return foreign;
    }

    private static List<RenderedFile> files(MemoryChat chat) {
        return Stream.concat(FormatRenderer.newestFormats(chat).stream(), FormatRenderer.sharePages(chat, 1).stream())
                .toList();
    }

    private static MemoryChat chat(String headline, List<String> texts) {
        PublishingInfo info = MemoryChat.metadataWithAllFormats().publishing();
        ChatMetadata metadata = MemoryChat.withPublishing(
                MemoryChat.metadataWith(headline, JsonNodeFactory.instance.objectNode()),
                new PublishingInfo(
                        info.formats(),
                        info.since(),
                        info.page(),
                        info.publicUrl(),
                        headline,
                        info.logo(),
                        info.language(),
                        false,
                        List.of()));
        var chat = new MemoryChat().setMetadata(metadata);
        for (int i = 0; i < texts.size(); i++) {
            var author = new UserId("U0AUTHOR" + i);
            chat.author(new Author(author, texts.get(i), texts.get(i), texts.get(i)));
            chat.put(message(i, author, texts.get(i)));
        }
        return chat;
    }

    private static PublicMessage message(int second, UserId author, String text) {
        var reply = new PublicMessage(
                MemoryChat.ts(1000 + second),
                author,
                "",
                text,
                MemoryChat.START,
                Optional.empty(),
                Optional.of(MemoryChat.ts(second)));
        return new PublicMessage(
                MemoryChat.ts(second),
                author,
                "",
                text,
                MemoryChat.START,
                Optional.empty(),
                Optional.empty(),
                new PublicMessage.Additions(
                        List.of(new PublicPhoto(PublicPhoto.Status.LIVE, text, 4, 3, text, text, text)),
                        List.of(new PublicMedia(
                                second % 2 == 0 ? PublicMedia.Kind.VIDEO : PublicMedia.Kind.AUDIO,
                                PublicPhoto.Status.LIVE,
                                text,
                                text,
                                4,
                                3,
                                1500,
                                text,
                                text,
                                text)),
                        List.of(new LinkPreview(text, text, text, text, text, text, LinkPreview.Kind.LINK, text)),
                        List.of(new ReactionCount(text, text, 1)),
                        new Annotations(
                                second % 2 == 0 ? text : "",
                                second % 3 == 0 ? text : "",
                                List.of(text),
                                List.of(new Annotations.Correction(MemoryChat.START, text)),
                                List.of(text),
                                Map.of("key", text),
                                true,
                                true),
                        List.of(reply)));
    }

    /** Hostile texts in general, and those that attack XML, JSON and URLs in particular. */
    private static List<String> corpus() {
        Stream<String> texts = HostileTexts.all().stream().filter(text -> !text.isBlank());
        return Stream.concat(ADDITIONAL_TEXTS.stream(), texts.limit(170)).toList();
    }
}
