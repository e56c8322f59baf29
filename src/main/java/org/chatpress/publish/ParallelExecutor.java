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
 * Runs tasks on a storage in parallel, up to its limit. The calling thread is one of the workers, and each worker takes
 * the next item when it is free. Results are reported one at a time; only the task itself must be thread-safe.
 */
final class ParallelExecutor {
    private final Executor threads;
    private final int maxParallel;
    private boolean isProven;

    /**
     * @param threads starts every task at once
     * @param maxParallel how many tasks may run at the same time
     */
    ParallelExecutor(Executor threads, int maxParallel) {
        this.threads = threads;
        this.maxParallel = maxParallel;
    }

    /** What happened to one item; the failure is empty if its task succeeded. */
    record Result<T>(T item, Optional<RemoteException> failure) {}

    /**
     * Runs the task for the items, in their order. Until the first success of this executor it runs one task at a time,
     * so that a storage that is down is tried once. When this returns or throws, no task is running.
     *
     * @param continueIf called with each result, on any worker; false: start no further task
     * @throws RuntimeException thrown by a task, except {@link RemoteException}; no further task was started
     */
    <T> void forEach(List<T> items, Consumer<T> task, Predicate<Result<T>> continueIf) {
        var queue = new TaskQueue<>(items, task, continueIf);
        while (!isProven && queue.runNext()) {
            isProven = queue.hasSucceeded();
        }
        var workers = new ArrayList<CompletableFuture<Void>>();
        try {
            for (int worker = Math.min(maxParallel, queue.remaining()); worker > 1; worker--) {
                workers.add(CompletableFuture.runAsync(queue::runAll, threads));
            }
        } catch (RuntimeException | Error e) {
            queue.stop(e);
        }
        queue.runAll();
        workers.forEach(CompletableFuture::join);
        queue.throwIfStopped();
    }

    private static final class TaskQueue<T> {
        private final Iterator<T> items;
        private final Consumer<T> task;
        private final Predicate<Result<T>> continueIf;
        private int remaining;
        private boolean hasSucceeded;
        private Optional<Throwable> cause = Optional.empty();

        private TaskQueue(List<T> items, Consumer<T> task, Predicate<Result<T>> continueIf) {
            this.items = items.iterator();
            this.remaining = items.size();
            this.task = task;
            this.continueIf = continueIf;
        }

        private void runAll() {
            boolean more = true;
            while (more) {
                more = runNext();
            }
        }

        /** False if there is no item left. */
        private boolean runNext() {
            Optional<T> item = next();
            try {
                item.map(this::run).ifPresent(this::report);
            } catch (RuntimeException | Error e) {
                stop(e);
            }
            return item.isPresent();
        }

        private Result<T> run(T item) {
            try {
                task.accept(item);
                return new Result<>(item, Optional.empty());
            } catch (RemoteException e) {
                return new Result<>(item, Optional.of(e));
            }
        }

        private synchronized Optional<T> next() {
            if (remaining == 0) {
                return Optional.empty();
            }
            remaining--;
            return Optional.of(items.next());
        }

        private synchronized void report(Result<T> result) {
            hasSucceeded |= result.failure().isEmpty();
            if (!continueIf.test(result)) {
                remaining = 0;
            }
        }

        private synchronized void stop(Throwable e) {
            cause = cause.or(() -> Optional.of(e));
            remaining = 0;
        }

        private synchronized int remaining() {
            return remaining;
        }

        private synchronized boolean hasSucceeded() {
            return hasSucceeded;
        }

        private synchronized void throwIfStopped() {
            if (cause.isPresent()) {
                throw ErrorMessages.unchecked(cause.get());
            }
        }
    }
}
