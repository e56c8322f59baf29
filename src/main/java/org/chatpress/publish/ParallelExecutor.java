package org.chatpress.publish;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.chatpress.error.ErrorMessages;
import org.chatpress.error.RemoteException;

/**
 * Does things at a storage side by side, as many as it stands. The caller's thread is one of the lanes, and each lane
 * takes the next item by itself. What came of each is told one at a time, so that only the work itself has to bear
 * company.
 */
final class ParallelExecutor {
    private final Executor threads;
    private final int count;
    private boolean isProven;

    /**
     * @param threads starts everything that it is given at once
     * @param count how many things may be under way
     */
    ParallelExecutor(Executor threads, int count) {
        this.threads = threads;
        this.count = count;
    }

    /** What came of one item; a failure if it could not be done. */
    record Result<T>(T item, Optional<RemoteException> failure) {}

    /**
     * Works on the items in their order, until all are done or somebody wants no more; one at a time until something
     * could be done here. When it returns or throws, nothing is under way.
     *
     * @param goOn is told each outcome as it comes, on whatever lane; false: nothing more is begun
     * @throws RuntimeException what an item's work threw, if that is no {@link RemoteException}: nothing more is begun
     */
    <T> void forEach(List<T> items, Consumer<T> work, Predicate<Result<T>> goOn) {
        var queue = new TaskQueue<>(items, work, goOn);
        while (!isProven && queue.workOnNext()) {
            isProven = queue.isProven();
        }
        var others = new ArrayList<CompletableFuture<Void>>();
        try {
            for (int lane = Math.min(count, queue.left()); lane > 1; lane--) {
                others.add(CompletableFuture.runAsync(queue::workOnAll, threads));
            }
        } catch (RuntimeException | Error e) {
            queue.broken(e);
        }
        queue.workOnAll();
        others.forEach(CompletableFuture::join);
        queue.requireNoBug();
    }

    private static final class TaskQueue<T> {
        private final Iterator<T> items;
        private final Consumer<T> work;
        private final Predicate<Result<T>> goOn;
        private int left;
        private boolean isProven;
        private Optional<Throwable> bug = Optional.empty();

        private TaskQueue(List<T> items, Consumer<T> work, Predicate<Result<T>> goOn) {
            this.items = items.iterator();
            this.left = items.size();
            this.work = work;
            this.goOn = goOn;
        }

        private void workOnAll() {
            boolean more = true;
            while (more) {
                more = workOnNext();
            }
        }

        /** False if there is nothing more to begin. */
        private boolean workOnNext() {
            Optional<T> item = next();
            try {
                item.map(this::outcome).ifPresent(this::tell);
            } catch (RuntimeException | Error e) {
                broken(e);
            }
            return item.isPresent();
        }

        private Result<T> outcome(T item) {
            try {
                work.accept(item);
                return new Result<>(item, Optional.empty());
            } catch (RemoteException e) {
                return new Result<>(item, Optional.of(e));
            }
        }

        private synchronized Optional<T> next() {
            if (left == 0) {
                return Optional.empty();
            }
            left--;
            return Optional.of(items.next());
        }

        private synchronized void tell(Result<T> outcome) {
            isProven |= outcome.failure().isEmpty();
            if (!goOn.test(outcome)) {
                left = 0;
            }
        }

        private synchronized void broken(Throwable e) {
            bug = bug.or(() -> Optional.of(e));
            left = 0;
        }

        private synchronized int left() {
            return left;
        }

        private synchronized boolean isProven() {
            return isProven;
        }

        private synchronized void requireNoBug() {
            if (bug.isPresent()) {
                throw ErrorMessages.unchecked(bug.get());
            }
        }
    }
}
