package org.chatpress.render.formats;

import java.net.URI;
import org.chatpress.model.PublicMessage;
import org.chatpress.model.VisibleText;

/** {@code atom.xml}, an Atom feed (<a href="https://www.rfc-editor.org/rfc/rfc4287">RFC 4287</a>). */
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
        String subtitle = content.description();
        if (!subtitle.isEmpty()) {
            xml.element("subtitle", subtitle).newline();
        }
        xml.element("updated", FeedContent.timestamp(content.updated())).newline();
        urls.chat().ifPresent(chat -> link(xml, "alternate", "text/html", chat));
        urls.file("atom.xml").ifPresent(self -> link(xml, "self", "application/atom+xml", self));
        content.publishing()
                .hubs()
                .forEach(hub -> xml.emptyElement("link", "rel", "hub", "href", hub.toASCIIString())
                        .newline());
        content.publishing()
                .logo()
                .map(URI::toASCIIString)
                .ifPresent(logo -> xml.element("logo", logo).newline());
        // Applies to entries without an author of their own, for which Atom requires one.
        author(xml, content.publisher().isEmpty() ? content.title() : content.publisher());
        content.messages().forEach(message -> entry(xml, content, message));
        return xml.close().newline().bytes();
    }

    private static void entry(MarkupWriter xml, FeedContent content, PublicMessage message) {
        ChatUrls urls = content.urls();
        xml.open("entry").newline();
        xml.element("id", urls.id(message.ts())).newline();
        xml.element("title", HeadlineExtractor.of(message).orElse(content.title()))
                .newline();
        xml.element("published", FeedContent.timestamp(FeedContent.published(message)))
                .newline();
        xml.element("updated", FeedContent.timestamp(FeedContent.updated(message)))
                .newline();
        urls.message(message.ts()).ifPresent(url -> link(xml, "alternate", "text/html", url));
        FeedContent.liveMedia(message)
                .forEach(clip -> urls.media(clip.url())
                        .ifPresent(url -> link(xml, "enclosure", clip.kind().contentType(), url)));
        String byline = content.byline(message);
        if (!byline.isEmpty()) {
            author(xml, byline);
        }
        for (String tag : message.annotations().tags()) {
            xml.emptyElement("category", "term", VisibleText.line(tag)).newline();
        }
        xml.element("content", MessageHtml.forFeed(content, message), "type", "html")
                .newline();
        xml.close().newline();
    }

    private static void link(MarkupWriter xml, String rel, String type, String href) {
        xml.emptyElement("link", "rel", rel, "type", type, "href", href).newline();
    }

    private static void author(MarkupWriter xml, String name) {
        xml.open("author").element("name", name).close().newline();
    }
}
