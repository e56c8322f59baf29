package org.chatpress.render;

import java.util.ArrayList;
import java.util.List;

/**
 * How the messages of one page's range are dealt into pages, as a B-tree does with its leaves: what fits stays
 * together; the last page of a chat is filled up and closed, so that it is never touched again; any other is halved.
 */
final class Layout {
    static final int MOST_MESSAGES = 40;
    static final int MOST_BYTES = 32 * 1024;

    private Layout() {}

    /**
     * The sizes of the pages that the messages make, in order.
     *
     * @param bytes each message's size in a page
     * @param last whether this is the chat's last page
     */
    static List<Integer> pages(List<Integer> bytes, boolean last) {
        var sizes = new ArrayList<Integer>();
        if (last) {
            fill(bytes, sizes);
        } else {
            halve(bytes, sizes);
        }
        return sizes;
    }

    private static void fill(List<Integer> bytes, List<Integer> sizes) {
        int count = 0;
        int sum = 0;
        for (int size : bytes) {
            if (count > 0 && (count == MOST_MESSAGES || sum + size > MOST_BYTES)) {
                sizes.add(count);
                count = 0;
                sum = 0;
            }
            count++;
            sum += size;
        }
        if (count > 0) {
            sizes.add(count);
        }
    }

    private static void halve(List<Integer> bytes, List<Integer> sizes) {
        if (bytes.isEmpty()) {
            return;
        }
        int sum = bytes.stream().mapToInt(Integer::intValue).sum();
        if (bytes.size() == 1 || bytes.size() <= MOST_MESSAGES && sum <= MOST_BYTES) {
            sizes.add(bytes.size());
            return;
        }
        int middle = bytes.size() / 2;
        halve(bytes.subList(0, middle), sizes);
        halve(bytes.subList(middle, bytes.size()), sizes);
    }
}
