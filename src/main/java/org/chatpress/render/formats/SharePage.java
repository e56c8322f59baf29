package org.chatpress.render.formats;

import java.util.Optional;
import org.chatpress.model.PublicMessage;
import org.chatpress.text.document.VisibleText;

/** {@code m/<id>.html}: one message on a page of its own, for those who share it; readers go on to the chat. */
final class SharePage {
    /** It lies two folders below channels.json. */
    private static final int DEPTH = 2;

    private SharePage() {}

    static byte[] render(FeedContent content, PublicMessage message) {
        String headline = HeadlineExtractor.of(message).orElse(content.title());
        Optional<String> share = content.urls().file(ChatUrls.sharePage(message.ts()));
        Optional<String> description =
                Optional.of(VisibleText.line(message.text())).filter(words -> !words.isEmpty());
        MarkupWriter html = PageHead.begin(content, headline);
        description.ifPresent(
                words -> html.single("meta", "name", "description", "content", HeadlineExtractor.shortened(words, 200))
                        .newline());
        // Search engines are to show the chat; whoever shares this page means this message.
        content.urls()
                .chat()
                .or(() -> share)
                .ifPresent(address ->
                        html.single("link", "rel", "canonical", "href", address).newline());
        PageHead.openGraph(html, content, headline, description, share, PageHead.picture(content, message));
        PageHead.property(html, "article:published_time", MessageTimes.utc(FeedContent.published(message)));
        PageHead.property(html, "article:modified_time", MessageTimes.utc(FeedContent.updated(message)));
        html.close().newline().open("body").newline().open("main").newline();
        html.open("p");
        content.urls()
                .chat()
                .map(chat -> chat + ChatUrls.anchor(message.ts()))
                .ifPresentOrElse(
                        address -> html.element("a", content.title(), "href", address),
                        () -> html.text(content.title()));
        html.close().newline();
        MessageHtml.write(html, content, message, DEPTH, "h1");
        return html.close().newline().close().newline().close().newline().bytes();
    }
}
