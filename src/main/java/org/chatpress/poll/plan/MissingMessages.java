package org.chatpress.poll.plan;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.chatpress.model.MessageTs;
import org.chatpress.model.slack.HistoryPage;

/**
 * The stored messages that a history page lacks. Absence proves nothing: a missing message is looked up in Slack before
 * it is taken down.
 *
 * @param missing messages to look up, newest first
 * @param beyondRetention the oldest messages of the channel, if more than {@link #MAX_RUN} in a row are missing there:
 *     the workspace's retention hides them, and they stay published
 */
public record MissingMessages(List<MessageTs> missing, List<MessageTs> beyondRetention) {
    /** The most consecutive messages missing at the old end that still count as deletions. */
    static final int MAX_RUN = 5;

    public MissingMessages {
        missing = List.copyOf(missing);
        beyondRetention = List.copyOf(beyondRetention);
    }

    /**
     * Compares a page with the stored messages.
     *
     * @param known the messages that an earlier page had in this time range and that were not deleted, oldest first
     */
    public static MissingMessages of(HistoryPage page, List<MessageTs> known) {
        Set<MessageTs> returned = new HashSet<>();
        page.messages().forEach(message -> returned.add(message.ts()));
        var missing = new ArrayList<MessageTs>();
        for (MessageTs ts : known) {
            if (page.range().covers(ts) && !returned.contains(ts)) {
                missing.add(0, ts);
            }
        }
        if (missing.isEmpty()) {
            return new MissingMessages(List.of(), List.of());
        }
        boolean isOldEnd = page.range().until().isPresent() && missing.size() > MAX_RUN;
        if (page.messages().isEmpty() && !isOldEnd) {
            // An empty page may be an error on Slack's side; looking up the newest message tells.
            return new MissingMessages(missing.subList(0, 1), List.of());
        }
        int run = page.range().from().isPresent() ? 0 : runAtOldEnd(known, returned);
        if (run <= MAX_RUN) {
            return new MissingMessages(missing, List.of());
        }
        int kept = missing.size() - run;
        return new MissingMessages(missing.subList(0, kept), missing.subList(kept, missing.size()));
    }

    private static int runAtOldEnd(List<MessageTs> known, Set<MessageTs> returned) {
        int run = 0;
        while (run < known.size() && !returned.contains(known.get(run))) {
            run++;
        }
        return run;
    }
}
