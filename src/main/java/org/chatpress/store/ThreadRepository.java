package org.chatpress.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.poll.plan.ThreadPollPlan;
import org.chatpress.poll.plan.ThreadPollPlan.ThreadCandidate;
import org.chatpress.poll.plan.ThreadPollPlan.ThreadCandidate.Reason;
import org.chatpress.poll.plan.ThreadPollPlan.ThreadRescan;
import org.chatpress.store.sql.Database;

/**
 * Threads: the replies that each root message reports, and how far they were read. Replies are stored as messages. A thread
 * of several pages is read forward once; then its newest page is read again at each change, and a rescan reads the others
 * page by page, newest first.
 */
public final class ThreadRepository {
    private final Database db;

    ThreadRepository(Database db) {
        this.db = db;
    }

    /**
     * The threads that may be worth a call.
     *
     * @param posted replies posted later are still inside their delay
     */
    public List<ThreadCandidate> candidates(ChannelId channel, Instant posted) {
        var threads = new ArrayList<ThreadCandidate>();
        threads.addAll(db.list("""
                SELECT *
                FROM thread INDEXED BY thread_unread
                WHERE channel = ? AND reply_marker <> read_marker AND reply_marker <> newest_marker
                ORDER BY latest_ts DESC
                LIMIT 100
                """, row -> thread(row, Reason.CHANGED), channel));
        threads.addAll(db.list("""
                SELECT DISTINCT thread.*
                FROM message INDEXED BY message_delayed
                JOIN thread ON thread.channel = message.channel AND thread.ts = message.thread_ts
                WHERE message.channel = ? AND verdict = 'DELAYED' AND message.ts <= ? AND thread_only = 1
                """, row -> thread(row, Reason.DELAYED), channel, MessageTs.at(posted)));
        threads.addAll(db.list(
                "SELECT * FROM thread INDEXED BY thread_latest WHERE channel = ? ORDER BY latest_ts DESC LIMIT ?",
                row -> thread(row, Reason.NEWEST),
                channel,
                ThreadPollPlan.NEWEST));
        threads.addAll(db.list(
                "SELECT * FROM thread INDEXED BY thread_attempted WHERE channel = ? ORDER BY attempted_at NULLS FIRST LIMIT 1",
                row -> thread(row, Reason.LONGEST_UNREAD),
                channel));
        return threads;
    }

    /**
     * True while a thread has replies that were not read yet.
     *
     * @param maxFailures threads that failed as often in a row do not count
     */
    public boolean isUnread(ChannelId channel, MessageTs root, int maxFailures) {
        return db.exists(
                "SELECT 1 FROM thread WHERE channel = ? AND ts = ? AND reply_marker <> read_marker AND failures < ?",
                channel,
                root,
                maxFailures);
    }

    /** True while {@link #isUnread} is true for any thread of a channel. */
    public boolean hasUnread(ChannelId channel, int maxFailures) {
        return db.exists(
                "SELECT 1 FROM thread INDEXED BY thread_unread"
                        + " WHERE channel = ? AND reply_marker <> read_marker AND failures < ? LIMIT 1",
                channel,
                maxFailures);
    }

    /** Reading the thread failed. */
    public void recordFailure(ChannelId channel, MessageTs root, Instant now) {
        db.run(
                "UPDATE thread SET failures = failures + 1, attempted_at = ? WHERE channel = ? AND ts = ?",
                now,
                channel,
                root);
    }

    /** All replies of the thread were read, or it no longer exists. */
    public void recordRead(ChannelId channel, ThreadCandidate thread, Instant now) {
        db.run("""
                UPDATE thread
                SET read_marker = ?1, newest_marker = ?1, failures = 0, attempted_at = ?2, rescan_until = NULL
                WHERE channel = ?3 AND ts = ?4
                """, thread.replyMarker(), now, channel, thread.root());
    }

    /**
     * The newest replies of the thread were read. Starts a rescan of the others, unless one is under way.
     *
     * @param after the replies up to this ts were read before
     */
    public void recordNewestRead(ChannelId channel, ThreadCandidate thread, MessageTs after, Instant now) {
        db.run("""
                UPDATE thread
                SET newest_marker = ?1, failures = 0, attempted_at = ?2,
                    rescan_marker = CASE WHEN rescan_until IS NULL THEN ?1 ELSE rescan_marker END,
                    rescan_until = COALESCE(rescan_until, ?3)
                WHERE channel = ?4 AND ts = ?5
                """, thread.replyMarker(), now, after, channel, thread.root());
    }

    /** All replies up to this one were read. */
    void recordReadUntil(ChannelId channel, MessageTs root, MessageTs newest) {
        db.run(
                "UPDATE thread SET read_until = ?1 WHERE channel = ?2 AND ts = ?3 AND (read_until IS NULL OR read_until < ?1)",
                newest,
                channel,
                root);
    }

    /**
     * Where the page with a thread's newest replies begins: all replies after this ts are to be read. Empty: from the
     * first reply.
     *
     * @param posted replies posted later are still inside their delay; the page begins before the others
     */
    public Optional<MessageTs> startOfNewest(ChannelId channel, MessageTs root, Instant posted) {
        return db.first(
                        """
                        SELECT read_until, read_marker,
                            (SELECT message.ts
                             FROM message INDEXED BY message_thread
                             WHERE message.channel = ?1 AND thread_ts = ?2 AND message.ts <= read_until
                                AND from_api = 1 AND deleted = 0
                             ORDER BY message.ts DESC
                             LIMIT 1 OFFSET ?3) AS before_newest,
                            (SELECT message.ts
                             FROM message INDEXED BY message_delayed
                             WHERE message.channel = ?1 AND verdict = 'DELAYED' AND message.ts <= ?4
                                AND thread_ts = ?2 AND thread_only = 1
                             ORDER BY message.ts
                             LIMIT 1) AS delayed
                        FROM thread
                        WHERE thread.channel = ?1 AND thread.ts = ?2
                        """,
                        ThreadRepository::startOfNewest,
                        channel,
                        root,
                        ThreadPollPlan.OVERLAP,
                        MessageTs.at(posted))
                .orElseThrow();
    }

