package org.chatpress.slack;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import org.chatpress.error.RemoteException;

/**
 * Keeps us within Slack's rate limits: for each method so many calls in any sixty seconds, and none for as long as Slack
 * asked us to wait. There is one for each token, and every call goes through it. When no call is left it says so by a
 * {@link RemoteException} (TRANSIENT, with the wait), or waits first, as it was made. Threads may share it.
 */
public final class RateLimiter {
    private final Clock clock;
    private final Sleeper sleeper;
    private final Map<SlackMethod, Budget> budgets = new EnumMap<>(SlackMethod.class);
    private Duration patience;

    /** Waits; in production {@code Thread::sleep}. */
    @FunctionalInterface
    public interface Sleeper {
        void sleep(Duration time) throws InterruptedException;
    }

    /** For a program that runs on: a call that is not left now is left in a later cycle. */
    public static RateLimiter nonBlocking(Clock clock) {
        return blocking(clock, time -> {}, Duration.ZERO);
    }

    /** For a single cycle: waits for calls, in all its life no longer than {@code atMost}, then behaves as the other one. */
    public static RateLimiter blocking(Clock clock, Sleeper sleeper, Duration atMost) {
        return new RateLimiter(clock, sleeper, atMost);
    }

    private RateLimiter(Clock clock, Sleeper sleeper, Duration patience) {
        this.clock = clock;
        this.sleeper = sleeper;
        this.patience = patience;
        for (SlackMethod method : SlackMethod.values()) {
            budgets.put(method, new Budget(method.callsPerMinute()));
        }
    }

    /** How many calls of the method could be made at this moment without waiting. */
    public synchronized int remaining(SlackMethod method) {
        return budgets.get(method).left(clock.instant());
    }

    /** Uses up one call of the method; fails if none is left and no more waiting is allowed. */
    void acquire(SlackMethod method) {
        for (Duration wait = claim(method); !wait.isZero(); wait = claim(method)) {
            if (!spend(wait)) {
                throw noneLeft(method, wait);
            }
            try {
                sleeper.sleep(wait);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw noneLeft(method, wait);
            }
        }
    }

    /** Slack answered 429: no call of this method before the time is over. */
    synchronized void block(SlackMethod method, Duration time) {
        budgets.get(method).block(clock.instant(), time);
    }

    /** True if {@link #acquire} would rather wait so long than fail. */
    synchronized boolean maySleep(Duration time) {
        return time.compareTo(patience) <= 0;
    }

    /** Books a call and answers zero, or answers how long there is none. */
    private synchronized Duration claim(SlackMethod method) {
        Instant now = clock.instant();
        Duration wait = budgets.get(method).closedFor(now);
        if (wait.isZero()) {
            budgets.get(method).book(now);
        }
        return wait;
    }

    private synchronized boolean spend(Duration wait) {
        if (!maySleep(wait)) {
            return false;
        }
        patience = patience.minus(wait);
        return true;
    }

    private static RemoteException noneLeft(SlackMethod method, Duration wait) {
        long seconds = wait.plusMillis(999).toSeconds();
        return RemoteException.rateLimited("no call of %s left for %d s".formatted(method.slackName(), seconds), wait);
    }

    /**
     * The calls of the last minute, and until when Slack wants none. What lies in the future was written before the
     * clock was set back, and is forgotten: better a 429 than an hour's silence.
     */
    private static final class Budget {
        private static final Duration MINUTE = Duration.ofMinutes(1);

        private final int callsPerMinute;
        private final Deque<Instant> calls = new ArrayDeque<>();
        private Instant blockedAt = Instant.MIN;
        private Instant blockedUntil = Instant.MIN;

        Budget(int callsPerMinute) {
            this.callsPerMinute = callsPerMinute;
        }

        /** Zero when a call may be made now. */
        Duration closedFor(Instant now) {
            calls.removeIf(call -> call.isAfter(now) || !call.plus(MINUTE).isAfter(now));
            Instant open =
                    calls.size() < callsPerMinute ? now : calls.peekFirst().plus(MINUTE);
            if (!blockedAt.isAfter(now) && blockedUntil.isAfter(open)) {
                open = blockedUntil;
            }
            return Duration.between(now, open);
        }

        int left(Instant now) {
            return closedFor(now).isZero() ? callsPerMinute - calls.size() : 0;
        }

        void book(Instant now) {
            calls.addLast(now);
        }

        void block(Instant now, Duration time) {
            blockedAt = now;
            blockedUntil = now.plus(time);
        }
    }
}
