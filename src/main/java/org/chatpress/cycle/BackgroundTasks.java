package org.chatpress.cycle;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
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
 * and beside all these clips. One run at a
 * time, in or beside the cycles; a cycle starts the next run once the previous one has ended, however long that took.
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
    private final ExecutorService executor = Executors.newSingleThreadExecutor(new DaemonThreadFactory("background"));
    private final ExecutorService takedownExecutor =
            Executors.newSingleThreadExecutor(new DaemonThreadFactory("photo takedown"));
    private final ExecutorService clipExecutor = Executors.newSingleThreadExecutor(new DaemonThreadFactory("clips"));
    private Future<CycleReport> currentRun = CompletableFuture.completedFuture(new CycleReport(Instant.MIN));
    private Future<CycleReport> currentTakedown = CompletableFuture.completedFuture(new CycleReport(Instant.MIN));
    private Future<CycleReport> currentClips = CompletableFuture.completedFuture(new CycleReport(Instant.MIN));
    private CycleReport lastReport;
    private CycleReport lastClipReport = new CycleReport(Instant.MIN);
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
            case BESIDE_CYCLES -> {
                if (currentTakedown.isDone()) {
                    context.report().addAll(result(currentTakedown));
                    currentTakedown = takedownExecutor.submit(() -> {
                        var takedown = new CycleContext(context.settings(), clock.instant());
                        photoPipeline.takeDown(takedown);
                        return takedown.report();
                    });
                }
            }
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
                if (currentRun.isDone()) {
                    lastReport = result(currentRun);
                    report.addOutcomeOf(lastReport);
                    currentRun = executor.submit(() -> runPending(context.settings()));
                }
                report.addIncidentsOf(lastReport);
                // Beside the others, because a clip takes minutes
                if (currentClips.isDone()) {
                    lastClipReport = result(currentClips);
                    report.addOutcomeOf(lastClipReport);
                    currentClips = clipExecutor.submit(() -> runClips(context.settings()));
                }
                report.addIncidentsOf(lastClipReport);
            }
        }
    }

    /** Waits for the current run, but not for ever. */
    @Override
    public void close() {
        executor.shutdown();
        clipPipeline.cancel();
        clipExecutor.shutdown();
        takedownExecutor.shutdownNow();
        try {
            if (!clipExecutor.awaitTermination(SHUTDOWN_SECONDS, TimeUnit.SECONDS)) {
                clipExecutor.shutdownNow();
            }
            if (!executor.awaitTermination(SHUTDOWN_SECONDS, TimeUnit.SECONDS)) {
                executor.shutdownNow();
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

    /** The report of a finished run; rethrows what the run threw, so that it ends the cycle as in any other stage. */
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
