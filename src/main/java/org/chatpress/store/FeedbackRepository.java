package org.chatpress.store;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.chatpress.model.BotFeedback;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.store.sql.Database;

/** The bot's reactions and replies in Slack: what messages should have, what they have, and which to compare next. */
public final class FeedbackRepository {
    private final Database db;

    FeedbackRepository(Database db) {
        this.db = db;
    }

    /** What the bot adds to a message. */
    public enum FeedbackKind {
        EMOJI,
        REPLY
    }

    /** Whether a message has an emoji or reply. */
    public enum Presence {
        CONFIRMED,
        /** Slack was called to add or remove it, and the answer never came. */
        UNCONFIRMED
    }

    /**
     * A message whose feedback in Slack may be outdated.
     *
     * @param generation grows when the message is queued again meanwhile
     */
    public record FeedbackTask(ChannelId channel, MessageTs ts, long generation) {}

    /** Queues a message: something that its feedback depends on has changed. */
    public void enqueue(ChannelId channel, MessageTs ts) {
        db.run("""
                INSERT INTO feedback_queue (channel, ts, generation)
                VALUES (?, ?, 1)
                ON CONFLICT (channel, ts) DO UPDATE
                SET generation = feedback_queue.generation + 1
                """, channel, ts);
    }

    /** Saves what a message should have for its editors, and queues it if that has changed. */
    public void setFeedback(ChannelId channel, MessageTs ts, BotFeedback feedback) {
        int changed = db.run(
                "UPDATE message SET feedback = ?1 WHERE channel = ?2 AND ts = ?3 AND feedback IS DISTINCT FROM ?1",
                feedback.equals(BotFeedback.NONE) ? null : RecordJson.write(feedback),
                channel,
                ts);
        if (changed > 0) {
            enqueue(channel, ts);
        }
    }

    /** What a message should have for its editors. */
    public BotFeedback feedback(ChannelId channel, MessageTs ts) {
        return db.first(
                        "SELECT feedback FROM message WHERE channel = ? AND ts = ?",
                        row -> row.optionalText("feedback"),
                        channel,
                        ts)
                .flatMap(json -> json)
                .map(json -> RecordJson.read(json, BotFeedback.class))
                .orElse(BotFeedback.NONE);
    }

    /** The queue, oldest message first. */
    public List<FeedbackTask> due() {
        return db.list(
                "SELECT * FROM feedback_queue ORDER BY ts, channel",
                row -> new FeedbackTask(
                        new ChannelId(row.text("channel")), new MessageTs(row.text("ts")), row.number("generation")));
    }

    /** Takes a task off the queue, unless its message was queued again meanwhile. */
    public void complete(FeedbackTask task) {
        db.run(
                "DELETE FROM feedback_queue WHERE channel = ? AND ts = ? AND generation = ?",
                task.channel(),
                task.ts(),
                task.generation());
    }

    /** What the bot has added to a message of one kind, by name. */
    public SortedMap<String, Presence> given(ChannelId channel, MessageTs ts, FeedbackKind kind) {
        var given = new TreeMap<String, Presence>();
        db.list(
                "SELECT name, confirmed FROM feedback WHERE channel = ? AND ts = ? AND kind = ?",
                row -> given.put(row.text("name"), row.flag("confirmed") ? Presence.CONFIRMED : Presence.UNCONFIRMED),
                channel,
                ts,
                kind);
        return given;
    }

    /** The message has it, or may have it. */
    public void recordAdded(ChannelId channel, MessageTs ts, FeedbackKind kind, String name, Presence presence) {
        db.run("""
                INSERT INTO feedback (channel, ts, kind, name, confirmed)
                VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (channel, ts, kind, name) DO UPDATE
                SET confirmed = excluded.confirmed
                """, channel, ts, kind, name, presence == Presence.CONFIRMED);
    }

    /** The message no longer has it. */
    public void recordRemoved(ChannelId channel, MessageTs ts, FeedbackKind kind, String name) {
        db.run("DELETE FROM feedback WHERE channel = ? AND ts = ? AND kind = ? AND name = ?", channel, ts, kind, name);
    }
}
