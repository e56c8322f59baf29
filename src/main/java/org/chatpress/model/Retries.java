package org.chatpress.model;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * When what failed may be tried again: each item after a backoff of its own. Kept in memory, so a new process tries all of
 * it at once. Not for several threads at a time.
 *
 * @param <T> what can fail
 */
public final class Retries<T> {
    private final Backoff backoff;
    private final Map<T, Failure> failures = new HashMap<>();

    private record Failure(int count, Instant notBefore) {}

    public Retries(Backoff backoff) {
        this.backoff = backoff;
    }

    /** The item has failed, once more if it failed before. */
    public void addFailure(T item, Instant now) {
        int earlier = failures.getOrDefault(item, new Failure(0, now)).count();
        failures.put(item, new Failure(earlier + 1, now.plus(backoff.delay(earlier))));
    }

    /** The items have succeeded, or are no longer to be tried. */
    public void removeIf(Predicate<T> isOver) {
        failures.keySet().removeIf(isOver);
    }

    /** True if such an item has failed. */
    public boolean anyMatch(Predicate<T> condition) {
        return failures.keySet().stream().anyMatch(condition);
    }

    /** When the wait of an item ends; empty if it has not failed. */
    public Optional<Instant> notBefore(T item) {
        return Optional.ofNullable(failures.get(item)).map(Failure::notBefore);
    }

    /** True if the item must not be tried yet. A wait beyond the longest one began before the clock was set back. */
    public boolean mustWait(T item, Instant now) {
        Failure failure = failures.get(item);
        return failure != null
                && now.isBefore(failure.notBefore())
                && !failure.notBefore().isAfter(now.plus(backoff.max()));
    }
}
