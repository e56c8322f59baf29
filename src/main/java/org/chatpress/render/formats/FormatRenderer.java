package org.chatpress.render.formats;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.chatpress.model.OutputFormat;
import org.chatpress.model.PublicMessage;
import org.chatpress.render.json.ChatSource;
import org.chatpress.render.json.FileRole;
import org.chatpress.render.json.RenderedFile;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.StoredObject;

/** Renders the forms of a chat that its channel asks for; each says the same in words that others know. */
public final class FormatRenderer {
    /** As many as feed readers and search engines take. */
    static final int MAX_IN_FEEDS = 50;

    /** As many as a page without a script shows. */
    static final int MAX_ON_PAGES = 200;

    private FormatRenderer() {}

    /** The forms that hold the newest messages: their cost doesn't grow with the chat. */
    public static List<RenderedFile> newestFormats(ChatSource chat) {
        Set<OutputFormat> formats = chat.metadata().publishing().formats();
        if (formats.isEmpty()) {
            return List.of();
        }
        FeedContent onPages = FeedContent.of(chat, MAX_ON_PAGES);
        FeedContent inFeeds = onPages.limitedTo(MAX_IN_FEEDS);
        var sheets = new ArrayList<RenderedFile>();
        if (formats.contains(OutputFormat.JSON_FEED)) {
            sheets.add(sheet(chat, FileRole.JSON_FEED, "feed.json", JsonFeed.render(inFeeds), List.of()));
        }
        if (formats.contains(OutputFormat.ATOM)) {
            sheets.add(sheet(chat, FileRole.ATOM, "atom.xml", AtomFeed.render(inFeeds), List.of()));
        }
        if (formats.contains(OutputFormat.LIVEBLOG)) {
            sheets.add(
                    sheet(chat, FileRole.LIVEBLOG, "liveblogposting.json", LiveBlogPosting.render(inFeeds), List.of()));
        }
        if (formats.contains(OutputFormat.HTML)) {
            String data = LiveBlogPosting.inline(inFeeds);
            sheets.add(sheet(chat, FileRole.FRAGMENT, "fragment.html", ChatPage.fragment(onPages, data), List.of()));
            sheets.add(sheet(chat, FileRole.HTML, "index.html", ChatPage.page(onPages, data), List.of()));
        }
        return sheets;
    }

    /** Share pages that are missing or not what they should be, the newest messages' first, at most so many. */
    public static List<RenderedFile> sharePages(ChatSource chat, int most) {
        FeedContent around = FeedContent.of(chat, 0);
        return chat.messagesWithoutSharePage(most).stream()
                .map(message -> sheet(
                        chat,
                        FileRole.SHARE_PAGE,
                        ChatUrls.sharePage(message.ts()),
                        SharePage.render(around, message),
                        List.of(message)))
                .toList();
    }

    private static RenderedFile sheet(
            ChatSource chat, FileRole role, String name, byte[] bytes, List<PublicMessage> holds) {
        var object = new StoredObject(
                new ObjectKey(chat.metadata().slug() + "/" + name), bytes, role.contentType(), role.cacheControl());
        return new RenderedFile(
                role, object, holds.stream().map(PublicMessage::ts).toList());
    }
}