    private static Optional<MessageTs> startOfNewest(Database.Row row) {
        boolean wasReadToTheEnd = !row.text("read_marker").isEmpty();
        Optional<MessageTs> start = wasReadToTheEnd
                ? row.optionalText("before_newest").map(MessageTs::new)
                : row.optionalText("read_until").map(ts -> new MessageTs(ts).previous());
        Optional<MessageTs> beforeDelayed = row.optionalText("delayed").map(ts -> new MessageTs(ts).previous());
        return start.map(after -> beforeDelayed.filter(ts -> ts.isBefore(after)).orElse(after));
    }

    /** The rescans that are under way in a channel; first those that search for a deleted reply, then the longest waiting. */
    public List<ThreadRescan> rescans(ChannelId channel) {
        return db.list(
                """
                SELECT thread.*,
                    (SELECT message.ts
                     FROM message INDEXED BY message_thread
                     WHERE message.channel = thread.channel AND thread_ts = thread.ts AND message.ts <= rescan_until
                        AND from_api = 1 AND deleted = 0
                     ORDER BY message.ts DESC
                     LIMIT 1 OFFSET ?) AS rescan_after
                FROM thread INDEXED BY thread_rescan
                WHERE channel = ? AND rescan_until IS NOT NULL
                ORDER BY reply_marker = read_marker, rescanned_at NULLS FIRST
                """,
                row -> new ThreadRescan(
                        new MessageTs(row.text("ts")),
                        row.optionalText("rescan_after").map(MessageTs::new),
                        new MessageTs(row.text("rescan_until")),
                        !row.text("reply_marker").equals(row.text("read_marker")),
                        row.instant("rescanned_at")),
                ThreadPollPlan.REPLIES_PER_PAGE,
                channel);
    }

    /** A page of the rescan was read. After the last page, another rescan starts if the thread changed since this one did. */
    public void recordRescan(ChannelId channel, ThreadRescan page, Instant now) {
        if (page.after().isPresent()) {
            db.run(
                    "UPDATE thread SET rescan_until = ?, rescanned_at = ? WHERE channel = ? AND ts = ?",
                    page.after().get(),
                    now,
                    channel,
                    page.root());
            return;
        }
        db.run("""
                UPDATE thread
                SET read_marker = CASE reply_marker WHEN read_marker THEN read_marker ELSE rescan_marker END,
                    rescan_until = CASE WHEN reply_marker IN (read_marker, rescan_marker) THEN NULL ELSE read_until END,
                    rescan_marker = reply_marker,
                    rescanned_at = ?
                WHERE channel = ? AND ts = ?
                """, now, channel, page.root());
    }

    /** The thread no longer exists. */
    public void endRescan(ChannelId channel, MessageTs root) {
        db.run(
                "UPDATE thread SET rescan_until = NULL, read_marker = reply_marker WHERE channel = ? AND ts = ?",
                channel,
                root);
    }

    /** Counts as read the threads whose newest replies were read, if as many replies are stored as their roots report. */
    public void recordComplete(ChannelId channel) {
        db.run("""
                UPDATE thread INDEXED BY thread_unread
                SET read_marker = reply_marker
                WHERE channel = ? AND reply_marker <> read_marker AND reply_marker = newest_marker
                    AND CAST(substr(reply_marker, 1, instr(reply_marker, ' ') - 1) AS INTEGER) =
                        (SELECT count(*)
                         FROM message INDEXED BY message_thread
                         WHERE message.channel = thread.channel AND thread_ts = thread.ts
                            AND from_api = 1 AND deleted = 0 AND missing = 0)
                """, channel);
    }

    /** Saves what a new or changed message reports of its thread, if it has one. */
    void setReplyMarker(ChannelId channel, SlackMessage message) {
        String latest = message.json().path("latest_reply").asText("");
        String marker = replies(message) + " " + latest;
        if (!hasReplies(message)) {
            db.run(
                    "UPDATE thread SET reply_marker = ?1, failures = 0 WHERE channel = ?2 AND ts = ?3 AND reply_marker <> ?1",
                    marker,
                    channel,
                    message.ts());
            return;
        }
        db.run(
                """
                INSERT INTO thread (channel, ts, latest_ts, reply_marker)
                VALUES (?, ?, ?, ?)
                ON CONFLICT (channel, ts) DO UPDATE
                SET latest_ts = excluded.latest_ts, reply_marker = excluded.reply_marker, failures = 0
                WHERE thread.reply_marker <> excluded.reply_marker
                """,
                channel,
                message.ts(),
                MessageTs.isValid(latest) ? latest : message.ts().value(),
                marker);
    }

    static boolean hasReplies(SlackMessage message) {
        return replies(message) > 0;
    }

    private static int replies(SlackMessage message) {
        return message.json().path("reply_count").asInt(0);
    }

    private static ThreadCandidate thread(Database.Row row, Reason reason) {
        return new ThreadCandidate(
                new MessageTs(row.text("ts")),
                new MessageTs(row.text("latest_ts")),
                row.text("reply_marker"),
                row.instant("attempted_at"),
                (int) row.number("failures"),
                reason);
    }
}
