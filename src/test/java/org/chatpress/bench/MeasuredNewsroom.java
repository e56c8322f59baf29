package org.chatpress.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.UserId;
import org.chatpress.storage.Storage.StoredObject;
import org.chatpress.support.TestNewsroom;

/** A newsroom whose Slack and storage take no time, and what its cycles cost. */
final class MeasuredNewsroom implements AutoCloseable {
    static final ChannelId CHAT = new ChannelId(TestNewsroom.CHANNEL);
    private static final UserId REPORTER = new UserId(TestNewsroom.REPORTER);
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    final TestNewsroom newsroom;
    final InstantSlack slack;
    private final InstantStorage storage = new InstantStorage();
    private final SplittableRandom random = new SplittableRandom(1);

    MeasuredNewsroom(Path home) throws IOException {
        newsroom = new TestNewsroom(Files.createDirectory(home)).pollsWhenDue();
        slack = new InstantSlack(newsroom.clock);
        newsroom.asksSlackThrough(real -> slack).usesStoragesThrough(real -> storage);
    }

    /**
     * What a cycle cost.
     *
     * @param wall nanoseconds
     * @param cpu likewise, of {@link #cpu()}
     * @param puts what it published
     * @param readOlderPage whether it read a page of older messages too
     */
    record Cost(double wall, double cpu, List<StoredObject> puts, boolean readOlderPage) {
        boolean wroteWholeChat() {
            return puts.stream().anyMatch(Cost::isWholeChat);
        }

        /** What readers need, and the list of chats; not the whole chat's file. */
        double bytes() {
            return puts.stream()
                    .filter(object -> !isWholeChat(object))
                    .mapToInt(object -> object.bytes().length)
                    .sum();
        }

        private static boolean isWholeChat(StoredObject object) {
            String key = object.key().value();
            return !key.contains("/") && !key.equals("channels.json");
        }
    }

    /** So many messages, a tenth of a second apart. */
    MeasuredNewsroom fill(int messages) {
        for (int i = 0; i < messages; i++) {
            slack.post(CHAT, ts(i), REPORTER, words(random));
        }
        return this;
    }

    /** The i-th of the first messages. */
    static MessageTs ts(int i) {
        return MessageTs.at(TestNewsroom.START.plusMillis(100L * i));
    }

    /** Posts a message, and sends its socket event. */
    void post() {
        MessageTs now = MessageTs.at(newsroom.clock.instant());
        slack.post(CHAT, now, REPORTER, words(random));
        newsroom.events().onEvent(CHAT, now);
    }

    /** Slack rings: the message has other words now. */
    void edit(MessageTs ts) {
        slack.post(CHAT, ts, REPORTER, words(random));
        newsroom.events().onEvent(CHAT, ts);
    }

    void approve(MessageTs ts) {
        slack.react(CHAT, ts, new UserId(TestNewsroom.EDITOR), "white_check_mark");
        newsroom.events().onEvent(CHAT, ts);
    }

    void delete(MessageTs ts) {
        slack.delete(CHAT, ts);
        newsroom.events().onEvent(CHAT, ts);
    }

    /** Cycles until every file of every chat is published. */
    void settle() {
        boolean isSettled = false;
        while (!isSettled) {
            isSettled = cycle(Duration.ofMinutes(1)).puts().isEmpty()
                    && newsroom.store().channels().all().stream().allMatch(row -> row.wholeSeq() == row.seq());
        }
    }

    /** A cycle, so long after the last. */
    Cost cycle(Duration later) {
        newsroom.clock.advance(later);
        storage.puts();
        slack.pagesOfOlderOnes();
        long cpu = cpu();
        long wall = System.nanoTime();
        newsroom.cycleNow();
        return new Cost(System.nanoTime() - wall, cpu() - cpu, storage.puts(), slack.pagesOfOlderOnes() > 0);
    }

    @Override
    public void close() {
        newsroom.close();
    }

    /** What all threads have used of the processor so far that Java code runs on: no other program has a part in it. */
    static long cpu() {
        return Arrays.stream(THREADS.getAllThreadIds())
                .map(THREADS::getThreadCpuTime)
                .filter(time -> time > 0)
                .sum();
    }

    /** Some 150 characters. */
    static String words(SplittableRandom random) {
        var words = new StringBuilder();
        int length = 90 + random.nextInt(120);
        while (words.length() < length) {
            random.ints(2 + random.nextInt(8), 'a', 'z' + 1).forEach(letter -> words.append((char) letter));
            words.append(' ');
        }
        return words.toString().strip();
    }
}
