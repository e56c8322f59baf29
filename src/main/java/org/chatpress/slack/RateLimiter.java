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
 * Keeps within Slack's rate limits: a number of calls per method in any 60 seconds, and no call while Slack asks to wait
 * (429). All calls of one token go through one limiter. If no call is left, it either waits or throws a TRANSIENT {@link
 * RemoteException} with the time to wait. It throws, without waiting, while Slack does not respond. Thread-safe.
 */
public final class RateLimiter {
    private final Clock clock;
    private final Sleeper sleeper;
    private final Map<SlackMethod, Budget> budgets = new EnumMap<>(SlackMethod.class);
    private final UnansweredCalls unanswered;
    private Duration remainingWait;

    /** In production {@code Thread::sleep}. */
    @FunctionalInterface
    public interface Sleeper {
        void sleep(Duration time) throws InterruptedException;
    }

    /** Throws at once if no call is left: for a program whose next cycle tries again. */
    public static RateLimiter nonBlocking(Clock clock) {
        return blocking(clock, time -> {}, Duration.ZERO);
    }

    /** Waits for the next call, {@code maxWait} in total over all calls; then throws at once. For a single cycle. */
    public static RateLimiter blocking(Clock clock, Sleeper sleeper, Duration maxWait) {
        return new RateLimiter(clock, sleeper, maxWait);
    }

    private RateLimiter(Clock clock, Sleeper sleeper, Duration maxWait) {
        this.clock = clock;
        this.sleeper = sleeper;
        this.remainingWait = maxWait;
        this.unanswered = new UnansweredCalls(clock);
        for (SlackMethod method : SlackMethod.values()) {
            budgets.put(method, new Budget(method.callsPerMinute()));
        }
    }

    /** The number of calls of the method that can be made now without waiting. */
    public synchronized int remaining(SlackMethod method) {
        return isResponding(method) ? budgets.get(method).remaining(clock.instant()) : 0;
    }

    /** False for a while after several calls in a row without a response: a call would fail. */
    public synchronized boolean isResponding(SlackMethod method) {
        return unanswered.pause(method).isZero();
    }

    /** Counts one call of the method, after waiting for it if that is allowed. Call before each request. */
    void acquire(SlackMethod method) {
        throwUnlessResponding(method);
        for (Duration wait = tryAcquire(method); !wait.isZero(); wait = tryAcquire(method)) {
            if (!spendWait(wait)) {
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

    /** Allows no call of the method for a time, because Slack answered 429. */
    synchronized void block(SlackMethod method, Duration time) {
        budgets.get(method).block(clock.instant(), time);
    }

    /** Slack responded to a call. */
    synchronized void recordResponse(SlackMethod method) {
        unanswered.onResponse(method);
    }

    /** Slack did not respond to a call. */
    synchronized void recordNoResponse(SlackMethod method) {
        unanswered.onNoResponse(method);
    }

    /** Whether {@link #acquire} would wait this long. */
    synchronized boolean mayWait(Duration time) {
        return time.compareTo(remainingWait) <= 0;
    }

    private synchronized void throwUnlessResponding(SlackMethod method) {
        Duration pause = unanswered.pause(method);
        if (!pause.isZero()) {
            throw RemoteException.notSent(
                    "Slack does not respond, next call of %s in %d s".formatted(method.slackName(), roundedUp(pause)),
                    pause);
        }
    }

    /** Counts a call and returns zero, or returns how long to wait for the next one. */
    private synchronized Duration tryAcquire(SlackMethod method) {
        Instant now = clock.instant();
        Duration wait = budgets.get(method).waitAt(now);
        if (wait.isZero()) {
            budgets.get(method).count(now);
        }
        return wait;
    }

    private synchronized boolean spendWait(Duration wait) {
        if (!mayWait(wait)) {
            return false;
        }
        remainingWait = remainingWait.minus(wait);
        return true;
    }

    private static RemoteException noneLeft(SlackMethod method, Duration wait) {
        return RemoteException.notSent(
                "rate limit of %s reached, next call in %d s".formatted(method.slackName(), roundedUp(wait)), wait);
    }

    private static long roundedUp(Duration wait) {
        return wait.plusMillis(999).toSeconds();
    }

    /**
     * The calls of the last minute, and until when Slack asked to wait. Times in the future are from before the clock
     * was set back and are ignored: a 429 is better than an hour without calls.
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

        /** How long to wait for the next call; zero: none. */
        Duration waitAt(Instant now) {
            calls.removeIf(call -> call.isAfter(now) || !call.plus(MINUTE).isAfter(now));
            Instant next =
                    calls.size() < callsPerMinute ? now : calls.peekFirst().plus(MINUTE);
            if (!blockedAt.isAfter(now) && blockedUntil.isAfter(next)) {
                next = blockedUntil;
            }
            return Duration.between(now, next);
        }

        int remaining(Instant now) {
            return waitAt(now).isZero() ? callsPerMinute - calls.size() : 0;
        }

        void count(Instant now) {
            calls.addLast(now);
        }

        void block(Instant now, Duration time) {
            blockedAt = now;
            blockedUntil = now.plus(time);
        }
    }

    /**
     * The Web API methods in use, and the calls of each that are allowed in any minute: nine tenths of Slack's limits, since
     * Slack's minutes do not begin with ours. The limits are 20 (tier 2), 50 (tier 3) and 100 (tier 4) calls per minute, for
     * each method, app and workspace (https://docs.slack.dev/apis/web-api/rate-limits).
     */
    public enum SlackMethod {
        HISTORY("conversations.history", 45),
        REPLIES("conversations.replies", 45),
        REACTIONS("reactions.get", 45),
        CHANNEL("conversations.info", 45),
        MEMBER_CHANNELS("users.conversations", 45),
        USER("users.info", 90),
        GROUP("usergroups.users.list", 18),
        FILE("files.info", 90),
        EMOJI("emoji.list", 18),
        ADD_REACTION("reactions.add", 45),
        REMOVE_REACTION("reactions.remove", 18),
        // Slack also allows only one message per second and channel; the caller keeps to that.
        POST_MESSAGE("chat.postMessage", 45),
        POST_EPHEMERAL("chat.postEphemeral", 90),
        OPEN_VIEW("views.open", 90),
        PUBLISH_VIEW("views.publish", 90),
        BOT("bots.info", 45),
        CONNECT("apps.connections.open", 18),
        // Slack allows "hundreds"; one call per start is enough.
        IDENTITY("auth.test", 45);

        private final String slackName;
        private final int callsPerMinute;

        SlackMethod(String slackName, int callsPerMinute) {
            this.slackName = slackName;
            this.callsPerMinute = callsPerMinute;
        }

        /** The name in Slack's documentation, such as {@code conversations.history}. */
        String slackName() {
            return slackName;
        }

        int callsPerMinute() {
            return callsPerMinute;
        }
    }

    /**
     * A circuit breaker for a Slack that does not respond, so that a cycle does not wait for the timeout of every call. After
     * three calls in a row without a response, all methods pause; likewise a single method, if only that one does not
     * respond. After the pause one call is a trial: without a response it starts the next pause. Not thread-safe.
     */
    private static final class UnansweredCalls {
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
}
