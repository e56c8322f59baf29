package org.chatpress.poll.plan;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.chatpress.model.MessageTs;
import org.chatpress.model.slack.HistoryPage;

/**
 * The stored messages that a history page lacks. Absence proves nothing: a missing message is looked up in Slack before
 * it is taken down.
 *
 * @param missing messages to look up, newest first
 * @param beyondRetention the oldest messages of the channel, newest first, if the workspace's retention hides them: more
 *     than {@link #MAX_RUN} in a row are missing, or they vanished one at a time at nearly the same age. They stay
 *     published
 */
public record MissingMessages(List<MessageTs> missing, List<MessageTs> beyondRetention) {
    /** The most consecutive messages missing at the old end that still count as deletions. */
    static final int MAX_RUN = 5;

    /** A free plan hides messages of this age. */
    private static final Duration FREE_PLAN_RETENTION = Duration.ofDays(90);

    /** The shortest retention that Slack offers; also how late a page may show that a free plan hides a message. */
    private static final Duration ONE_DAY = Duration.ofDays(1);

    /** So many messages that vanished at nearly the same age show a retention. */
    private static final int MIN_SAME_AGE = 3;

    private static final int MAX_SAME_AGE = 10;

    /**
     * The ages of messages that retention hides differ at least so many times less than their times of posting. Those of
     * messages that a person deletes one after the other differ as much.
     */
    private static final int MIN_RATIO = 4;

    public MissingMessages {
        missing = List.copyOf(missing);
        beyondRetention = List.copyOf(beyondRetention);
    }

    /**
     * A stored message that an earlier page had.
     *
     * @param absentSince Slack's clock at the first history page that lacked it
     */
    public record KnownMessage(MessageTs ts, boolean isDeleted, Optional<Instant> absentSince) {
        private Duration ageWhenAbsent(Instant now) {
            return Duration.between(ts.instant(), absentSince.orElse(now));
        }
    }

    /**
     * Compares a page with the stored messages.
     *
     * @param known the messages that an earlier page had in this time range, oldest first; without deleted ones that no
     *     page lacked before their deletion
     */
    public static MissingMessages of(HistoryPage page, List<KnownMessage> known) {
        Set<MessageTs> returned = new HashSet<>();
        page.messages().forEach(message -> returned.add(message.ts()));
        var missing = new ArrayList<MessageTs>();
        for (KnownMessage message : known) {
            if (!message.isDeleted() && page.range().covers(message.ts()) && !returned.contains(message.ts())) {
                missing.add(0, message.ts());
            }
        }
        List<KnownMessage> oldEnd = page.range().from().isPresent() ? List.of() : absentAtOldEnd(known, returned);
        int hidden = countHiddenOneAtATime(oldEnd, page.readAt());
        int deletable = missing.size() - hidden;
        if (deletable == 0) {
            return new MissingMessages(List.of(), missing);
        }
        boolean isOldEnd = page.range().until().isPresent() && missing.size() > MAX_RUN;
        if (page.messages().isEmpty() && !isOldEnd) {
            // An empty page may be an error on Slack's side; looking up the newest message tells.
            return new MissingMessages(missing.subList(0, 1), missing.subList(deletable, missing.size()));
        }
        int run = (int) oldEnd.stream().filter(message -> !message.isDeleted()).count();
        int kept = missing.size() - (run > MAX_RUN ? run : hidden);
        return new MissingMessages(missing.subList(0, kept), missing.subList(kept, missing.size()));
    }

    /** The newest messages beyond the retention. The times at which they vanished show the age at which it hides messages. */
    public List<MessageTs> newestBeyondRetention() {
        return beyondRetention.subList(0, Math.min(MAX_SAME_AGE, beyondRetention.size()));
    }

    private static List<KnownMessage> absentAtOldEnd(List<KnownMessage> known, Set<MessageTs> returned) {
        int run = 0;
        while (run < known.size()
                && (known.get(run).isDeleted()
                        || !returned.contains(known.get(run).ts()))) {
            run++;
        }
        return known.subList(0, run);
    }

    /** The number of messages up to the newest that retention hides, without deleted ones. */
    private static int countHiddenOneAtATime(List<KnownMessage> oldEnd, Instant now) {
        for (int end = oldEnd.size(); end > 0; end--) {
            if (isHiddenByRetention(oldEnd.subList(Math.max(0, end - MAX_SAME_AGE), end), now)) {
                return (int) oldEnd.subList(0, end).stream()
                        .filter(message -> !message.isDeleted())
                        .count();
            }
        }
        return 0;
    }

    private static boolean isHiddenByRetention(List<KnownMessage> oldEnd, Instant now) {
        KnownMessage newest = oldEnd.get(oldEnd.size() - 1);
        Duration age = newest.ageWhenAbsent(now);
        if (age.compareTo(FREE_PLAN_RETENTION) >= 0 && age.compareTo(FREE_PLAN_RETENTION.plus(ONE_DAY)) < 0) {
            return true;
        }
        Duration least = age;
        Duration most = age;
        for (int size = 2; size <= oldEnd.size(); size++) {
            KnownMessage oldest = oldEnd.get(oldEnd.size() - size);
            Duration other = oldest.ageWhenAbsent(now);
            least = other.compareTo(least) < 0 ? other : least;
            most = other.compareTo(most) > 0 ? other : most;
            Duration span = Duration.between(oldest.ts().instant(), newest.ts().instant());
            if (size >= MIN_SAME_AGE
                    && least.compareTo(ONE_DAY) >= 0
                    && most.minus(least).multipliedBy(MIN_RATIO).compareTo(span) <= 0) {
                return true;
            }
        }
        return false;
    }
}
