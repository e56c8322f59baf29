package org.chatpress.slackexport;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Collection;
import org.chatpress.model.MessageTs;

/**
 * When something that happened in an export happens in its replay. Time runs faster by one factor, and where nobody
 * wrote for long, the silence is cut short.
 */
final class ReplayClock {
    /** A viewer who sees nothing for longer believes that the demo has died. */
    static final Duration MAX_SILENCE = Duration.ofSeconds(30);

    private final Instant start;
    private final double speed;

    /** When messages were posted, ascending, in microseconds; and when each is posted in the replay, after its start. */
    private final long[] posted;

    private final long[] replayed;

    private ReplayClock(Instant start, double speed, long[] posted) {
        this.start = start.truncatedTo(ChronoUnit.MICROS);
        this.speed = speed;
        this.posted = posted;
        this.replayed = new long[posted.length];
        for (int i = 1; i < posted.length; i++) {
            replayed[i] = replayed[i - 1] + squeezed(posted[i] - posted[i - 1], speed);
        }
    }

    /** Time runs so many times faster. */
    static ReplayClock atSpeed(double speed, Instant start, Collection<MessageTs> messages) {
        if (!(speed > 0)) {
            throw new IllegalArgumentException("a replay needs a speed above 0, not " + speed);
        }
        return new ReplayClock(start, speed, micros(messages));
    }

    /** The last message comes at most so long after the first; never slower than it really was. */
    static ReplayClock withLength(Duration length, Instant start, Collection<MessageTs> messages) {
        long[] posted = micros(messages);
        double slow = 1;
        double fast = 1e9;
        // Silences are cut at some speed or other, so that the length has no formula; 100 halvings are exact enough.
        for (int i = 0; i < 100; i++) {
            double middle = Math.sqrt(slow * fast);
            if (length(posted, middle) > length.toNanos() / 1000) {
                slow = middle;
            } else {
                fast = middle;
            }
        }
        return new ReplayClock(start, fast, posted);
    }

    /** The moment of the replay for a moment of the export: its messages, edits, reactions, or before it all. */
    Instant at(Instant exported) {
        if (posted.length == 0) {
            return start;
        }
        long micros = micros(exported);
        int found = Arrays.binarySearch(posted, micros);
        if (found >= 0) {
            return after(replayed[found]);
        }
        int next = -found - 1;
        if (next == 0) {
            return after(Math.round((micros - posted[0]) / speed));
        }
        long past = replayed[next - 1] + squeezed(micros - posted[next - 1], speed);
        return after(next == posted.length ? past : Math.min(past, replayed[next]));
    }

    /** The same for a ts. */
    MessageTs at(MessageTs exported) {
        return MessageTs.at(at(exported.instant()));
    }

    private Instant after(long micros) {
        return start.plus(micros, ChronoUnit.MICROS);
    }

    /** At least a microsecond, so that order is kept and each ts stays the only one. */
    private static long squeezed(long micros, double speed) {
        return Math.max(1, Math.min(Math.round(micros / speed), MAX_SILENCE.toNanos() / 1000));
    }

    private static long length(long[] posted, double speed) {
        long length = 0;
        for (int i = 1; i < posted.length; i++) {
            length += squeezed(posted[i] - posted[i - 1], speed);
        }
        return length;
    }

    private static long[] micros(Collection<MessageTs> messages) {
        return messages.stream()
                .mapToLong(ts -> micros(ts.instant()))
                .sorted()
                .distinct()
                .toArray();
    }

    private static long micros(Instant time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }
}
