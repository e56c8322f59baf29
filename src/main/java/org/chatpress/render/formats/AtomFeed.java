package org.chatpress.render.formats;

import java.net.URI;
import org.chatpress.model.PublicMessage;
import org.chatpress.text.document.VisibleText;

/** {@code atom.xml}, as <a href="https://www.rfc-editor.org/rfc/rfc4287">RFC 4287</a> says. */
final class AtomFeed {
    private AtomFeed() {}

    static byte[] render(FeedContent content) {
        ChatUrls urls = content.urls();
        var xml = new MarkupWriter()
                .prologue("<?xml version=\"1.0\" encoding=\"utf-8\"?>")
                .open(
                        "feed",
                        "xmlns",
                        "http://www.w3.org/2005/Atom",
                        "xml:lang",
                        content.publishing().language())
                .newline();
        xml.element("id", urls.id()).newline();
        xml.element("title", content.title()).newline();
        String subtitle = PlainText.of(content.metadata().description());
        if (!subtitle.isEmpty()) {
            xml.element("subtitle", subtitle).newline();
        }
        xml.element("updated", MessageTimes.utc(content.updated())).newline();
        urls.chat().ifPresent(chat -> link(xml, "alternate", "text/html", chat));
        urls.file("atom.xml").ifPresent(self -> link(xml, "self", "application/atom+xml", self));
        content.publishing()
                .logo()
                .map(URI::toASCIIString)
                .ifPresent(logo -> xml.element("logo", logo).newline());
        // Whoever wrote a message stands with it; the feed's author is for those of whom nothing is known.
        person(xml, content.publisher().isEmpty() ? content.title() : content.publisher());
        content.messages().forEach(message -> entry(xml, content, message));
        return xml.close().newline().bytes();
    }

    private static void entry(MarkupWriter xml, FeedContent content, PublicMessage message) {
        ChatUrls urls = content.urls();
        xml.open("entry").newline();
        xml.element("id", urls.id(message.ts())).newline();
        xml.element("title", HeadlineExtractor.of(message).orElse(content.title()))
                .newline();
        xml.element("published", MessageTimes.utc(FeedContent.published(message)))
                .newline();
        xml.element("updated", MessageTimes.utc(FeedContent.updated(message))).newline();
        urls.message(message.ts()).ifPresent(url -> link(xml, "alternate", "text/html", url));
        String byline = content.byline(message);
        if (!byline.isEmpty()) {
            person(xml, byline);
        }
        for (String tag : message.annotations().tags()) {
            xml.empty("category", "term", VisibleText.line(tag)).newline();
        }
        xml.element("content", MessageHtml.ofFeed(content, message), "type", "html")
                .newline();
        xml.close().newline();
    }

    private static void link(MarkupWriter xml, String relation, String type, String address) {
        xml.empty("link", "rel", relation, "type", type, "href", address).newline();
    }

    private static void person(MarkupWriter xml, String name) {
        xml.open("author").element("name", name).close().newline();
    }
}
