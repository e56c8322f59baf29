package org.chatpress.publish;

import static java.util.Comparator.comparing;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.chatpress.error.RemoteException;
import org.chatpress.model.Backoff;
import org.chatpress.model.Retries;

/**
 * What a storage rejects: each item is tried again, less and less often, while everything else is published at once.
 * Threads may use it at the same time.
 *
 * @param <T> a channel's id for uploads, a key for deletes
 */
final class Rejections<T extends Comparable<T>> {
    private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(5), Duration.ofMinutes(1));

    private final Map<T, RemoteException> reasons = new TreeMap<>();
    private final Retries<T> retries = new Retries<>(BACKOFF);

    synchronized void addAll(Map<T, RemoteException> rejected, Instant now) {
        reasons.putAll(rejected);
        rejected.keySet().forEach(item -> retries.addFailure(item, now));
    }

    synchronized void removeIf(Predicate<T> isOver) {
        reasons.keySet().removeIf(isOver);
        retries.removeIf(isOver);
    }

    synchronized boolean isEmpty() {
        return reasons.isEmpty();
    }

    /** True if the item was rejected so recently that it must not be tried now. */
    synchronized boolean mustWait(T item, Instant now) {
        return retries.mustWait(item, now);
    }

    /**
     * Those of the items that may be tried now: first what was never rejected, then what was not tried for longest.
     *
     * @param urgent items that need not wait
     */
    synchronized List<T> due(List<T> items, Set<T> urgent, Instant now) {
        return items.stream()
                .filter(item -> urgent.contains(item) || !retries.mustWait(item, now))
                .sorted(comparing(item -> retries.notBefore(item).orElse(Instant.MIN)))
                .toList();
    }

    /** Why each item was rejected, in a fixed order. */
    synchronized List<RemoteException> reasons() {
        return List.copyOf(reasons.values());
    }
}
