package org.chatpress.render.json;

import java.util.ArrayList;
import java.util.List;

/**
 * How the messages of one page's range are dealt into pages, as a B-tree does with its leaves: what fits stays
 * together; the last page of a chat is filled up and closed, so that it is never touched again; any other is halved.
 */
final class PageLayout {
    static final int MAX_MESSAGES = 40;
    static final int MAX_BYTES = 32 * 1024;

    /** What a page is without messages, with room for a bracket more. */
    private static final int WRAPPER = 16;

    private static final int COMMA = 1;

    /** Where a page stands in its chat. */
    enum Place {
        /** New messages come here. */
        LAST,
        INNER
    }

    private PageLayout() {}

    /**
     * The sizes of the pages that the messages make, in order.
     *
     * @param bytes the size of each message
     * @param place where the page stands whose range this is
     */
    static List<Integer> pages(List<Integer> bytes, Place place) {
        var sizes = new ArrayList<Integer>();
        switch (place) {
            case LAST -> fill(bytes, sizes);
            case INNER -> halve(bytes, sizes);
        }
        return sizes;
    }

    private static void fill(List<Integer> bytes, List<Integer> sizes) {
        int count = 0;
        int sum = WRAPPER;
        for (int size : bytes) {
            if (count > 0 && (count == MAX_MESSAGES || sum + size > MAX_BYTES)) {
                sizes.add(count);
                count = 0;
                sum = WRAPPER;
            }
            count++;
            sum += size + COMMA;
        }
        if (count > 0) {
            sizes.add(count);
        }
    }

    private static void halve(List<Integer> bytes, List<Integer> sizes) {
        if (bytes.isEmpty()) {
            return;
        }
        int sum = WRAPPER + bytes.stream().mapToInt(size -> size + COMMA).sum();
        if (bytes.size() == 1 || bytes.size() <= MAX_MESSAGES && sum <= MAX_BYTES) {
            sizes.add(bytes.size());
            return;
        }
        int middle = bytes.size() / 2;
        halve(bytes.subList(0, middle), sizes);
        halve(bytes.subList(middle, bytes.size()), sizes);
    }
}
