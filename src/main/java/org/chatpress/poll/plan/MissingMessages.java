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
 * @param suspects messages to ask for, newest first
 * @param beyondRetention messages missing at the channel's old end: more than a few in a row are the plan's retention,
 *     and stay as they are
 */
public record MissingMessages(List<MessageTs> suspects, List<MessageTs> beyondRetention) {
    /** A longer run than this at the old end is no series of deletions. */
    static final int LONGEST_RUN = 5;

    public MissingMessages {
        suspects = List.copyOf(suspects);
        beyondRetention = List.copyOf(beyondRetention);
    }

    /**
     * Compares a reading with what was there.
     *
     * @param known messages inside the reading's window that an earlier reading showed and that are not known to be
     *     deleted, oldest first
     */
    public static MissingMessages of(HistoryPage reading, List<MessageTs> known) {
        Set<MessageTs> there = new HashSet<>();
        reading.messages().forEach(message -> there.add(message.ts()));
        var missing = new ArrayList<MessageTs>();
        for (MessageTs ts : known) {
            if (reading.window().covers(ts) && !there.contains(ts)) {
                missing.add(0, ts);
            }
        }
        if (missing.isEmpty()) {
            return new MissingMessages(List.of(), List.of());
        }
        boolean isOldEnd = reading.window().until().isPresent() && missing.size() > LONGEST_RUN;
        if (reading.messages().isEmpty() && !isOldEnd) {
            // An empty page may be a hiccup: one answer about the newest tells which.
            return new MissingMessages(missing.subList(0, 1), List.of());
        }
        int run = reading.window().from().isPresent() ? 0 : runAtOldEnd(known, there);
        if (run <= LONGEST_RUN) {
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
