package org.chatpress.cycle;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.chatpress.approval.CustomEmojiSync;
import org.chatpress.approval.SlackFeedback;
import org.chatpress.config.Settings;
import org.chatpress.cycle.context.CycleContext;
import org.chatpress.cycle.context.CycleMode.Background;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.error.ErrorMessages;
import org.chatpress.media.ClipPipeline;
import org.chatpress.media.ImageMirror;
import org.chatpress.media.PhotoPipeline;
import org.chatpress.model.DaemonThreadFactory;

/**
 * Runs the tasks that published messages must not wait for: feedback in Slack, photos, copies of avatars and custom emoji,
 * and, on a thread of their own because each takes minutes, clips. One run at a time, in or beside the cycles; a cycle
 * starts the next run once the previous one has ended, however long that took.
 */
public final class BackgroundTasks implements AutoCloseable {
    private static final long SHUTDOWN_SECONDS = 3;

    private final Clock clock;
    private final SlackFeedback feedback;
    private final PhotoPipeline photoPipeline;
    private final ClipPipeline clipPipeline;
    private final CustomEmojiSync customEmoji;
    private final ImageMirror imageMirror;
    private final Background mode;
    private final RepeatedTask takedowns = new RepeatedTask("photo takedown");
    private final RepeatedTask pending = new RepeatedTask("background");
    private final RepeatedTask clips = new RepeatedTask("clips");

    /** Within a cycle: its first takedown of photos failed, so it makes no second attempt. */
    private boolean takedownFailed;

    public BackgroundTasks(
            Clock clock,
            SlackFeedback feedback,
            PhotoPipeline photoPipeline,
            ClipPipeline clipPipeline,
            CustomEmojiSync customEmoji,
            ImageMirror imageMirror,
            Background mode) {
        this.clock = clock;
        this.feedback = feedback;
        this.photoPipeline = photoPipeline;
        this.clipPipeline = clipPipeline;
        this.customEmoji = customEmoji;
        this.imageMirror = imageMirror;
        this.mode = mode;
    }

    /** Deletes photos of takedowns that are still in the CMS's upload folder. Beside the cycles if that is the mode. */
    void takeDownPhotos(CycleContext context) {
        switch (mode) {
            case NEVER -> {}
            case WITHIN_CYCLE -> takedownFailed = !photoPipeline.takeDown(context);
            case BESIDE_CYCLES ->
                takedowns
                        .runAgain(() -> {
                            var takedown = new CycleContext(context.settings(), clock.instant());
                            photoPipeline.takeDown(takedown);
                            return takedown.report();
                        })
                        .ifPresent(context.report()::addAll);
        }
    }

    /**
     * Takes down the photos that were taken down in this cycle, and runs the tasks, or starts a run beside the cycle if
     * none is under way. Adds the failures of the last run to the report.
     */
    void run(CycleContext context) {
        CycleReport report = context.report();
        if (!takedownFailed) {
            takeDownPhotos(context);
        }
        switch (mode) {
            case NEVER -> {}
            case WITHIN_CYCLE -> {
                for (CycleReport tasks : List.of(runPending(context.settings()), runClips(context.settings()))) {
                    report.addIncidentsOf(tasks);
                    report.addOutcomeOf(tasks);
                }
            }
            case BESIDE_CYCLES -> {
                pending.runAgain(() -> runPending(context.settings())).ifPresent(report::addOutcomeOf);
                report.addIncidentsOf(pending.last());
                clips.runAgain(() -> runClips(context.settings())).ifPresent(report::addOutcomeOf);
                report.addIncidentsOf(clips.last());
            }
        }
    }

    /** Cancels the clip in progress, and waits a few seconds for the other tasks to end. */
    @Override
    public void close() {
        clipPipeline.cancel();
        for (RepeatedTask task : List.of(pending, clips)) {
            task.executor.shutdown();
        }
        takedowns.executor.shutdownNow();
        try {
            for (RepeatedTask task : List.of(clips, pending)) {
                if (!task.executor.awaitTermination(SHUTDOWN_SECONDS, TimeUnit.SECONDS)) {
                    task.executor.shutdownNow();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        photoPipeline.close();
        clipPipeline.close();
    }

    private CycleReport runPending(Settings settings) {
        var context = new CycleContext(settings, clock.instant());
        if (settings.feedback()) {
            feedback.runPending(context);
        }
        photoPipeline.runPending(context);
        customEmoji.runPending(context);
        imageMirror.runPending(context);
        return context.report();
    }

    private CycleReport runClips(Settings settings) {
        var context = new CycleContext(settings, clock.instant());
        clipPipeline.runPending(context);
        return context.report();
    }

    /** A task that runs on a thread of its own, never twice at a time. */
    private static final class RepeatedTask {
        private final ExecutorService executor;
        private Future<CycleReport> current = CompletableFuture.completedFuture(new CycleReport(Instant.MIN));
        private CycleReport last = new CycleReport(Instant.MIN);

        RepeatedTask(String thread) {
            executor = Executors.newSingleThreadExecutor(new DaemonThreadFactory(thread));
        }

        /**
         * Starts the next run unless one is under way.
         *
         * @return the report of the previous run; empty while one is under way
         */
        Optional<CycleReport> runAgain(Callable<CycleReport> run) {
            if (!current.isDone()) {
                return Optional.empty();
            }
            Future<CycleReport> finished = current;
            // Before its result is read: a run that failed ends this cycle, but not the next ones too.
            current = executor.submit(run);
            last = result(finished);
            return Optional.of(last);
        }

        /** The report of the last run that ended. */
        CycleReport last() {
            return last;
        }

        /** Rethrows what the run threw, so that it ends the cycle as in any other stage. */
        private static CycleReport result(Future<CycleReport> finished) {
            try {
                return finished.get();
            } catch (ExecutionException e) {
                throw ErrorMessages.unchecked(e.getCause());
            } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted while reading the result of a finished run", e);
            }
        }
    }
}
