package org.chatpress.render.formats;

import java.util.Optional;
import org.chatpress.model.PublicMessage;
import org.chatpress.model.VisibleText;

/** {@code m/<id>.html}: a page with one message, for links in social media. It links to the chat. */
final class SharePage {
    /** How many folders the page is below channels.json. */
    private static final int DEPTH = 2;

    private SharePage() {}

    static byte[] render(FeedContent content, PublicMessage message) {
        String headline = HeadlineExtractor.of(message).orElse(content.title());
        Optional<String> share = content.urls().file(ChatUrls.sharePage(message.ts()));
        Optional<String> description =
                Optional.of(VisibleText.line(message.text())).filter(text -> !text.isEmpty());
        MarkupWriter html = PageHead.begin(content, headline);
        description.ifPresent(text -> html.voidElement(
                        "meta", "name", "description", "content", HeadlineExtractor.shortened(text, 200))
                .newline());
        // Search engines should list the chat; a shared link should lead to this message.
        content.urls()
                .chat()
                .or(() -> share)
                .ifPresent(url -> html.voidElement("link", "rel", "canonical", "href", url)
                        .newline());
        Optional<String> image = content.imageUrls(message).stream().findFirst();
        PageHead.openGraph(html, content, headline, description, share, image);
        PageHead.property(html, "article:published_time", FeedContent.timestamp(FeedContent.published(message)));
        PageHead.property(html, "article:modified_time", FeedContent.timestamp(FeedContent.updated(message)));
        html.close().newline().open("body").newline().open("main").newline();
        html.open("p");
        content.urls()
                .chat()
                .map(chat -> chat + ChatUrls.anchor(message.ts()))
                .ifPresentOrElse(
                        url -> html.element("a", content.title(), "href", url), () -> html.text(content.title()));
        html.close().newline();
        MessageHtml.write(html, content, message, DEPTH, "h1");
        return html.close().newline().close().newline().close().newline().bytes();
    }
}
