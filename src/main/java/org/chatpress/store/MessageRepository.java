package org.chatpress.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.chatpress.approval.policy.Decision;
import org.chatpress.approval.policy.MessageSnapshot;
import org.chatpress.approval.policy.Verdict;
import org.chatpress.model.ChannelId;
import org.chatpress.model.Json;
import org.chatpress.model.MessageTs;
import org.chatpress.model.slack.HistoryPage;
import org.chatpress.model.slack.Reaction;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.model.slack.ThreadPage;
import org.chatpress.model.slack.TimeRange;
import org.chatpress.poll.plan.MissingMessages;
import org.chatpress.poll.plan.ReadPosition;

/**
 * Messages as Slack told them, what was decided of each, and what a decision needs to be remembered. Queries for the few
 * that wait for something name their index: SQLite would rather go through the whole channel.
 */
public final class MessageRepository {
    /** So many complete readings must show a message that was taken for deleted before it is believed to be back. */
    private static final int SIGHTINGS = 2;

    private final Database db;

    MessageRepository(Database db) {
        this.db = db;
    }

    /**
     * Writes down a reading and how far the channel has been read with it. Writes nothing if it brings nothing new.
     *
     * @param since older messages are left out
     * @return how many messages are new or changed
     */
    public int savePage(HistoryPage page, Instant since, ReadPosition from, ReadPosition to) {
        return db.inTransaction(() -> {
            MessageTs oldest = MessageTs.at(since);
            Map<MessageTs, StoredMessage> known = known(page, oldest);
            int changed = 0;
            for (SlackMessage message : page.messages()) {
                if (!message.ts().isBefore(oldest)) {
                    changed += savePage(page.channel(), page.readAt(), message, known.get(message.ts())) ? 1 : 0;
                }
            }
            new ChannelRepository(db).advance(page.channel(), from, to);
            return changed;
        });
    }

    /**
     * Writes down a whole thread, and suspects replies that it lacks. Replies that were also sent to the channel come
     * with the channel's history, and are left alone.
     *
     * @return how many replies are new or changed
     */
    public int savePage(ThreadPage page) {
        return db.inTransaction(() -> {
            ChannelId channel = page.channel();
            Map<MessageTs, StoredMessage> known = knownReplies(channel, page.root());
            Set<MessageTs> there = new HashSet<>();
            int changed = 0;
            for (SlackMessage reply : page.replies()) {
                there.add(reply.ts());
                if (reply.isReply()) {
                    changed += savePage(channel, page.readAt(), reply, known.get(reply.ts())) ? 1 : 0;
                }
            }
            markForRefresh(
                    channel,
                    known.entrySet().stream()
                            .filter(entry -> entry.getValue().fromApi && !entry.getValue().deleted)
                            .map(Map.Entry::getKey)
                            .filter(ts -> !there.contains(ts))
                            .toList());
            return changed;
        });
    }

    /**
     * Writes down what an export holds of a channel; what Slack itself has shown is not touched.
     *
     * @param at the import is a reading too, of this moment
     */
    public int saveImported(ChannelId channel, List<SlackMessage> messages, Instant since, Instant at) {
        return db.inTransaction(() -> {
            int kept = 0;
            for (SlackMessage message : messages) {
                if (!message.ts().instant().isBefore(since)) {
                    kept += db.run(
                            """
                            INSERT INTO message (channel, ts, root, aside, raw, seen, read_at)
                            VALUES (?, ?, ?, ?, ?, 0, ?)
                            ON CONFLICT (channel, ts) DO UPDATE
                            SET approved = CASE approved WHEN '' THEN raw ELSE approved END,
                                raw = excluded.raw, reactions = NULL, judged = 0, read_at = excluded.read_at
                            WHERE seen = 0 AND (raw <> excluded.raw OR verdict = 'DELAYED')
                            """, channel, message.ts(), message.root(), message.isReply(), Json.of(message.json()), at);
                }
            }
            return kept;
        });
    }

