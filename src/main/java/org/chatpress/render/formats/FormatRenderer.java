package org.chatpress.render.formats;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.chatpress.model.MessageTs;
import org.chatpress.model.PublicMessage;
import org.chatpress.model.VisibleText;
import org.chatpress.render.formats.ChatPage.PageHead;
import org.chatpress.render.json.ChatSource;
import org.chatpress.render.json.FileRole;
import org.chatpress.render.json.PublishingInfo.OutputFormat;
import org.chatpress.render.json.RenderedFile;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage.StoredObject;

/** Renders a chat in the formats that its channel is configured for. */
public final class FormatRenderer {
    /** As many as feed readers and search engines use. */
    static final int MAX_IN_FEEDS = 50;

    static final int MAX_ON_PAGES = 200;

    private FormatRenderer() {}

    /** The files that hold the newest messages. Their cost does not grow with the chat. */
    public static List<RenderedFile> newestFormats(ChatSource chat) {
        Set<OutputFormat> formats = chat.metadata().publishing().formats();
        if (formats.isEmpty()) {
            return List.of();
        }
        FeedContent onPages = FeedContent.of(chat, MAX_ON_PAGES);
        FeedContent inFeeds = onPages.limitedTo(MAX_IN_FEEDS);
        var files = new ArrayList<RenderedFile>();
        if (formats.contains(OutputFormat.JSON_FEED)) {
            files.add(file(chat, FileRole.JSON_FEED, "feed.json", JsonFeed.render(inFeeds)));
        }
        if (formats.contains(OutputFormat.ATOM)) {
            files.add(file(chat, FileRole.ATOM, "atom.xml", AtomFeed.render(inFeeds)));
        }
        if (formats.contains(OutputFormat.LIVEBLOG)) {
            files.add(file(chat, FileRole.LIVEBLOG, "liveblogposting.json", LiveBlogPosting.render(inFeeds)));
        }
        if (formats.contains(OutputFormat.HTML)) {
            String jsonLd = LiveBlogPosting.inline(inFeeds);
            files.add(file(chat, FileRole.FRAGMENT, "fragment.html", ChatPage.fragment(onPages, jsonLd)));
            files.add(file(chat, FileRole.HTML, "index.html", ChatPage.page(onPages, jsonLd)));
        }
        return files;
    }

    /** Share pages that are missing or out of date, at most so many, those of the newest messages first. */
    public static List<RenderedFile> sharePages(ChatSource chat, int limit) {
        FeedContent withoutMessages = FeedContent.of(chat, 0);
        return chat.messagesWithoutSharePage(limit).stream()
                .map(message -> file(
                        chat,
                        FileRole.SHARE_PAGE,
                        ChatUrls.sharePage(message.ts()),
                        SharePage.render(withoutMessages, message),
                        message.ts()))
                .toList();
    }

    private static RenderedFile file(ChatSource chat, FileRole role, String name, byte[] bytes, MessageTs... messages) {
        var key = new ObjectKey(chat.metadata().slug() + "/" + name);
        return new RenderedFile(
                role, new StoredObject(key, bytes, role.contentType(), role.cacheControl()), List.of(messages));
    }

    /** {@code m/<id>.html}: a page with one message, for links in social media. It links to the chat. */
    private static final class SharePage {
        /** How many folders the page is below channels.json. */
        private static final int DEPTH = 2;

        private SharePage() {}

        static byte[] render(FeedContent content, PublicMessage message) {
            String headline = HeadlineExtractor.of(message).orElse(content.title());
            Optional<String> share = content.urls().file(ChatUrls.sharePage(message.ts()));
            Optional<String> description = Stream.of(
                            Stream.of(message.text()),
                            FeedContent.livePhotos(message).stream()
                                    .flatMap(photo -> Stream.of(photo.caption(), photo.alt())),
                            FeedContent.liveMedia(message).stream()
                                    .flatMap(clip -> Stream.of(clip.caption(), clip.alt())))
                    .flatMap(Function.identity())
                    .map(VisibleText::line)
                    .filter(text -> !text.isEmpty())
                    .findFirst();
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
            PageHead.openGraph(html, content, headline, description, share, content.firstPhoto(message));
            PageHead.property(html, "article:published_time", FeedContent.timestamp(FeedContent.published(message)));
            PageHead.property(html, "article:modified_time", FeedContent.timestamp(FeedContent.updated(message)));
            html.close().newline().open("body").newline().open("main").newline();
            boolean hasHeadline = !message.annotations().headline().isBlank();
            html.open(hasHeadline ? "p" : "h1");
            content.urls()
                    .chat()
                    .map(chat -> chat + ChatUrls.anchor(message.ts()))
                    .ifPresentOrElse(
                            url -> html.element("a", content.title(), "href", url), () -> html.text(content.title()));
            html.close().newline();
            MessageHtml.write(html, content, message, DEPTH, "h1");
            html.element("p", content.metadata().timeZone(), "class", "lc-zone").newline();
            return html.close().newline().close().newline().close().newline().bytes();
        }
    }
}
