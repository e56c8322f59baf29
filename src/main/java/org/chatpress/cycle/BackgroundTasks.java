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
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.error.Rethrow;
import org.chatpress.media.AvatarMirror;
import org.chatpress.media.CustomEmojiSync;
import org.chatpress.media.PhotoPipeline;

/**
 * Where work is done that no message may wait for. It goes turn by turn: the next begins in the first cycle after the
 * one before ended, however long that took.
 */
public final class BackgroundTasks implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 10;

    private final Clock clock;
    private final SlackFeedback marks;
    private final PhotoPipeline photos;
    private final CustomEmojiSync emoji;
    private final AvatarMirror pictures;
    private final ExecutionMode pace;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(work -> {
        var back = new Thread(work, "back room");
        back.setDaemon(true);
        return back;
    });
    private Future<CycleReport> turn = CompletableFuture.completedFuture(new CycleReport(Instant.MIN));
    private CycleReport last;

    /** When the work is done. */
    public enum ExecutionMode {
        /** On a thread of its own, while cycles go on. */
        BESIDE_CYCLES,
        /** All there is to do, before the cycle ends. */
        WITHIN_THE_CYCLE,
        /** Never: nothing but the store's copy may change. */
        NEVER
    }

    public BackgroundTasks(
            Clock clock,
            SlackFeedback marks,
            PhotoPipeline photos,
            CustomEmojiSync emoji,
            AvatarMirror pictures,
            ExecutionMode pace) {
        this.clock = clock;
        this.marks = marks;
        this.photos = photos;
        this.emoji = emoji;
        this.pictures = pictures;
        this.pace = pace;
    }

    /** Takedowns now; then begins a turn, or lets the last one go on. What the last one met is in the report. */
    void work(Settings settings, CycleReport report) {
        switch (pace) {
            case NEVER -> {}
            case WITHIN_THE_CYCLE -> {
                photos.takeDown(settings, report);
                CycleReport turn = turn(settings);
                report.add(turn);
                report.addOutcome(turn);
            }
            case BESIDE_CYCLES -> {
                photos.takeDown(settings, report);
                if (turn.isDone()) {
                    last = result(turn);
                    report.addOutcome(last);
                    turn = thread.submit(() -> turn(settings));
                }
                report.add(last);
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
        photos.close();
    }

    private CycleReport turn(Settings settings) {
        var report = new CycleReport(clock.instant());
        if (settings.marks()) {
            marks.work(report.startedAt());
        }
        photos.work(settings, report);
        emoji.work(settings, report.startedAt());
        pictures.work(report.startedAt());
        return report;
    }

    /** What the turn met; what it threw is thrown in the cycle, as if it had been met there. */
    private static CycleReport result(Future<CycleReport> turn) {
        try {
            return turn.get();
        } catch (ExecutionException e) {
            throw Rethrow.by(e.getCause());
        } catch (InterruptedException e) {
            throw new IllegalStateException("a turn that is over cannot be waited for", e);
        }
    }
}
