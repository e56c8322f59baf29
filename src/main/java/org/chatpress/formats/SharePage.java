package org.chatpress.formats;

import java.util.Optional;
import org.chatpress.model.PublicMessage;
import org.chatpress.text.Characters;

/** {@code m/<id>.html}: one message on a page of its own, for those who share it; readers go on to the chat. */
final class SharePage {
    /** It lies two folders below channels.json. */
    private static final int DEPTH = 2;

    private SharePage() {}

    static byte[] render(Extract extract, PublicMessage message) {
        String headline = Headline.of(message).orElse(extract.title());
        Optional<String> share = extract.addresses().file(Addresses.sharePage(message.ts()));
        Optional<String> description =
                Optional.of(Characters.line(message.text())).filter(words -> !words.isEmpty());
        Markup html = PageHead.begin(extract, headline);
        description.ifPresent(
                words -> html.single("meta", "name", "description", "content", Headline.shortened(words, 200))
                        .newline());
        // Search engines are to show the chat; whoever shares this page means this message.
        extract.addresses()
                .chat()
                .or(() -> share)
                .ifPresent(address ->
                        html.single("link", "rel", "canonical", "href", address).newline());
        PageHead.openGraph(html, extract, headline, description, share, PageHead.picture(extract, message));
        PageHead.property(html, "article:published_time", Times.utc(Extract.published(message)));
        PageHead.property(html, "article:modified_time", Times.utc(Extract.updated(message)));
        html.close().newline().open("body").newline().open("main").newline();
        html.open("p");
        extract.addresses()
                .chat()
                .map(chat -> chat + Addresses.anchor(message.ts()))
                .ifPresentOrElse(
                        address -> html.element("a", extract.title(), "href", address),
                        () -> html.text(extract.title()));
        html.close().newline();
        Article.write(html, extract, message, DEPTH, "h1");
        return html.close().newline().close().newline().close().newline().bytes();
    }
}
