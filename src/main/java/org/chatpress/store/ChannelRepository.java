package org.chatpress.store;

import static java.util.stream.Collectors.toMap;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.poll.plan.PollPlan.ReadPosition;
import org.chatpress.poll.plan.PollPlan.ReadPosition.Gap;
import org.chatpress.poll.plan.PollPlan.ReadPosition.Range;
import org.chatpress.render.json.ChatMetadata;
import org.chatpress.store.sql.Database;

/** Channels: how far each was read, its metadata, the state of its files, and when it was polled. */
public final class ChannelRepository {
    private final Database db;

    ChannelRepository(Database db) {
        this.db = db;
    }

    /** What the settings say of a channel. */
    public enum Status {
        /** In the settings, and listed in channels.json. */
        LISTED,
        /** No longer in the settings: its files stay, and say that the chat has ended. */
        REMOVED,
        /** Hidden by the settings: it has no files. */
        HIDDEN
    }

    /**
     * Whether a chat was closed, and when, by Slack's clock.
     *
     * @param at by the state; empty for NONE, and for UNKNOWN if the site shows no message
     */
    public record ClosingTime(State state, Optional<Instant> at) {
        public static final ClosingTime NONE = new ClosingTime(State.NONE, Optional.empty());
        public static final ClosingTime UNKNOWN = new ClosingTime(State.UNKNOWN, Optional.empty());

        /** What is known of the time. */
        public enum State {
            /** The chat is open, or nothing is known yet. */
            NONE,
            /** It is the time if this database is not an old copy: the storages must confirm it. */
            UNCONFIRMED,
            /**
             * Neither the database nor the storages know the time. It is later than this, the newest message on the
             * storages.
             */
            UNKNOWN,
            /** It is the time. */
            KNOWN
        }

        public static ClosingTime at(Instant time) {
            return new ClosingTime(State.KNOWN, Optional.of(time));
        }

        /** When the chat was closed; empty if that is not known. */
        public Optional<Instant> time() {
            return state == State.KNOWN ? at : Optional.empty();
        }
    }

    /**
     * A channel's row.
     *
     * @param policyDigest of the rules of the last review; empty before the first one
     * @param gap the gap above the range; empty if there is none
     * @param metadata empty until the settings are first applied
     * @param pointerSeq the seq of the pointer as rendered; -1: render it again
     * @param maxPointerSeq the highest seq of a pointer that was ever rendered under this epoch
     * @param wholeSeq the seq of the whole chat's file; -1: there is none
     * @param wholeSize its compressed size in bytes
     * @param newestFilesSeq the seq of the files with the newest messages, such as feeds; -1: never rendered
     * @param newestFilesSize their compressed size in bytes
     * @param backfilled whether it was read back to {@code since}, and no page has shown a gap since then
     * @param version of its files; 0 until they are first rendered
     * @param lastError why the last poll failed; empty if it succeeded
     */
    public record ChannelRow(
            ChannelId id,
            Optional<Range> range,
            Optional<Gap> gap,
            ClosingTime closing,
            String policyDigest,
            Optional<ChatMetadata> metadata,
            Status status,
            int sortOrder,
            String epoch,
            long seq,
            int count,
            Instant updated,
            long pointerSeq,
            long maxPointerSeq,
            long wholeSeq,
            Optional<Instant> wholeAt,
            long wholeSize,
            long newestFilesSeq,
            Optional<Instant> newestFilesAt,
            long newestFilesSize,
            boolean backfilled,
            long version,
            String lastError) {
        /** True if messages between {@code since} and the newest one that was read are lacking. */
        public boolean isBehind(Instant since) {
            return new ReadPosition(range, gap, Optional.empty()).isBehind(since);
        }

        /** The channel's name for people: its slug, or its id until the settings are first applied. */
        public String name() {
            return metadata.map(known -> known.slug().value()).orElse(id.value());
        }

        /** False once readers see that the chat is over. */
        public boolean isLive() {
            return metadata.map(ChatMetadata::live).orElse(true);
        }
    }

