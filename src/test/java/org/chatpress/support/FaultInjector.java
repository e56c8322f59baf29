package org.chatpress.support;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What goes wrong with the calls of a {@link FakeSlackServer}: planned faults, and Slack's rate limits. */
public final class FaultInjector {
    /** Slack's limits by method, calls a minute. */
    private static final Map<String, Integer> LIMITS = Map.of(
            "conversations.history", 50,
            "conversations.replies", 50,
            "conversations.info", 50,
            "reactions.get", 50,
            "reactions.add", 50,
            "reactions.remove", 20,
            "users.info", 100,
            "usergroups.users.list", 20,
            "emoji.list", 20,
            "chat.postMessage", 60);

    private final Clock clock;
    private final Map<String, Deque<Fault>> byMethod = new HashMap<>();
    private final Map<Integer, Fault> byNumber = new HashMap<>();
    private final Map<String, Fault> always = new HashMap<>();
    private int calls;
    private boolean enforcesLimits;
    private final Map<String, Deque<Instant>> recentCalls = new HashMap<>();

    FaultInjector(Clock clock) {
        this.clock = clock;
    }

    /** The next calls of a method ({@code "*"}: of any method) get these faults, one each. */
    public synchronized void next(String method, Fault... faults) {
        byMethod.computeIfAbsent(method, m -> new ArrayDeque<>()).addAll(List.of(faults));
    }

    /** The n-th call from now on, counted from 1, gets a reset connection. */
    public synchronized void onCall(int n) {
        onCall(n, Fault.RESET);
    }

    /** The n-th call from now on, counted from 1, gets this fault. */
    public synchronized void onCall(int n, Fault fault) {
        byNumber.put(calls + n, fault);
    }

    /** From now on every call of a method ({@code "*"}: of any method) without another fault gets this one. */
    public synchronized void always(String method, Fault fault) {
        always.put(method, fault);
    }

    /** Drops every fault that has not happened yet. */
    public synchronized void clear() {
        byMethod.clear();
        byNumber.clear();
        always.clear();
    }

    /** From now on Slack's own rate limits hold, by the clock. */
    public synchronized void enforceLimits() {
        enforcesLimits = true;
    }

    /** Counts a call; its fault, if one is planned for it. */
    synchronized Optional<Fault> forCall(String called) {
        calls++;
        Fault planned = byNumber.remove(calls);
        if (planned != null) {
            return Optional.of(planned);
        }
        for (String method : List.of(called, "*")) {
            Fault next = byMethod.getOrDefault(method, new ArrayDeque<>()).poll();
            if (next != null) {
                return Optional.of(next);
            }
        }
        return Optional.ofNullable(always.getOrDefault(called, always.get("*")));
    }

    /** How long the caller must wait because the method's limit is used up; empty: the call is allowed, and counts. */
    synchronized Optional<Duration> retryAfter(String method) {
        if (!enforcesLimits) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        Deque<Instant> times = recentCalls.computeIfAbsent(method, m -> new ArrayDeque<>());
        while (!times.isEmpty() && !times.peekFirst().plusSeconds(60).isAfter(now)) {
            times.removeFirst();
        }
        if (times.size() >= LIMITS.getOrDefault(method, Integer.MAX_VALUE)) {
            return Optional.of(
                    Duration.between(now, times.peekFirst().plusSeconds(60)).plusMillis(999));
        }
        times.addLast(now);
        return Optional.empty();
    }
}
