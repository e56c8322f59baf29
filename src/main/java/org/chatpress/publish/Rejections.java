package org.chatpress.publish;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.chatpress.error.RemoteException;
import org.chatpress.model.Backoff;

/**
 * What a storage rejects: each item is tried again, less and less often, while everything else is published at once. Kept
 * in memory, so a new process tries all of it at once.
 *
 * @param <T> a channel's id for uploads, a key for deletes
 */
final class Rejections<T extends Comparable<T>> {
    private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(5), Duration.ofMinutes(1));

    private final Map<T, Rejection> rejections = new TreeMap<>();

    private record Rejection(RemoteException reason, int attempts, Instant at) {}

    synchronized void addAll(Map<T, RemoteException> rejected, Instant now) {
        rejected.forEach((item, reason) -> {
            Rejection last = rejections.get(item);
            rejections.put(item, new Rejection(reason, last == null ? 1 : last.attempts() + 1, now));
        });
    }

    synchronized void removeIf(Predicate<T> isOver) {
        rejections.keySet().removeIf(isOver);
    }

    synchronized boolean isEmpty() {
        return rejections.isEmpty();
    }

    /** True if the item was rejected so recently that it must not be tried now. */
    synchronized boolean mustWait(T item, Instant now) {
        Rejection last = rejections.get(item);
        // A clock that was set back must not prolong the wait
        return last != null && Duration.between(last.at(), now).abs().compareTo(BACKOFF.delay(last.attempts() - 1)) < 0;
    }

    /** Why each item was rejected, in a fixed order. */
    synchronized List<String> reasons() {
        return rejections.values().stream()
                .map(rejection -> rejection.reason().messageWithHint())
                .toList();
    }
}
