package org.chatpress.poll;

import java.time.Duration;

/** Calls that come in one by one, so that they are made evenly: a burst now is a silence later. */
final class TokenBucket {
    /** So many may be saved up while there is nothing to ask; as many are there when the program starts. */
    private static final double SAVED = 8;

    private final double perMinute;
    private double calls = SAVED;

    TokenBucket(double perMinute) {
        this.perMinute = perMinute;
    }

    /** Adds what so much time brings; all of it may be used at once. */
    void refill(Duration time) {
        double earned = Math.min(perMinute, time.toMillis() * perMinute / 60_000);
        calls = Math.min(calls + earned, Math.max(SAVED, earned));
    }

    /** Uses one up, if there is one. */
    boolean tryTake() {
        if (calls < 1) {
            return false;
        }
        calls--;
        return true;
    }
}