    /** What is missing in a reading, of what Slack showed before. */
    public MissingMessages missingFrom(HistoryPage page, Instant since) {
        List<MessageTs> known = db.list(
                """
                SELECT ts
                FROM message
                WHERE channel = ? AND ts >= ? AND ts < ? AND seen = 1 AND deleted = 0 AND aside = 0
                ORDER BY ts
                """,
                row -> new MessageTs(row.text("ts")),
                page.channel(),
                later(page.range().from(), since),
                page.range().until().map(MessageTs::value).orElse("9"));
        return MissingMessages.of(page, known);
    }

    /** True if the store has it, whatever became of it. */
    public boolean has(ChannelId channel, MessageTs ts) {
        return db.exists("SELECT 1 FROM message WHERE channel = ? AND ts = ?", channel, ts);
    }

    /** Marks messages to be looked up in Slack: a page lacked them, or a socket event named them. */
    public void markForRefresh(ChannelId channel, List<MessageTs> messages) {
        db.inTransaction(() -> messages.forEach(ts ->
                db.run("UPDATE message SET suspect = 1 WHERE channel = ? AND ts = ? AND suspect = 0", channel, ts)));
    }

    /** Marks every message that Slack ever returned in this time range. */
    public void markAllForRefresh(ChannelId channel, TimeRange window) {
        db.run("""
                UPDATE message
                SET suspect = 1
                WHERE channel = ? AND ts < ? AND seen = 1 AND deleted = 0 AND aside = 0
                """, channel, window.until().map(MessageTs::value).orElse("9"));
    }

    /** True if a message of the channel is marked. */
    public boolean isRefreshNeeded(ChannelId channel) {
        return db.exists(
                "SELECT 1 FROM message INDEXED BY message_suspect WHERE channel = ? AND suspect = 1 LIMIT 1", channel);
    }

    /** The marked messages, newest first. */
    public List<MessageTs> needingRefresh(ChannelId channel) {
        return db.list(
                "SELECT ts FROM message INDEXED BY message_suspect WHERE channel = ? AND suspect = 1 ORDER BY ts DESC",
                row -> new MessageTs(row.text("ts")),
                channel);
    }

    /** Slack says that it is gone. */
    public void markDeleted(ChannelId channel, MessageTs ts) {
        db.run("""
                UPDATE message
                SET deleted = 1, suspect = 0, sightings = 0, judged = 0
                WHERE channel = ? AND ts = ?
                """, channel, ts);
    }

    /** Slack says that it is there, and this is it. */
    public void markPresent(ChannelId channel, SlackMessage message) {
        db.run("""
                UPDATE message
                SET suspect = 0,
                    judged = CASE WHEN raw = ? THEN judged ELSE 0 END,
                    approved = CASE approved WHEN '' THEN raw ELSE approved END,
                    reactions = CASE WHEN raw = ? THEN reactions END,
                    raw = ?
                WHERE channel = ? AND ts = ?
                """, Json.of(message.json()), Json.of(message.json()), Json.of(message.json()), channel, message.ts());
        new ThreadRepository(db).setReplyMarker(channel, message);
    }

    /**
     * The oldest message whose delay may be over: the next reading has to show it.
     *
     * @param posted later ones are still inside their delay
     */
    public Optional<MessageTs> oldestDelayed(ChannelId channel, Instant posted) {
        return db.first("""
                SELECT ts
                FROM message INDEXED BY message_delayed
                WHERE channel = ? AND verdict = 'DELAYED' AND ts <= ? AND seen = 1 AND aside = 0
                ORDER BY ts
                LIMIT 1
                """, row -> new MessageTs(row.text("ts")), channel, MessageTs.at(posted));
    }

    /** Every message that was read or changed since it was judged, or could not be settled; oldest first. */
    public List<MessageSnapshot> needingReview(ChannelId channel) {
        String due = " FROM message INDEXED BY message_to_judge WHERE channel = ? AND (judged = 0 OR settled = 0)";
        if (!db.exists("SELECT 1" + due + " LIMIT 1", channel)) {
            return List.of();
        }
        // Whatever happens to one from now on makes it due again, though it is being judged.
        db.run(
                "UPDATE message INDEXED BY message_to_judge SET judged = 1, settled = 0"
                        + " WHERE channel = ? AND judged = 0",
                channel);
        return db.list("SELECT *" + due + " ORDER BY ts", MessageRepository::snapshot, channel);
    }