    /** The last poll of a channel, the last that succeeded, and the last that returned something new. */
    public record PollRecord(
            Optional<Instant> attemptedAt, Optional<Instant> succeededAt, Optional<Instant> lastActivityAt) {
        /** The channel was never polled. */
        public static final PollRecord NONE = new PollRecord(Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** The result of polling a channel. */
    public enum PollResult {
        FAILED,
        NO_NEW_MESSAGES,
        /** New or changed messages. */
        NEW_MESSAGES
    }

    public Optional<ChannelRow> row(ChannelId channel) {
        return db.first("SELECT * FROM channel WHERE id = ?", ChannelRepository::row, channel);
    }

    /** The channels that the settings hide. */
    public List<ChannelId> hidden() {
        return db.list(
                "SELECT id FROM channel WHERE status = ? AND metadata IS NOT NULL",
                row -> new ChannelId(row.text("id")),
                Status.HIDDEN);
    }

    /** Every channel that was ever in the settings, in their order. */
    public List<ChannelRow> all() {
        return db.listUntilWritten("SELECT * FROM channel ORDER BY sort_order, id", ChannelRepository::row);
    }

    /** The same by their ids. */
    public Map<ChannelId, ChannelRow> byId() {
        return all().stream().collect(toMap(ChannelRow::id, row -> row));
    }

    /**
     * The channels of which a table has a row. One statement, because each is a round trip on a server; and a lookup for
     * each channel, which a join of long tables may not be.
     *
     * @param condition of the row, in SQL
     */
    Set<ChannelId> having(String table, String condition) {
        return new HashSet<>(db.list(
                "SELECT id FROM channel WHERE (SELECT 1 FROM %s WHERE channel = channel.id AND %s LIMIT 1) IS NOT NULL"
                        .formatted(table, condition),
                row -> new ChannelId(row.text("id"))));
    }

    public void add(ChannelId channel, String epoch, Instant now) {
        db.run(
                "INSERT INTO channel (id, epoch, status, updated_at) VALUES (?, ?, ?, ?)",
                channel,
                epoch,
                Status.LISTED,
                now);
    }

    public void setStatus(ChannelId channel, Status status, int sortOrder, Instant now) {
        ChannelRow was = row(channel).orElseThrow();
        var outbox = new OutboxRepository(db);
        if (status == Status.HIDDEN && was.version() > 0) {
            outbox.addTakedown(channel, was.seq(), now);
        }
        db.run(
                "UPDATE channel SET status = ?, sort_order = ?, pointer_seq = -1 WHERE id = ?",
                status,
                sortOrder,
                channel);
        if (was.status() == Status.HIDDEN && was.metadata().isPresent()) {
            outbox.addOpenedOrClosed(channel, was.seq(), was.metadata().get().live(), now);
        }
    }

    public void setSortOrder(ChannelId channel, int sortOrder) {
        db.run("UPDATE channel SET sort_order = ? WHERE id = ?", sortOrder, channel);
    }

    public void setClosing(ChannelId channel, ClosingTime closing) {
        // To the microsecond, like a ts.
        db.run(
                "UPDATE channel SET closing = ?, closed_at = ? WHERE id = ?",
                closing.state(),
                closing.at().map(Instant::toString),
                channel);
    }

    public void setPolicyDigest(ChannelId channel, String digest) {
        db.run("UPDATE channel SET policy_digest = ? WHERE id = ?", digest, channel);
    }

    /** @param error why the last poll failed; empty if it succeeded */
    public void setLastError(ChannelId channel, String error) {
        db.run("UPDATE channel SET last_error = ?1 WHERE id = ?2 AND last_error <> ?1", error, channel);
    }

    /** A new epoch makes readers load the whole chat again. */
    public void setEpoch(ChannelId channel, String epoch) {
        db.run("UPDATE channel SET epoch = ?, pointer_seq = -1, max_pointer_seq = 0 WHERE id = ?", epoch, channel);
    }

    /** The channel is read again back to {@code since}, and published only after that. */
    public void forgetRange(ChannelId channel) {
        db.run(
                "UPDATE channel SET oldest_ts = NULL, newest_ts = NULL, gap_until_ts = NULL, gap_newest_ts = NULL,"
                        + " backfilled = 0 WHERE id = ?",
                channel);
        db.run("DELETE FROM rescan WHERE channel = ?", channel);
    }

    public ReadPosition position(ChannelId channel) {
        Optional<ChannelRow> stored = row(channel);
        Optional<MessageTs> cursor = db.first(
                        "SELECT cursor FROM rescan WHERE channel = ?", row -> row.optionalText("cursor"), channel)
                .flatMap(text -> text)
                .map(MessageTs::new);
        return new ReadPosition(stored.flatMap(ChannelRow::range), stored.flatMap(ChannelRow::gap), cursor);
    }

    /** Saves the parts of the position that changed. */
    void advance(ChannelId channel, ReadPosition from, ReadPosition to) {
        if (!from.range().equals(to.range())) {
            db.run(
                    "UPDATE channel SET oldest_ts = ?, newest_ts = ? WHERE id = ?",
                    to.range().map(Range::oldest),
                    to.range().map(Range::newest),
                    channel);
        }
        if (!from.gap().equals(to.gap())) {
            db.run(
                    "UPDATE channel SET gap_until_ts = ?, gap_newest_ts = ? WHERE id = ?",
                    to.gap().map(Gap::until),
                    to.gap().map(Gap::newest),
                    channel);
        }
        if (!from.rescanCursor().equals(to.rescanCursor())) {
            db.run(
                    "INSERT INTO rescan (channel, cursor) VALUES (?, ?)"
                            + " ON CONFLICT (channel) DO UPDATE SET cursor = excluded.cursor",
                    channel,
                    to.rescanCursor());
        }
    }

    /** The polls of every channel that was ever polled. */
    public Map<ChannelId, PollRecord> polls() {
        var polls = new HashMap<ChannelId, PollRecord>();
        db.list("SELECT * FROM poll", row -> {
            var poll = new PollRecord(
                    row.instant("attempted_at"), row.instant("succeeded_at"), row.instant("last_activity_at"));
            return polls.put(new ChannelId(row.text("channel")), poll);
        });
        return polls;
    }

    public void recordPoll(ChannelId channel, PollResult result, Instant now) {
        // To the millisecond: with whole seconds, every poll would seem older than it is.
        var at = Optional.of(now.truncatedTo(ChronoUnit.MILLIS).toString());
        db.run(
                """
                INSERT INTO poll (channel, attempted_at, succeeded_at, last_activity_at)
                VALUES (?, ?, ?, ?)
                ON CONFLICT (channel) DO UPDATE
                SET attempted_at = excluded.attempted_at,
                    succeeded_at = COALESCE(excluded.succeeded_at, poll.succeeded_at),
                    last_activity_at = COALESCE(excluded.last_activity_at, poll.last_activity_at)
                """,
                channel,
                at,
                result == PollResult.FAILED ? Optional.empty() : at,
                result == PollResult.NEW_MESSAGES ? at : Optional.empty());
    }

    /** Saves when something was last done. */
    public void recordTimestamp(String name, Instant now) {
        db.run(
                "INSERT INTO timestamps (name, at) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET at = excluded.at",
                name,
                now);
    }

    /** When something was last done. */
    public Optional<Instant> timestamp(String name) {
        return db.first("SELECT at FROM timestamps WHERE name = ?", row -> row.instant("at"), name)
                .flatMap(at -> at);
    }

    private static ChannelRow row(Database.Row row) {
        Optional<Range> range = row.optionalText("oldest_ts")
                .map(oldest -> new Range(new MessageTs(oldest), new MessageTs(row.text("newest_ts"))));
        Optional<Gap> gap = row.optionalText("gap_until_ts")
                .map(until -> new Gap(new MessageTs(until), new MessageTs(row.text("gap_newest_ts"))));
        return new ChannelRow(
                new ChannelId(row.text("id")),
                range,
                gap,
                new ClosingTime(ClosingTime.State.valueOf(row.text("closing")), row.instant("closed_at")),
                row.text("policy_digest"),
                row.optionalText("metadata").map(json -> RecordJson.read(json, ChatMetadata.class)),
                Status.valueOf(row.text("status")),
                (int) row.number("sort_order"),
                row.text("epoch"),
                row.number("seq"),
                (int) row.number("count"),
                row.instant("updated_at").orElseThrow(),
                row.number("pointer_seq"),
                row.number("max_pointer_seq"),
                row.number("whole_seq"),
                row.instant("whole_at"),
                row.number("whole_size"),
                row.number("newest_files_seq"),
                row.instant("newest_files_at"),
                row.number("newest_files_size"),
                row.flag("backfilled"),
                row.number("version"),
                row.text("last_error"));
    }
}
