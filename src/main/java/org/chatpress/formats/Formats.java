package org.chatpress.formats;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.chatpress.model.Format;
import org.chatpress.model.PublicMessage;
import org.chatpress.render.Chat;
import org.chatpress.render.Role;
import org.chatpress.render.Sheet;
import org.chatpress.storage.Blob;
import org.chatpress.storage.Key;

/** Renders the forms of a chat that its channel asks for; each says the same in words that others know. */
public final class Formats {
    /** As many as feed readers and search engines take. */
    static final int IN_FEEDS = 50;

    /** As many as a page without a script shows. */
    static final int ON_PAGES = 200;

    private Formats() {}

    /** The forms that hold the newest messages: their cost doesn't grow with the chat. */
    public static List<Sheet> ofTheNewest(Chat chat) {
        Set<Format> formats = chat.face().imprint().formats();
        if (formats.isEmpty()) {
            return List.of();
        }
        Extract onPages = Extract.of(chat, ON_PAGES);
        Extract inFeeds = onPages.cutTo(IN_FEEDS);
        var sheets = new ArrayList<Sheet>();
        if (formats.contains(Format.JSON_FEED)) {
            sheets.add(sheet(chat, Role.JSON_FEED, "feed.json", JsonFeed.render(inFeeds), List.of()));
        }
        if (formats.contains(Format.ATOM)) {
            sheets.add(sheet(chat, Role.ATOM, "atom.xml", AtomFeed.render(inFeeds), List.of()));
        }
        if (formats.contains(Format.LIVEBLOG)) {
            sheets.add(sheet(chat, Role.LIVEBLOG, "liveblogposting.json", LiveBlogPosting.render(inFeeds), List.of()));
        }
        if (formats.contains(Format.HTML)) {
            String data = LiveBlogPosting.inline(inFeeds);
            sheets.add(sheet(chat, Role.FRAGMENT, "fragment.html", ChatPage.fragment(onPages, data), List.of()));
            sheets.add(sheet(chat, Role.HTML, "index.html", ChatPage.page(onPages, data), List.of()));
        }
        return sheets;
    }

    /** Share pages that are missing or not what they should be, the newest messages' first, at most so many. */
    public static List<Sheet> sharePages(Chat chat, int most) {
        Extract around = Extract.of(chat, 0);
        return chat.unshared(most).stream()
                .map(message -> sheet(
                        chat,
                        Role.SHARE_PAGE,
                        Addresses.sharePage(message.ts()),
                        SharePage.render(around, message),
                        List.of(message)))
                .toList();
    }

    private static Sheet sheet(Chat chat, Role role, String name, byte[] bytes, List<PublicMessage> holds) {
        var blob = new Blob(new Key(chat.face().slug() + "/" + name), bytes, role.contentType(), role.cacheControl());
        return new Sheet(role, blob, holds.stream().map(PublicMessage::ts).toList());
    }
}
