package org.chatpress.cycle.context;

/** How cycles run, by the verb that runs them. */
public record CycleMode(Polling polling, Retries retries, Conflicts conflicts, Background background, History history) {

    /** For {@code run}. */
    public static final CycleMode CONTINUOUS = new CycleMode(
            Polling.WHEN_DUE,
            Retries.AFTER_BACKOFF,
            Conflicts.TAKE_OVER,
            Background.BESIDE_CYCLES,
            History.BACK_TO_SINCE);

    /** For {@code once}. */
    public static final CycleMode ONCE = new CycleMode(
            Polling.ALL_CHANNELS, Retries.AT_ONCE, Conflicts.WAIT, Background.WITHIN_CYCLE, History.BACK_TO_SINCE);

    /** For {@code once --dry-run}. */
    public static final CycleMode DRY_RUN = new CycleMode(
            Polling.ALL_CHANNELS, Retries.AT_ONCE, Conflicts.WAIT, Background.NEVER, History.BACK_TO_SINCE);

    /** For {@code demo}. */
    public static final CycleMode DEMO = new CycleMode(
            Polling.ALL_CHANNELS,
            Retries.AT_ONCE,
            Conflicts.TAKE_OVER,
            Background.BESIDE_CYCLES,
            History.BACK_TO_SINCE);

    /** For {@code import} and {@code render}, which work without Slack. */
    public static final CycleMode OFFLINE = new CycleMode(
            Polling.ALL_CHANNELS, Retries.AT_ONCE, Conflicts.TAKE_OVER, Background.NEVER, History.AS_STORED);

    /** Which channels a cycle polls. */
    public enum Polling {
        /** Every channel that is not closed. */
        ALL_CHANNELS,
        /** The channels whose polling interval has passed. */
        WHEN_DUE
    }

    /** When a cycle tries a storage that failed before. */
    public enum Retries {
        AFTER_BACKOFF,
        AT_ONCE
    }

    /** What a new process does where another instance publishes to the same place. */
    public enum Conflicts {
        /** A person started this process to publish, so it replaces the other instance's files. */
        TAKE_OVER,
        /** Cron starts this process again and again, so it publishes nothing there. */
        WAIT
    }

    /** When photos, avatars, custom emoji and feedback in Slack are worked on. */
    public enum Background {
        /** On a thread of their own, while cycles go on. */
        BESIDE_CYCLES,
        /** Before the cycle ends. */
        WITHIN_CYCLE,
        NEVER
    }

    /** How much of a channel's history must be stored before its chat is published. */
    public enum History {
        /** All of it since {@code since}: a chat must not shrink because the history is still being read. */
        BACK_TO_SINCE,
        /** Whatever is stored. */
        AS_STORED
    }
}
