package org.chatpress.cycle.context;

/** How cycles run; each verb that runs cycles has a mode. */
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
            Polling.ALL_CHANNELS, Retries.AT_ONCE, Conflicts.STOP, Background.WITHIN_CYCLE, History.BACK_TO_SINCE);

    /** For {@code once --dry-run}. */
    public static final CycleMode DRY_RUN = new CycleMode(
            Polling.ALL_CHANNELS, Retries.AT_ONCE, Conflicts.STOP, Background.NEVER, History.BACK_TO_SINCE);

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

    /** What a new process does about another instance that publishes to the same storage. */
    public enum Conflicts {
        /** Replaces the other instance's files: a person started this process to publish. */
        TAKE_OVER,
        /** Publishes nothing there: cron starts such a process again and again. */
        STOP
    }

    /** When the storages' workers and the background tasks (photos, avatars, custom emoji, feedback in Slack) work. */
    public enum Background {
        /** On threads of their own, while cycles continue. */
        BESIDE_CYCLES,
        /** Before the cycle ends. */
        WITHIN_CYCLE,
        /** The tasks never, the workers before the cycle ends. */
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
