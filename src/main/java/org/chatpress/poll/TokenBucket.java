package org.chatpress.poll;

import java.time.Duration;

/** Spreads calls evenly: tokens arrive at a constant rate, and each call takes one. */
final class TokenBucket {
    /** The most tokens kept for later; also how many there are at the start. */
    private static final double CAPACITY = 8;

    private final double perMinute;
    private double tokens = CAPACITY;

    TokenBucket(double perMinute) {
        this.perMinute = perMinute;
    }

    /** Adds the tokens of this time, up to a minute's; more than the capacity are kept only until the next refill. */
    void refill(Duration time) {
        double added = Math.min(perMinute, time.toMillis() * perMinute / 60_000);
        tokens = Math.min(tokens + added, Math.max(CAPACITY, added));
    }

    /** Takes a token; false if there is none. */
    boolean tryTake() {
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }
}
