package org.chatpress.media.model;

import java.time.Duration;
import java.time.Instant;
import org.chatpress.model.Backoff;

/**
 * How far a photo has come from Slack to its readers.
 *
 * @param tries how many attempts to reach the next stage have failed
 * @param since when the photo reached this stage, or the first attempt to reach the next one failed
 * @param notBefore when to try next
 * @param reason why the photo failed, or why the last attempt did; empty if none has failed in this stage
 */
public record PhotoState(Stage stage, int tries, Instant since, Instant notBefore, String reason) {
    /** The longest wait for the next attempt. */
    public static final Duration MAX_WAIT = Duration.ofSeconds(30);

    /** With the waits between them, they take about half a minute. */
    private static final int TRIES_BEFORE_EDITORS_KNOW = 4;

    private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(2), MAX_WAIT);

    /**
     * The stages of a photo.
     *
     * <pre>
     *     REQUESTED --processed--> PROCESSED --uploaded for the CMS--> UPLOADED --found in the CMS--> LIVE
     *         \                         \------------published beside the chat--------------------/
     *          \_________________________\___________________________\________________________-> FAILED
     * </pre>
     */
    public enum Stage {
        /** It has to be downloaded from Slack and processed. */
        REQUESTED,
        /** It has been processed. */
        PROCESSED,
        /** It is in the upload folder of the CMS. */
        UPLOADED,
        /** Readers can see it. */
        LIVE,
        /** It will not be published. */
        FAILED;

        public boolean isTerminal() {
            return this == LIVE || this == FAILED;
        }
    }

    /**
     * The result of an attempt to reach the next stage.
     *
     * @param reason why the attempt failed; empty if it succeeded
     */
    public record Event(Kind kind, String reason) {
        /** What happened. */
        public enum Kind {
            /** The photo was downloaded and processed. */
            PROCESSED,
            /** The photo was put into the upload folder of the CMS. */
            UPLOADED,
            /** The CMS shows the photo, or it was published beside the chat. */
            FOUND,
            /** The attempt failed and may succeed later. */
            RETRY,
            /** The photo cannot be published. */
            FAILED
        }

        public static final Event PROCESSED = new Event(Kind.PROCESSED, "");
        public static final Event UPLOADED = new Event(Kind.UPLOADED, "");
        public static final Event FOUND = new Event(Kind.FOUND, "");

        public static Event retry(String reason) {
            return new Event(Kind.RETRY, reason);
        }

        public static Event failed(String reason) {
            return new Event(Kind.FAILED, reason);
        }
    }

    /** True if several attempts to reach the next stage have failed, so that editors should know. */
    public boolean isDelayed() {
        return !stage.isTerminal() && tries >= TRIES_BEFORE_EDITORS_KNOW;
    }

    /** A photo that a message has just begun to show. */
    public static PhotoState initial(Instant now) {
        return new PhotoState(Stage.REQUESTED, 0, now, now, "");
    }

    /**
     * The transition table. Attempts are repeated at growing intervals; the last one is made when {@code maxAge} ends.
     *
     * @param maxAge how long a photo may stay in its stage after the first failed attempt before it fails
     * @throws IllegalStateException if the event cannot happen in this stage
     */
    public PhotoState advancedBy(Event event, Instant now, Duration maxAge) {
        return switch (event.kind()) {
            case PROCESSED -> reached(Stage.PROCESSED, stage == Stage.REQUESTED, event, now);
            case UPLOADED -> reached(Stage.UPLOADED, stage == Stage.PROCESSED, event, now);
            case FOUND -> reached(Stage.LIVE, stage == Stage.PROCESSED || stage == Stage.UPLOADED, event, now);
            case FAILED -> reached(Stage.FAILED, !stage.isTerminal(), event, now);
            case RETRY ->
                now.isBefore(failingSince(now).plus(maxAge))
                        ? retried(event, now, maxAge)
                        : reached(Stage.FAILED, !stage.isTerminal(), event, now);
        };
    }

    /**
     * When the attempts began to fail. The wait for the first attempt does not count: the program may not have run. A
     * time in the future was saved before the clock was set back: it is now.
     */
    private Instant failingSince(Instant now) {
        return tries == 0 || now.isBefore(since) ? now : since;
    }

    private PhotoState reached(Stage next, boolean isPossible, Event event, Instant now) {
        if (!isPossible) {
            throw new IllegalStateException("a photo in stage " + stage + " cannot become " + next);
        }
        return new PhotoState(next, 0, now, now, event.reason());
    }

    private PhotoState retried(Event event, Instant now, Duration maxAge) {
        if (stage.isTerminal()) {
            throw new IllegalStateException("a photo in stage " + stage + " is not tried again");
        }
        Instant next = now.plus(BACKOFF.delay(tries));
        Instant last = failingSince(now).plus(maxAge);
        return new PhotoState(stage, tries + 1, failingSince(now), next.isBefore(last) ? next : last, event.reason());
    }
}