    /** One message; empty if it was never stored. */
    public Optional<MessageSnapshot> snapshot(ChannelId channel, MessageTs ts) {
        return db.first("SELECT * FROM message WHERE channel = ? AND ts = ?", MessageRepository::snapshot, channel, ts);
    }

    /** Every reply of a thread, those included that were also sent to the channel; oldest first. */
    public List<MessageSnapshot> replies(ChannelId channel, MessageTs root) {
        return db.list(
                "SELECT * FROM message INDEXED BY message_thread WHERE channel = ? AND root = ? ORDER BY ts",
                MessageRepository::snapshot,
                channel,
                root);
    }

    /** Every message that readers can see, for a rule that has changed; oldest first. */
    public List<MessageSnapshot> publicSnapshots(ChannelId channel) {
        return db.list("""
                SELECT message.*
                FROM public_message
                CROSS JOIN message USING (channel, ts)
                WHERE channel = ?
                ORDER BY ts
                """, MessageRepository::snapshot, channel);
    }

    /** Everybody who reacted, where Slack's message named some only. */
    public void saveReactions(ChannelId channel, MessageTs ts, List<Reaction> reactions) {
        var array = JsonNodeFactory.instance.arrayNode();
        for (Reaction reaction : reactions) {
            var node = array.addObject();
            node.put("name", reaction.emoji()).put("count", reaction.count());
            var users = node.putArray("users");
            reaction.users().forEach(user -> users.add(user.value()));
        }
        db.run("UPDATE message SET reactions = ? WHERE channel = ? AND ts = ?", Json.of(array), channel, ts);
    }

    /** Writes down a judgement. */
    void saveDecision(ChannelId channel, MessageSnapshot snapshot, Decision decision) {
        JsonNode raw = snapshot.message().json();
        Optional<String> approved =
                decision.reviewState().approved().map(node -> node.equals(raw) ? "" : Json.of(node));
        db.run(
                """
                UPDATE message
                SET settled = ?, read_at = NULL, verdict = ?, reason = ?, memory = ?, approved = ?
                WHERE channel = ? AND ts = ?
                """,
                decision.isFinal(),
                decision.verdict(),
                decision.reason(),
                MemoryJson.write(decision.reviewState()),
                approved,
                channel,
                snapshot.message().ts());
    }

    /** A message and its verdict, for people. */
    public record MessageSummary(SlackMessage message, Optional<Verdict> verdict, String reason) {}

    /** The newest messages with their verdicts, oldest of them first. */
    public List<MessageSummary> newest(ChannelId channel, int most) {
        return db.list(
                """
                SELECT *
                FROM (SELECT ts, raw, verdict, reason FROM message WHERE channel = ? ORDER BY ts DESC LIMIT ?)
                ORDER BY ts
                """,
                row -> new MessageSummary(
                        message(row), row.optionalText("verdict").map(Verdict::valueOf), row.text("reason")),
                channel,
                most);
    }

    /** How many messages bear each verdict. */
    public Map<Verdict, Integer> counts(ChannelId channel) {
        var counts = new HashMap<Verdict, Integer>();
        db.list(
                "SELECT verdict, COUNT(*) AS n FROM message WHERE channel = ? AND verdict IS NOT NULL GROUP BY verdict",
                row -> counts.put(Verdict.valueOf(row.text("verdict")), (int) row.number("n")),
                channel);
        return counts;
    }

    /** What the store has of a message that a reading shows. */
    private record StoredMessage(
            String raw, boolean fromApi, boolean missing, boolean deleted, boolean delayed, int reappearances) {}

