package org.chatpress.render.json;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.chatpress.model.MessageTs;
import org.chatpress.model.PublicMessage;
import org.chatpress.storage.ObjectKey;

/** The pages of a chat: those that changes have touched are dealt anew, the others stay as they are. */
final class PageRenderer {
    private final ChatSource chat;
    private final RenderedChatBuilder files;

    PageRenderer(ChatSource chat, RenderedChatBuilder files) {
        this.chat = chat;
        this.files = files;
    }

    /**
     * Every page of the chat at its newest change, oldest first.
     *
     * @param old every page as last written
     * @param base the seq that they show
     */
    List<PageRef> rewrite(List<PageRef> old, long base) {
        if (old.isEmpty()) {
            return dealt(PageLayout.Place.LAST, chat.messages(Optional.empty(), Optional.empty()), Optional.empty());
        }
        var touched = new TreeSet<Integer>();
        chat.changedAfter(base).forEach(ts -> touched.add(pageOf(ts, old)));
        var pages = new ArrayList<PageRef>();
        for (int i = 0; i < old.size(); i++) {
            if (!touched.contains(i)) {
                pages.add(old.get(i));
                continue;
            }
            boolean last = i == old.size() - 1;
            Optional<MessageTs> from =
                    i == 0 ? Optional.empty() : Optional.of(old.get(i).startsAt());
            Optional<MessageTs> before =
                    last ? Optional.empty() : Optional.of(old.get(i + 1).startsAt());
            PageLayout.Place place = last ? PageLayout.Place.LAST : PageLayout.Place.INNER;
            pages.addAll(dealt(place, chat.messages(from, before), Optional.of(old.get(i))));
        }
        return pages;
    }

    /** The page whose range a message is in; what is older than all is in the first. */
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

    private List<PageRef> dealt(PageLayout.Place place, List<PublicMessage> messages, Optional<PageRef> was) {
        List<byte[]> pieces = messages.stream()
                .map(message -> JsonWriter.bytes(json -> MessageJson.write(json, message)))
                .toList();
        List<Integer> sizes = pieces.stream().map(piece -> piece.length).toList();
        var pages = new ArrayList<PageRef>();
        int from = 0;
        for (int count : PageLayout.pages(sizes, place)) {
            List<PublicMessage> part = messages.subList(from, from + count);
            MessageTs first = part.get(0).ts();
            MessageTs start = from == 0 ? was.map(PageRef::startsAt).orElse(first) : first;
            List<MessageTs> holds = part.stream().map(PublicMessage::ts).toList();
            ObjectKey key = files.immutable(FileRole.PAGE, "p", page(pieces.subList(from, from + count)), holds);
            pages.add(new PageRef(start, first, count, key));
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
