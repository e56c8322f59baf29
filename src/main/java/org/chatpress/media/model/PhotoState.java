package org.chatpress.media.model;

import java.time.Duration;
import java.time.Instant;

/**
 * A photo's way from Slack to its readers, as far as it has come.
 *
 * @param tries how often the next stage was tried in vain
 * @param since when this stage was reached
 * @param notBefore the next try
 * @param reason why it failed, or why the last try was in vain; empty if it was not
 */
public record PhotoState(PhotoStage stage, int tries, Instant since, Instant notBefore, String reason) {
    private static final Duration SHORTEST_WAIT = Duration.ofSeconds(2);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
    private static final int MOST_DOUBLINGS = 10;

    /** A photo that has just become wanted. */
    public static PhotoState initial(Instant now) {
        return new PhotoState(PhotoStage.WANTED, 0, now, now, "");
    }

    /**
     * The whole table of what may follow what. A try in vain is repeated, after longer and longer waits, and for the last
     * time when patience is over.
     *
     * @param patience how long a photo may stay in this stage
     */
    public PhotoState advancedBy(PhotoEvent event, Instant now, Duration patience) {
        return switch (event.kind()) {
            case PROCESSED -> reached(PhotoStage.READY, stage == PhotoStage.WANTED, event, now);
            case DROPPED -> reached(PhotoStage.DROPPED, stage == PhotoStage.READY, event, now);
            case FOUND ->
                reached(PhotoStage.LIVE, stage == PhotoStage.READY || stage == PhotoStage.DROPPED, event, now);
            case FAILED -> reached(PhotoStage.FAILED, !stage.isTerminal(), event, now);
            case RETRY ->
                now.isBefore(since.plus(patience))
                        ? later(event, now, patience)
                        : reached(PhotoStage.FAILED, !stage.isTerminal(), event, now);
        };
    }

    private PhotoState reached(PhotoStage next, boolean isPossible, PhotoEvent event, Instant now) {
        if (!isPossible) {
            throw new IllegalStateException("a photo that is " + stage + " cannot become " + next);
        }
        return new PhotoState(next, 0, now, now, event.reason());
    }

    private PhotoState later(PhotoEvent event, Instant now, Duration patience) {
        if (stage.isTerminal()) {
            throw new IllegalStateException("a photo that is " + stage + " is not tried again");
        }
        Duration wait = SHORTEST_WAIT.multipliedBy(1L << Math.min(tries, MOST_DOUBLINGS));
        Instant next = now.plus(wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT);
        Instant last = since.plus(patience);
        return new PhotoState(stage, tries + 1, since, next.isBefore(last) ? next : last, event.reason());
    }
}
