package org.chatpress.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.chatpress.error.RemoteException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ParallelExecutorTest {
    final RemoteException down = RemoteException.transientFailure("down", (Throwable) null);

    final ExecutorService threads = Executors.newCachedThreadPool();
    final ParallelExecutor executor = new ParallelExecutor(threads, 3);
    final List<Integer> reported = new ArrayList<>();

    @AfterEach
    void close() {
        threads.shutdown();
    }

    @Test
    void theFirstTaskRunsAloneAndTheOthersUpToTheLimitInParallel() {
        var together = new CyclicBarrier(3);
        var busy = new AtomicInteger();
        var most = new ConcurrentLinkedQueue<Integer>();

        executor.forEach(
                IntStream.range(0, 10).boxed().toList(),
                item -> {
                    busy.incrementAndGet();
                    if (item > 0) {
                        meet(together);
                    } else {
                        pause();
                    }
                    most.add(busy.getAndDecrement());
                },
                outcome -> reported.add(outcome.item()));

        assertThat(reported).hasSize(10).startsWith(0);
        assertThat(most).startsWith(1).allMatch(count -> count <= 3);
    }

    @Test
    void eachTaskRunsOnceAndResultsAreReportedOneAtATime() {
        List<Integer> items = IntStream.range(0, 20_000).boxed().toList();
        var begun = new ConcurrentLinkedQueue<Integer>();
        var telling = new AtomicInteger();
        var most = new AtomicInteger();

        executor.forEach(items, begun::add, outcome -> {
            most.accumulateAndGet(telling.incrementAndGet(), Math::max);
            telling.decrementAndGet();
            return reported.add(outcome.item());
        });

        assertThat(begun.stream().sorted().toList()).isEqualTo(items);
        assertThat(reported.stream().sorted().toList()).isEqualTo(items);
        assertThat(most).hasValue(1);
    }

    @Test
    void withALimitOfOneNoOtherThreadIsStarted() {
        var workers = new ArrayList<Thread>();

        new ParallelExecutor(
                        work -> {
                            throw new AssertionError("a thread for one lane");
                        },
                        1)
                .forEach(
                        List.of(1, 2, 3),
                        item -> workers.add(Thread.currentThread()),
                        outcome -> reported.add(outcome.item()));

        assertThat(workers).containsOnly(Thread.currentThread());
        assertThat(reported).containsExactly(1, 2, 3);
    }

    @Test
    void startsNoFurtherTaskAfterAStopAndWaitsForRunningOnes() {
        var together = new CyclicBarrier(3);
        executor.forEach(List.of(0), item -> {}, outcome -> true);

        executor.forEach(
                IntStream.range(0, 10).boxed().toList(),
                item -> {
                    meet(together);
                    if (item == 1) {
                        throw down;
                    }
                },
                outcome -> {
                    reported.add(outcome.item());
                    return false;
                });

        assertThat(reported).containsExactlyInAnyOrder(0, 1, 2);
    }

    @Test
    void afterAFirstFailureNoFurtherTaskIsStarted() {
        executor.forEach(
                List.of(1, 2, 3),
                item -> {
                    pause();
                    throw down;
                },
                outcome -> {
                    reported.add(outcome.item());
                    return outcome.failure().isEmpty();
                });

        assertThat(reported).containsExactly(1);
    }

    @Test
    void throwsABugOnceNoTaskIsRunning() {
        var together = new CyclicBarrier(3);
        var failedThreadEnded = new CountDownLatch(1);
        var bugs = new AtomicInteger();
        var ended = new AtomicInteger();
        Thread caller = Thread.currentThread();
        var observed = new ParallelExecutor(
                work -> threads.execute(() -> {
                    work.run();
                    failedThreadEnded.countDown();
                }),
                3);
        observed.forEach(List.of(0), item -> {}, outcome -> true);

        assertThatThrownBy(() -> observed.forEach(
                        IntStream.range(0, 10).boxed().toList(),
                        item -> {
                            meet(together);
                            if (Thread.currentThread() != caller && bugs.getAndIncrement() == 0) {
                                throw new IllegalStateException("a bug");
                            }
                            // Only now is it certain that no further item is begun.
                            await(failedThreadEnded);
                            ended.incrementAndGet();
                        },
                        outcome -> reported.add(outcome.item())))
                .hasMessage("a bug");

        assertThat(reported).hasSize(2).isSubsetOf(0, 1, 2);
        assertThat(ended).hasValue(2);
    }

    @Test
    void noTaskIsRunningAfterAThreadCouldNotBeStarted() {
        var started = new AtomicInteger();
        var busy = new AtomicInteger();
        var few = new ParallelExecutor(
                work -> {
                    if (started.incrementAndGet() == 2) {
                        throw new OutOfMemoryError("unable to create native thread");
                    }
                    threads.execute(work);
                },
                4);
        few.forEach(List.of(0), item -> {}, outcome -> true);

        assertThatThrownBy(() -> few.forEach(
                        IntStream.range(0, 10).boxed().toList(),
                        item -> {
                            busy.incrementAndGet();
                            pause();
                            busy.decrementAndGet();
                        },
                        outcome -> true))
                .isInstanceOf(OutOfMemoryError.class)
                .hasMessage("unable to create native thread");

        assertThat(busy).hasValue(0);
    }

    private static void pause() {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nothing happened for a minute");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** No task goes on before three have started. */
    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }
}
