package org.chatpress.render.json;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.chatpress.model.MessageTs;
import org.chatpress.model.PublicMessage;
import org.chatpress.render.json.ChatSource.PageRef;
import org.chatpress.storage.ObjectKey;

/** Renders the pages of a chat: pages with a changed message are rendered and divided again, the others are kept. */
final class PageRenderer {
    private final ChatSource chat;
    private final RenderedChat.Builder files;

    PageRenderer(ChatSource chat, RenderedChat.Builder files) {
        this.chat = chat;
        this.files = files;
    }

    /**
     * Every page of the chat at its newest change, oldest first.
     *
     * @param old every page as last written, oldest first
     * @param base the sequence number that the old pages show
     */
    List<PageRef> rewrite(List<PageRef> old, long base) {
        if (old.isEmpty()) {
            return render(
                    PageLayout.Position.LAST, chat.messages(Optional.empty(), Optional.empty()), Optional.empty());
        }
        var changed = new TreeSet<Integer>();
        chat.changedAfter(base).forEach(ts -> changed.add(pageOf(ts, old)));
        var pages = new ArrayList<PageRef>();
        for (int i = 0; i < old.size(); i++) {
            if (!changed.contains(i)) {
                pages.add(old.get(i));
                continue;
            }
            boolean isLast = i == old.size() - 1;
            Optional<MessageTs> from =
                    i == 0 ? Optional.empty() : Optional.of(old.get(i).startsAt());
            Optional<MessageTs> before =
                    isLast ? Optional.empty() : Optional.of(old.get(i + 1).startsAt());
            PageLayout.Position position = isLast ? PageLayout.Position.LAST : PageLayout.Position.INNER;
            pages.addAll(render(position, chat.messages(from, before), Optional.of(old.get(i))));
        }
        return pages;
    }

    /** The page whose range contains a message; the first page for messages older than all ranges. */
    private static int pageOf(MessageTs ts, List<PageRef> pages) {
        int low = 0;
        int high = pages.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) / 2;
            if (pages.get(middle).startsAt().compareTo(ts) <= 0) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** Renders the messages of one page's range, on as many pages as they need. */
    private List<PageRef> render(PageLayout.Position position, List<PublicMessage> messages, Optional<PageRef> old) {
        List<byte[]> rendered = messages.stream()
                .map(message -> JsonWriter.bytes(json -> MessageJson.write(json, message)))
                .toList();
        List<Integer> sizes = rendered.stream().map(bytes -> bytes.length).toList();
        var pages = new ArrayList<PageRef>();
        int from = 0;
        for (int count : PageLayout.divide(sizes, position)) {
            List<MessageTs> onPage = messages.subList(from, from + count).stream()
                    .map(PublicMessage::ts)
                    .toList();
            MessageTs first = onPage.get(0);
            MessageTs startsAt = from == 0 ? old.map(PageRef::startsAt).orElse(first) : first;
            byte[] page = page(rendered.subList(from, from + count));
            ObjectKey key = files.addImmutable(FileRole.PAGE, "p", page, onPage);
            pages.add(new PageRef(startsAt, first, count, key));
            from += count;
        }
        return pages;
    }

    private static byte[] page(List<byte[]> messages) {
        return JsonWriter.bytes(json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("messages");
            for (byte[] message : messages) {
                JsonWriter.embed(json, message);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }
}
