package org.chatpress.render.json;

import java.util.ArrayList;
import java.util.List;

/**
 * Divides the messages of one page's range into pages, like the leaves of a B-tree. The last page of a chat is filled
 * before the next one begins, so that a full page is not written again. Any other page that overflows is halved.
 */
final class PageLayout {
    static final int MAX_MESSAGES = 40;
    static final int MAX_BYTES = 32 * 1024;

    /** The JSON around the messages, rounded up. */
    private static final int WRAPPER = 16;

    private static final int COMMA = 1;

    /** Where a page is in its chat. */
    enum Position {
        /** New messages are added here. */
        LAST,
        INNER
    }

    private PageLayout() {}

    /**
     * How many messages go on each page, in order.
     *
     * @param bytes the size of each message
     * @param position where the page is whose range holds the messages
     */
    static List<Integer> divide(List<Integer> bytes, Position position) {
        var counts = new ArrayList<Integer>();
        switch (position) {
            case LAST -> fill(bytes, counts);
            case INNER -> halve(bytes, counts);
        }
        return counts;
    }

    private static void fill(List<Integer> bytes, List<Integer> counts) {
        int count = 0;
        int total = WRAPPER;
        for (int size : bytes) {
            if (count > 0 && (count == MAX_MESSAGES || total + size > MAX_BYTES)) {
                counts.add(count);
                count = 0;
                total = WRAPPER;
            }
            count++;
            total += size + COMMA;
        }
        if (count > 0) {
            counts.add(count);
        }
    }

    private static void halve(List<Integer> bytes, List<Integer> counts) {
        if (bytes.isEmpty()) {
            return;
        }
        int total = WRAPPER + bytes.stream().mapToInt(size -> size + COMMA).sum();
        if (bytes.size() == 1 || (bytes.size() <= MAX_MESSAGES && total <= MAX_BYTES)) {
            counts.add(bytes.size());
            return;
        }
        int middle = bytes.size() / 2;
        halve(bytes.subList(0, middle), counts);
        halve(bytes.subList(middle, bytes.size()), counts);
    }
}
