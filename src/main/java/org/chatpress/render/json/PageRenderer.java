package org.chatpress.render.json;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.chatpress.model.MessageTs;
import org.chatpress.model.PublicMessage;
import org.chatpress.render.json.ChatSource.PageRef;
import org.chatpress.storage.ObjectKey;

/** Renders the pages of a chat: pages with a changed message are rendered and divided again, the others are kept. */
final class PageRenderer {
    private static final int CHUNK = 500;

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
            return renderLast(Optional.empty(), Optional.empty(), Integer.MAX_VALUE);
        }
        // Without an index, messages after those of the last page were not rendered yet.
        var changed = new TreeSet<>(Set.of(old.size() - 1));
        chat.changedAfter(base).forEach(ts -> changed.add(pageOf(ts, old)));
        var pages = new ArrayList<PageRef>();
        for (int i = 0; i < old.size(); i++) {
            if (!changed.contains(i)) {
                pages.add(old.get(i));
                continue;
            }
            Optional<MessageTs> startsAt = Optional.of(old.get(i).startsAt());
            Optional<MessageTs> from = i == 0 ? Optional.empty() : startsAt;
            if (i == old.size() - 1) {
                pages.addAll(renderLast(from, startsAt, Integer.MAX_VALUE));
            } else {
                Optional<MessageTs> before = Optional.of(old.get(i + 1).startsAt());
                List<PublicMessage> messages = chat.messages(from, before, Integer.MAX_VALUE);
                pages.addAll(renderInner(messages, startsAt));
            }
        }
        return pages;
    }

    /**
     * The pages of the oldest messages, oldest first: those that were rendered before, and full pages after them.
     *
     * @param old what this method returned last; empty at first
     * @param limit of messages to render
     */
    List<PageRef> extend(List<PageRef> old, int limit) {
        if (old.isEmpty()) {
            return renderLast(Optional.empty(), Optional.empty(), limit);
        }
        int last = old.size() - 1;
        Optional<MessageTs> startsAt = Optional.of(old.get(last).startsAt());
        var pages = new ArrayList<>(old.subList(0, last));
        pages.addAll(renderLast(last == 0 ? Optional.empty() : startsAt, startsAt, limit));
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

    /** Renders the range of a page between others, on as many pages as it needs. */
    private List<PageRef> renderInner(List<PublicMessage> messages, Optional<MessageTs> startsAt) {
        var pages = new ArrayList<PageRef>();
        var rest = new ArrayList<>(rendered(messages));
        for (int count : PageLayout.divide(sizes(rest), PageLayout.Position.INNER)) {
            pages.add(page(take(count, rest), pages.isEmpty() ? startsAt : Optional.empty()));
        }
        return pages;
    }

    /**
     * Renders the range of the last page, on as many pages as it needs; few of its messages are in memory at a time. At the
     * limit it leaves out what may not fill a page.
     */
    private List<PageRef> renderLast(Optional<MessageTs> from, Optional<MessageTs> startsAt, int limit) {
        var pages = new ArrayList<PageRef>();
        var rest = new ArrayList<RenderedMessage>();
        Optional<MessageTs> next = from;
        boolean hasMore = true;
        for (int read = 0; hasMore && read < limit; read += CHUNK) {
            // One more than a chunk: the next chunk starts with it
            List<PublicMessage> messages = chat.messages(next, Optional.empty(), CHUNK + 1);
            hasMore = messages.size() > CHUNK;
            if (hasMore) {
                next = Optional.of(messages.get(CHUNK).ts());
            }
            rest.addAll(rendered(hasMore ? messages.subList(0, CHUNK) : messages));
            List<Integer> counts = PageLayout.divide(sizes(rest), PageLayout.Position.LAST);
            // The last of these pages may have room for messages of the next chunk
            for (int count : hasMore ? counts.subList(0, counts.size() - 1) : counts) {
                pages.add(page(take(count, rest), pages.isEmpty() ? startsAt : Optional.empty()));
            }
        }
        return pages;
    }

    private record RenderedMessage(MessageTs ts, byte[] json) {}

    private static List<RenderedMessage> rendered(List<PublicMessage> messages) {
        return messages.stream()
                .map(message ->
                        new RenderedMessage(message.ts(), JsonWriter.bytes(json -> MessageJson.write(json, message))))
                .toList();
    }

    private static List<Integer> sizes(List<RenderedMessage> messages) {
        return messages.stream().map(message -> message.json().length).toList();
    }

    private static List<RenderedMessage> take(int count, List<RenderedMessage> messages) {
        List<RenderedMessage> first = messages.subList(0, count);
        List<RenderedMessage> taken = List.copyOf(first);
        first.clear();
        return taken;
    }

    /**
     * @param startsAt where the range of the page starts, unless its first message is older, as on the first page; empty: with
     *     that message
     */
    private PageRef page(List<RenderedMessage> messages, Optional<MessageTs> startsAt) {
        byte[] page = JsonWriter.bytes(json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("messages");
            for (RenderedMessage message : messages) {
                JsonWriter.embed(json, message.json());
            }
            json.writeEndArray();
            json.writeEndObject();
        });
        List<MessageTs> onPage = messages.stream().map(RenderedMessage::ts).toList();
        MessageTs first = onPage.get(0);
        ObjectKey key = files.addImmutable(FileRole.PAGE, "p", page, onPage);
        return new PageRef(startsAt.filter(start -> start.isBefore(first)).orElse(first), first, onPage.size(), key);
    }
}
