package org.chatpress.cycle;

import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.chatpress.approval.SlackFeedback;
import org.chatpress.config.Settings;
import org.chatpress.cycle.context.CycleContext;
import org.chatpress.cycle.context.CycleMode.Background;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.error.ErrorMessages;
import org.chatpress.media.CustomEmojiSync;
import org.chatpress.media.ImageMirror;
import org.chatpress.media.PhotoPipeline;
import org.chatpress.model.DaemonThreadFactory;

/**
 * Where work is done that no message may wait for. It goes turn by turn: the next begins in the first cycle after the
 * one before ended, however long that took.
 */
public final class BackgroundTasks implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 10;

    private final Clock clock;
    private final SlackFeedback feedback;
    private final PhotoPipeline photoPipeline;
    private final CustomEmojiSync customEmoji;
    private final ImageMirror pictures;
    private final Background mode;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(new DaemonThreadFactory("background"));
    private Future<CycleReport> turn = CompletableFuture.completedFuture(new CycleReport(Instant.MIN));
    private CycleReport last;

    public BackgroundTasks(
            Clock clock,
            SlackFeedback feedback,
            PhotoPipeline photoPipeline,
            CustomEmojiSync customEmoji,
            ImageMirror pictures,
            Background mode) {
        this.clock = clock;
        this.feedback = feedback;
        this.photoPipeline = photoPipeline;
        this.customEmoji = customEmoji;
        this.pictures = pictures;
        this.mode = mode;
    }

    /** Takedowns now; then begins a turn, or lets the last one go on. What the last one met is in the report. */
    void run(CycleContext context) {
        CycleReport report = context.report();
        switch (mode) {
            case NEVER -> {}
            case WITHIN_CYCLE -> {
                photoPipeline.takeDown(context);
                CycleReport turn = runPending(context.settings());
                report.addIncidentsOf(turn);
                report.addOutcome(turn);
            }
            case BESIDE_CYCLES -> {
                photoPipeline.takeDown(context);
                if (turn.isDone()) {
                    last = result(turn);
                    report.addOutcome(last);
                    turn = thread.submit(() -> runPending(context.settings()));
                }
                report.addIncidentsOf(last);
            }
        }
    }

    /** Waits a while for the work in hand. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                thread.shutdownNow();
                thread.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        photoPipeline.close();
    }

    private CycleReport runPending(Settings settings) {
        var context = new CycleContext(settings, clock.instant());
        if (settings.feedback()) {
            feedback.runPending(context);
        }
        photoPipeline.runPending(context);
        customEmoji.runPending(context);
        pictures.runPending(context);
        return context.report();
    }

    /** What the turn met; what it threw is thrown in the cycle, as if it had been met there. */
    private static CycleReport result(Future<CycleReport> turn) {
        try {
            return turn.get();
        } catch (ExecutionException e) {
            throw ErrorMessages.unchecked(e.getCause());
        } catch (InterruptedException e) {
            throw new IllegalStateException("a turn that is over cannot be waited for", e);
        }
    }
}
