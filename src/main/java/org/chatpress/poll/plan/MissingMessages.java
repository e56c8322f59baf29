package org.chatpress.poll.plan;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.chatpress.model.MessageTs;
import org.chatpress.model.slack.HistoryPage;

/**
 * What a reading lacks. Absence is a suspicion, never a proof: Slack is asked for each suspect before it is taken down.
 *
 * @param missing messages to ask for, newest first
 * @param beyondRetention messages missing at the channel's old end: more than a few in a row are the plan's retention,
 *     and stay as they are
 */
public record MissingMessages(List<MessageTs> missing, List<MessageTs> beyondRetention) {
    /** A longer run than this at the old end is no series of deletions. */
    static final int MAX_RUN = 5;

    public MissingMessages {
        missing = List.copyOf(missing);
        beyondRetention = List.copyOf(beyondRetention);
    }

    /**
     * Compares a reading with what was there.
     *
     * @param known messages inside the reading's window that an earlier reading showed and that are not known to be
     *     deleted, oldest first
     */
    public static MissingMessages of(HistoryPage page, List<MessageTs> known) {
        Set<MessageTs> there = new HashSet<>();
        page.messages().forEach(message -> there.add(message.ts()));
        var missing = new ArrayList<MessageTs>();
        for (MessageTs ts : known) {
            if (page.range().covers(ts) && !there.contains(ts)) {
                missing.add(0, ts);
            }
        }
        if (missing.isEmpty()) {
            return new MissingMessages(List.of(), List.of());
        }
        boolean isOldEnd = page.range().until().isPresent() && missing.size() > MAX_RUN;
        if (page.messages().isEmpty() && !isOldEnd) {
            // An empty page may be a hiccup: one answer about the newest tells which.
            return new MissingMessages(missing.subList(0, 1), List.of());
        }
        int run = page.range().from().isPresent() ? 0 : runAtOldEnd(known, there);
        if (run <= MAX_RUN) {
            return new MissingMessages(missing, List.of());
        }
        int kept = missing.size() - run;
        return new MissingMessages(missing.subList(0, kept), missing.subList(kept, missing.size()));
    }

    private static int runAtOldEnd(List<MessageTs> known, Set<MessageTs> there) {
        int run = 0;
        while (run < known.size() && !there.contains(known.get(run))) {
            run++;
        }
        return run;
    }
}
