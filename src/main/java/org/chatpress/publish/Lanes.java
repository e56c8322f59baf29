package org.chatpress.publish;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorCompletionService;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.chatpress.failure.RemoteFailure;
import org.chatpress.failure.Thrown;

/**
 * Does things at a storage side by side, as many as it stands. What came of each is told on the caller's thread, one
 * after another, so that only the work itself has to bear company.
 */
final class Lanes {
    private final Executor threads;
    private final int count;
    private boolean isProven;

    /**
     * @param threads starts everything that it is given at once
     * @param count how many things may be under way
     */
    Lanes(Executor threads, int count) {
        this.threads = threads;
        this.count = count;
    }

    /** What came of one item; a failure if it could not be done. */
    record Outcome<T>(T item, Optional<RemoteFailure> failure) {}

    /**
     * Works on the items in their order, until all are done or somebody wants no more. When it returns or throws,
     * nothing is under way.
     *
     * @param goOn is told each outcome as it comes; false: nothing more is begun
     * @throws RuntimeException what an item's work threw, if that is no {@link RemoteFailure}: nothing more is begun
     */
    <T> void work(List<T> items, Consumer<T> work, Predicate<Outcome<T>> goOn) {
        CompletionService<Outcome<T>> underWay = new ExecutorCompletionService<>(threads);
        Iterator<T> left = items.iterator();
        boolean more = true;
        int busy = 0;
        RuntimeException bug = null;
        while (busy > 0 || (more && left.hasNext())) {
            if (more && left.hasNext() && busy < (isProven ? count : 1)) {
                T item = left.next();
                underWay.submit(() -> outcome(item, work));
                busy++;
                continue;
            }
            try {
                Outcome<T> outcome = next(underWay);
                isProven |= outcome.failure().isEmpty();
                more &= goOn.test(outcome);
            } catch (RuntimeException e) {
                bug = bug == null ? e : bug;
                more = false;
            }
            busy--;
        }
        if (bug != null) {
            throw bug;
        }
    }

    private static <T> Outcome<T> outcome(T item, Consumer<T> work) {
        try {
            work.accept(item);
            return new Outcome<>(item, Optional.empty());
        } catch (RemoteFailure e) {
            return new Outcome<>(item, Optional.of(e));
        }
    }

    /** The end of whatever ends next. To be interrupted is no reason to leave others behind. */
    private static <T> Outcome<T> next(CompletionService<Outcome<T>> underWay) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return underWay.take().get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw Thrown.by(e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
