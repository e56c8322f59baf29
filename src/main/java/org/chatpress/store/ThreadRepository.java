package org.chatpress.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.poll.plan.ThreadPollPlan;
import org.chatpress.poll.plan.ThreadPollPlan.ThreadCandidate;
import org.chatpress.poll.plan.ThreadPollPlan.ThreadCandidate.Reason;
import org.chatpress.store.sql.Database;

/** Threads: the replies that each root message reports, and those that were read. Replies are stored as messages. */
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
                WHERE channel = ? AND reply_marker <> read_marker
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
                "SELECT * FROM thread INDEXED BY thread_attempted WHERE channel = ? ORDER BY attempted_at LIMIT 1",
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

    /** Reading the thread was tried, and neither failed nor came to its end. */
    public void recordAttempt(ChannelId channel, MessageTs root, Instant now) {
        db.run("UPDATE thread SET attempted_at = ? WHERE channel = ? AND ts = ?", now, channel, root);
    }

    /** The thread was read, or no longer exists. */
    public void recordRead(ChannelId channel, ThreadCandidate thread, Instant now) {
        db.run(
                "UPDATE thread SET read_marker = ?, failures = 0, attempted_at = ? WHERE channel = ? AND ts = ?",
                thread.replyMarker(),
                now,
                channel,
                thread.root());
    }

    /** Saves what a new or changed message reports of its thread, if it has one. */
    void setReplyMarker(ChannelId channel, SlackMessage message) {
        int replies = message.json().path("reply_count").asInt(0);
        String latest = message.json().path("latest_reply").asText("");
        String marker = replies + " " + latest;
        if (replies == 0) {
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
                WHERE reply_marker <> excluded.reply_marker
                """,
                channel,
                message.ts(),
                MessageTs.isValid(latest) ? latest : message.ts().value(),
                marker);
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
