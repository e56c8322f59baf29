package org.chatpress.slack;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import org.chatpress.slack.RateLimiter.SlackMethod;

/**
 * A circuit breaker for a Slack that does not respond, so that a cycle does not wait for the timeout of every call. After
 * three calls in a row without a response, all methods pause; likewise a single method, if only that one does not
 * respond. After the pause one call is a trial: without a response it starts the next pause. Not thread-safe.
 */
final class UnansweredCalls {
    private static final int MAX_IN_A_ROW = 3;
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final Clock clock;
    private final Row all = new Row();
    private final Map<SlackMethod, Row> byMethod = new EnumMap<>(SlackMethod.class);

    UnansweredCalls(Clock clock) {
        this.clock = clock;
        for (SlackMethod method : SlackMethod.values()) {
            byMethod.put(method, new Row());
        }
    }

    /** The time until the method may be called again; zero: it may be called now. */
    Duration pause(SlackMethod method) {
        Duration ofAll = all.pause(clock.instant());
        Duration ofMethod = byMethod.get(method).pause(clock.instant());
        return ofAll.compareTo(ofMethod) > 0 ? ofAll : ofMethod;
    }

    /** Slack sent a response, whatever it says. */
    void onResponse(SlackMethod method) {
        all.calls = 0;
        byMethod.get(method).calls = 0;
    }

    /** The call timed out, or the connection failed. */
    void onNoResponse(SlackMethod method) {
        all.add(clock.instant());
        byMethod.get(method).add(clock.instant());
    }

    /** Calls in a row without a response. */
    private static final class Row {
        private int calls;
        private Instant last = Instant.MIN;

        void add(Instant now) {
            calls++;
            last = now;
        }

        Duration pause(Instant now) {
            // A time in the future is from before the clock was set back.
            boolean isPaused = calls >= MAX_IN_A_ROW && !last.isAfter(now) && now.isBefore(last.plus(PAUSE));
            return isPaused ? Duration.between(now, last.plus(PAUSE)) : Duration.ZERO;
        }
    }
}
