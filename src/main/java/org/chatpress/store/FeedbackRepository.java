package org.chatpress.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.chatpress.model.BotFeedback;
import org.chatpress.model.ChannelId;
import org.chatpress.model.Json;
import org.chatpress.model.MessageTs;
import org.chatpress.store.sql.Database;

/** What our bot has put under messages in Slack, and which messages are to be looked at. */
public final class FeedbackRepository {
    private final Database db;

    FeedbackRepository(Database db) {
        this.db = db;
    }

    /** What kind of mark. */
    public enum FeedbackKind {
        EMOJI,
        REPLY
    }

    /** Whether a mark is there. */
    public enum Presence {
        CONFIRMED,
        /** Slack was asked for it, and may have done it. */
        UNCONFIRMED
    }

    /** A message whose marks may not be what they should be. */
    public record FeedbackTask(ChannelId channel, MessageTs ts, long generation) {}

    /** From now on the message is due: what its marks follow from has changed. */
    public void enqueue(ChannelId channel, MessageTs ts) {
        db.run("""
                INSERT INTO feedback_queue (channel, ts, generation)
                VALUES (?, ?, 1)
                ON CONFLICT (channel, ts) DO UPDATE
                SET generation = generation + 1
                """, channel, ts);
    }

    /** What our bot should have put under a message for its editors; if that is news, the message is due. */
    public void setFeedback(ChannelId channel, MessageTs ts, BotFeedback answer) {
        int changed = db.run(
                "UPDATE message SET feedback = ?1 WHERE channel = ?2 AND ts = ?3 AND feedback IS NOT ?1",
                answer.equals(BotFeedback.NONE) ? null : text(answer),
                channel,
                ts);
        if (changed > 0) {
            enqueue(channel, ts);
        }
    }

    /** What {@link #setFeedback(ChannelId, MessageTs, BotMarks)} last said of a message. */
    public BotFeedback feedback(ChannelId channel, MessageTs ts) {
        return db.first(
                        "SELECT feedback FROM message WHERE channel = ? AND ts = ?",
                        row -> row.optionalText("feedback"),
                        channel,
                        ts)
                .flatMap(answer -> answer)
                .map(FeedbackRepository::answer)
                .orElse(BotFeedback.NONE);
    }

    private static String text(BotFeedback answer) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        answer.emoji().forEach(node.putArray("emoji")::add);
        answer.replies().forEach(node.putObject("notes")::put);
        return Json.of(node);
    }

    private static BotFeedback answer(String text) {
        JsonNode node = Json.parse(text);
        var marks = BotFeedback.NONE;
        for (JsonNode emoji : node.path("emoji")) {
            marks = marks.plus(BotFeedback.emoji(emoji.asText()));
        }
        for (Map.Entry<String, JsonNode> note : node.path("notes").properties()) {
            marks = marks.plus(BotFeedback.reply(note.getKey(), note.getValue().asText()));
        }
        return marks;
    }

    /** Messages to look at, oldest first. */
    public List<FeedbackTask> due() {
        return db.list(
                "SELECT * FROM feedback_queue ORDER BY ts, channel",
                row -> new FeedbackTask(
                        new ChannelId(row.text("channel")), new MessageTs(row.text("ts")), row.number("generation")));
    }

    /** Its marks are what they should be, unless something has changed since. */
    public void complete(FeedbackTask due) {
        db.run(
                "DELETE FROM feedback_queue WHERE channel = ? AND ts = ? AND generation = ?",
                due.channel(),
                due.ts(),
                due.generation());
    }

    /** What the message bears, or may bear, of a kind. */
    public Map<String, Presence> given(ChannelId channel, MessageTs ts, FeedbackKind kind) {
        Map<String, Presence> given = new HashMap<>();
        db.list(
                "SELECT name, confirmed FROM feedback WHERE channel = ? AND ts = ? AND kind = ?",
                row -> given.put(row.text("name"), row.flag("confirmed") ? Presence.CONFIRMED : Presence.UNCONFIRMED),
                channel,
                ts,
                kind);
        return new TreeMap<>(given);
    }

    /** From now on the message bears it, or may. */
    public void recordAdded(ChannelId channel, MessageTs ts, FeedbackKind kind, String name, Presence presence) {
        db.run("""
                INSERT INTO feedback (channel, ts, kind, name, confirmed)
                VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (channel, ts, kind, name) DO UPDATE
                SET confirmed = excluded.confirmed
                """, channel, ts, kind, name, presence == Presence.CONFIRMED);
    }

    /** The message surely doesn't bear it. */
    public void recordRemoved(ChannelId channel, MessageTs ts, FeedbackKind kind, String name) {
        db.run("DELETE FROM feedback WHERE channel = ? AND ts = ? AND kind = ? AND name = ?", channel, ts, kind, name);
    }
}
