package org.chatpress.render.formats;

import java.net.URI;
import org.chatpress.model.PublicMessage;
import org.chatpress.text.document.VisibleText;

/** {@code atom.xml}, as <a href="https://www.rfc-editor.org/rfc/rfc4287">RFC 4287</a> says. */
final class AtomFeed {
    private AtomFeed() {}

    static byte[] render(FeedContent extract) {
        ChatUrls addresses = extract.addresses();
        var xml = new MarkupWriter()
                .prologue("<?xml version=\"1.0\" encoding=\"utf-8\"?>")
                .open(
                        "feed",
                        "xmlns",
                        "http://www.w3.org/2005/Atom",
                        "xml:lang",
                        extract.imprint().language())
                .newline();
        xml.element("id", addresses.id()).newline();
        xml.element("title", extract.title()).newline();
        String subtitle = PlainText.of(extract.face().description());
        if (!subtitle.isEmpty()) {
            xml.element("subtitle", subtitle).newline();
        }
        xml.element("updated", MessageTimes.utc(extract.updated())).newline();
        addresses.chat().ifPresent(chat -> link(xml, "alternate", "text/html", chat));
        addresses.file("atom.xml").ifPresent(self -> link(xml, "self", "application/atom+xml", self));
        extract.imprint()
                .logo()
                .map(URI::toASCIIString)
                .ifPresent(logo -> xml.element("logo", logo).newline());
        // Whoever wrote a message stands with it; the feed's author is for those of whom nothing is known.
        person(xml, extract.publisher().isEmpty() ? extract.title() : extract.publisher());
        extract.messages().forEach(message -> entry(xml, extract, message));
        return xml.close().newline().bytes();
    }

    private static void entry(MarkupWriter xml, FeedContent extract, PublicMessage message) {
        ChatUrls addresses = extract.addresses();
        xml.open("entry").newline();
        xml.element("id", addresses.id(message.ts())).newline();
        xml.element("title", HeadlineExtractor.of(message).orElse(extract.title()))
                .newline();
        xml.element("published", MessageTimes.utc(FeedContent.published(message)))
                .newline();
        xml.element("updated", MessageTimes.utc(FeedContent.updated(message))).newline();
        addresses.message(message.ts()).ifPresent(url -> link(xml, "alternate", "text/html", url));
        String byline = extract.byline(message);
        if (!byline.isEmpty()) {
            person(xml, byline);
        }
        for (String tag : message.notes().tags()) {
            xml.empty("category", "term", VisibleText.line(tag)).newline();
        }
        xml.element("content", MessageHtml.ofFeed(extract, message), "type", "html")
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