    private Map<MessageTs, StoredMessage> known(HistoryPage page, MessageTs since) {
        var known = new HashMap<MessageTs, StoredMessage>();
        Optional<MessageTs> oldest = page.oldest();
        if (oldest.isEmpty()) {
            return known;
        }
        db.list(
                """
                SELECT ts, raw, seen, suspect, deleted, sightings, verdict
                FROM message
                WHERE channel = ? AND ts >= ? AND ts <= ?
                """,
                row -> known.put(new MessageTs(row.text("ts")), known(row)),
                page.channel(),
                oldest.get().isBefore(since) ? since : oldest.get(),
                page.newest().orElseThrow());
        return known;
    }

    private Map<MessageTs, StoredMessage> knownReplies(ChannelId channel, MessageTs root) {
        var known = new HashMap<MessageTs, StoredMessage>();
        db.list("""
                SELECT ts, raw, seen, suspect, deleted, sightings, verdict
                FROM message INDEXED BY message_thread
                WHERE channel = ? AND root = ?
                """, row -> known.put(new MessageTs(row.text("ts")), known(row)), channel, root);
        return known;
    }

    private static StoredMessage known(Database.Row row) {
        return new StoredMessage(
                row.text("raw"),
                row.flag("seen"),
                row.flag("suspect"),
                row.flag("deleted"),
                row.text("verdict").equals(Verdict.DELAYED.name()),
                (int) row.number("sightings"));
    }

    private boolean savePage(ChannelId channel, Instant at, SlackMessage message, StoredMessage known) {
        String raw = Json.of(message.json());
        boolean gone = message.isTombstone();
        if (known == null) {
            db.run(
                    "INSERT INTO message (channel, ts, root, aside, raw, seen, deleted, read_at)"
                            + " VALUES (?, ?, ?, ?, ?, 1, ?, ?)",
                    channel,
                    message.ts(),
                    message.root(),
                    message.isReply(),
                    raw,
                    gone,
                    at);
            new ThreadRepository(db).setReplyMarker(channel, message);
            return true;
        }
        boolean sightedAgain = known.deleted && !gone;
        boolean back = sightedAgain && known.reappearances + 1 >= SIGHTINGS;
        boolean newlyGone = gone && !known.deleted;
        boolean changed = !known.raw.equals(raw);
        boolean asks = changed || known.delayed || back || newlyGone;
        if (!asks && known.fromApi && !known.missing && !sightedAgain) {
            return false;
        }
        db.run(
                """
                UPDATE message
                SET approved = CASE approved WHEN '' THEN raw ELSE approved END,
                    reactions = CASE WHEN ? THEN NULL ELSE reactions END,
                    raw = ?, root = ?, aside = ?, seen = 1, suspect = 0, deleted = ?, sightings = ?,
                    judged = CASE WHEN ? THEN 0 ELSE judged END,
                    read_at = CASE WHEN ? THEN ? ELSE read_at END
                WHERE channel = ? AND ts = ?
                """,
                changed,
                raw,
                message.root(),
                message.isReply(),
                gone || (known.deleted && !back),
                sightedAgain && !back ? known.reappearances + 1 : 0,
                asks,
                asks,
                at,
                channel,
                message.ts());
        if (changed || !known.fromApi) {
            new ThreadRepository(db).setReplyMarker(channel, message);
        }
        return asks;
    }

    private static String later(Optional<MessageTs> from, Instant since) {
        MessageTs oldest = MessageTs.at(since);
        return from.filter(oldest::isBefore).orElse(oldest).value();
    }

    private static MessageSnapshot snapshot(Database.Row row) {
        SlackMessage message = message(row);
        Optional<JsonNode> approved =
                row.optionalText("approved").map(text -> text.isEmpty() ? message.json() : Json.parse(text));
        List<Reaction> reactions = row.optionalText("reactions")
                .map(text -> SlackMessage.reactions(Json.parse(text)))
                .orElseGet(message::reactions);
        return new MessageSnapshot(
                message,
                reactions,
                row.flag("deleted"),
                row.instant("read_at"),
                row.optionalText("memory")
                        .map(memory -> MemoryJson.read(Verdict.valueOf(row.text("verdict")), memory, approved)));
    }

    private static SlackMessage message(Database.Row row) {
        return new SlackMessage(new MessageTs(row.text("ts")), Json.parse(row.text("raw")));
    }
}
