package org.chatpress.support;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that shows another time than a {@link FakeClock}, always by the same difference. */
final class ShiftedClock extends Clock {
    private final Clock clock;
    private volatile Duration ahead = Duration.ZERO;

    ShiftedClock(Clock clock) {
        this.clock = clock;
    }

    void shiftBy(Duration shift) {
        ahead = shift;
    }

    @Override
    public Instant instant() {
        return clock.instant().plus(ahead);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
