package org.chatpress.model;

import java.time.Duration;

/**
 * Exponential backoff: each wait is twice as long as the one before, up to a maximum.
 *
 * @param first the wait before the first retry
 * @param max the longest wait
 */
public record Backoff(Duration first, Duration max) {
    private static final int MAX_DOUBLINGS = 30;

    /** The wait after this many earlier waits. */
    public Duration delay(int earlier) {
        Duration delay = first.multipliedBy(1L << Math.min(earlier, MAX_DOUBLINGS));
        return delay.compareTo(max) < 0 ? delay : max;
    }
}
