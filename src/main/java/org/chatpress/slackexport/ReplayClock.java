package org.chatpress.slackexport;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Collection;
import org.chatpress.model.MessageTs;

/**
 * Converts the times of an export to those of its replay. Time runs faster by a constant factor, and the gap between two
 * messages is at most {@link #MAX_GAP}.
 */
final class ReplayClock {
    /** After a longer gap, a viewer would believe that the demo has stopped. */
    static final Duration MAX_GAP = Duration.ofSeconds(30);

    private final Instant start;
    private final double speed;

    /** The times of the messages in the export, in microseconds since 1970, ascending. */
    private final long[] posted;

    /** The times of the same messages in the replay, in microseconds since its start. */
    private final long[] replayed;

    private ReplayClock(Instant start, double speed, long[] posted) {
        this.start = start.truncatedTo(ChronoUnit.MICROS);
        this.speed = speed;
        this.posted = posted;
        this.replayed = new long[posted.length];
        for (int i = 1; i < posted.length; i++) {
            replayed[i] = replayed[i - 1] + compressed(posted[i] - posted[i - 1], speed);
        }
    }

    /** @param speed the factor by which time runs faster */
    static ReplayClock atSpeed(double speed, Instant start, Collection<MessageTs> messages) {
        if (!(speed > 0)) {
            throw new IllegalArgumentException("speed must be greater than 0, not " + speed);
        }
        return new ReplayClock(start, speed, micros(messages));
    }

    /** Chooses a speed of 1 or more at which the last message comes at most {@code length} after the first. */
    static ReplayClock withLength(Duration length, Instant start, Collection<MessageTs> messages) {
        long[] posted = micros(messages);
        double slow = 1;
        double fast = 1e9;
        // The maximum gap leaves no formula for the speed, so this is a binary search; 100 steps are precise enough.
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

    /** The time in the replay of a time in the export, which may lie before or after its messages. */
    Instant at(Instant exported) {
        if (posted.length == 0) {
            return start;
        }
        long micros = micros(exported);
        int index = Arrays.binarySearch(posted, micros);
        if (index >= 0) {
            return sinceStart(replayed[index]);
        }
        int next = -index - 1;
        if (next == 0) {
            return sinceStart(Math.round((micros - posted[0]) / speed));
        }
        long afterPrevious = replayed[next - 1] + compressed(micros - posted[next - 1], speed);
        return sinceStart(next == posted.length ? afterPrevious : Math.min(afterPrevious, replayed[next]));
    }

    /** The ts in the replay of a ts in the export. */
    MessageTs at(MessageTs exported) {
        return MessageTs.at(at(exported.instant()));
    }

    private Instant sinceStart(long micros) {
        return start.plus(micros, ChronoUnit.MICROS);
    }

    /** At least a microsecond, so that messages keep their order and each ts stays unique. */
    private static long compressed(long micros, double speed) {
        return Math.max(1, Math.min(Math.round(micros / speed), MAX_GAP.toNanos() / 1000));
    }

    private static long length(long[] posted, double speed) {
        long length = 0;
        for (int i = 1; i < posted.length; i++) {
            length += compressed(posted[i] - posted[i - 1], speed);
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
