package org.chatpress.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.chatpress.approval.policy.ApprovalPolicy.MessageSnapshot;
import org.chatpress.approval.policy.Decision;
import org.chatpress.approval.policy.Decision.Verdict;
import org.chatpress.model.ChannelId;
import org.chatpress.model.Json;
import org.chatpress.model.MessageTs;
import org.chatpress.model.slack.HistoryPage;
import org.chatpress.model.slack.HistoryPage.TimeRange;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.model.slack.SlackMessage.Reaction;
import org.chatpress.poll.plan.MissingMessages;
import org.chatpress.poll.plan.MissingMessages.KnownMessage;
import org.chatpress.poll.plan.PollPlan.ReadPosition;
import org.chatpress.poll.plan.PollPlan.ReadPosition.Range;
import org.chatpress.slack.SlackReader.ThreadPage;
import org.chatpress.store.PublicMessageRepository.ReviewedMessage;
import org.chatpress.store.sql.Database;

/**
 * Messages as Slack returned them, the decision on each, and the state that the next review needs. Queries for the few
 * messages that wait for something name their index, because SQLite would otherwise scan the whole channel.
 */
public final class MessageRepository {
    /** How many pages must show a deleted message before it counts as restored. */
    private static final int REAPPEARANCES = 2;

    /** So many lookups without a result, over so much time, show that a message is missing. */
    private static final int MISSING_LOOKUPS = 3;

    private static final Duration MISSING_FOR = Duration.ofSeconds(30);
    private static final Duration BEFORE_SECOND_LOOKUP = Duration.ofSeconds(5);

    /** A page does not show whether users whom it does not name took their reactions back, so those are requested again. */
    private static final Duration REACTIONS_INTERVAL = Duration.ofMinutes(1);

    private static final int MAX_REACTIONS_PER_PAGE = 10;

    private static final String NOT_ABOVE_GAP = """
             AND (thread_only = 1
                  OR NOT EXISTS (SELECT 1 FROM channel
                                 WHERE id = message.channel AND gap_until_ts IS NOT NULL AND newest_ts < message.ts)
                  OR EXISTS (SELECT 1 FROM public_message AS shown
                             WHERE shown.channel = message.channel AND shown.ts = message.ts))
            """;

    /** A quiet poll reads this of each message of a page, so it reads few columns. */
    private static final String KNOWN = """
            SELECT ts, raw, reactions, reactions_at, from_api, missing, deleted, reappearances,
                CASE WHEN needs_refresh > 0 OR missing_lookups > 0 OR absent_since IS NOT NULL THEN 1 ELSE 0 END AS is_marked,
                CASE WHEN verdict = 'DELAYED' THEN 1 ELSE 0 END AS is_delayed
            """;

    private final Database db;

    MessageRepository(Database db) {
        this.db = db;
    }

    /**
     * Saves a page and the position that the channel has been read to with it.
     *
     * @param since older messages are not saved
     * @return the number of new or changed messages
     */
    public int savePage(HistoryPage page, Instant since, ReadPosition from, ReadPosition to) {
        return db.inTransaction(() -> {
            MessageTs oldest = MessageTs.at(since);
            Map<MessageTs, StoredMessage> known = known(page, oldest);
            requestReactions(page, known);
            List<SlackMessage> messages = page.messages().stream()
                    .filter(message -> !message.ts().isBefore(oldest))
                    .toList();
            int changed = save(page.channel(), page.readAt(), messages, known);
            new ChannelRepository(db).advance(page.channel(), from, to);
            return changed;
        });
    }

    /**
     * Saves a page of a thread and how far the thread is read with it, and marks stored replies that the page lacks for a
     * refresh. Skips replies that were also sent to the channel: its history contains them.
     *
     * @return the number of new or changed replies
     */
    public int savePage(ThreadPage page) {
        return db.inTransaction(() -> {
            ChannelId channel = page.channel();
            Map<MessageTs, StoredMessage> known = knownReplies(page);
            Set<MessageTs> onPage =
                    page.replies().stream().map(SlackMessage::ts).collect(Collectors.toSet());
            List<SlackMessage> replies =
                    page.replies().stream().filter(SlackMessage::isReply).toList();
            int changed = save(channel, page.readAt(), replies, known);
            known.entrySet().stream()
                    .filter(entry -> entry.getValue().fromApi && !entry.getValue().deleted)
                    .map(Map.Entry::getKey)
                    .filter(ts -> !onPage.contains(ts))
                    .forEach(ts -> markLacking(channel, page.readAt(), ts));
            page.newest().ifPresent(newest -> new ThreadRepository(db).recordReadUntil(channel, page.root(), newest));
            return changed;
        });
    }

    /**
     * Saves a channel's messages from an export. Messages that the Web API returned stay as they are.
     *
     * @param at the time of the import, which counts as the time of a poll
     * @return the number of new or changed messages
     */
    public int saveImported(ChannelId channel, List<SlackMessage> messages, Instant since, Instant at) {
        return db.inTransaction(() -> {
            int saved = 0;
            for (SlackMessage message : messages) {
                if (!message.ts().instant().isBefore(since)) {
                    saved += db.run(
                            """
                            INSERT INTO message (channel, ts, thread_ts, thread_only, raw, from_api, polled_at)
                            VALUES (?, ?, ?, ?, ?, 0, ?)
                            ON CONFLICT (channel, ts) DO UPDATE
                            SET approved_raw = CASE message.approved_raw WHEN '' THEN message.raw ELSE message.approved_raw END,
                                raw = excluded.raw, reactions = NULL, review_started = 0, polled_at = excluded.polled_at
                            WHERE message.from_api = 0 AND (message.raw <> excluded.raw OR message.verdict = 'DELAYED')
                            """, channel, message.ts(), message.root(), message.isReply(), Json.of(message.json()), at);
                }
            }
            return saved;
        });
    }

    /** The messages that the page should show, because earlier pages did, and does not. */
    public MissingMessages missingFrom(HistoryPage page, Instant since) {
        List<KnownMessage> known = db.list(
                """
                SELECT ts, deleted, absent_since
                FROM message
                WHERE channel = ? AND ts >= ? AND ts < ? AND from_api = 1 AND missing = 0 AND thread_only = 0
                    AND (deleted = 0 OR absent_since IS NOT NULL)
                ORDER BY ts
                """,
                row -> new KnownMessage(
                        new MessageTs(row.text("ts")), row.flag("deleted"), row.instant("absent_since")),
                page.channel(),
                later(page.range().from(), since),
                page.range().until().map(MessageTs::value).orElse("9"));
        return MissingMessages.of(page, known);
    }

    /** The number of messages in a range, without replies in threads and deleted ones. */
    public int count(ChannelId channel, Range range) {
        return db.count("""
                SELECT COUNT(*) AS n
                FROM message
                WHERE channel = ? AND ts >= ? AND ts <= ? AND thread_only = 0 AND deleted = 0
                """, channel, range.oldest(), range.newest());
    }

    /** True if the message is stored, even as deleted. */
    public boolean has(ChannelId channel, MessageTs ts) {
        return db.exists("SELECT 1 FROM message WHERE channel = ? AND ts = ?", channel, ts);
    }

    /**
     * Stores what a page lacked: marks the missing messages to be looked up in Slack, and keeps when each message was
     * first absent. After a lookup without a result a message is not marked for a while, and not at all once it counts as
     * missing.
     */
    public void saveMissing(ChannelId channel, Instant readAt, MissingMessages lacking) {
        if (lacking.missing().isEmpty() && lacking.beyondRetention().isEmpty()) {
            return;
        }
        db.inTransaction(() -> {
            lacking.missing().forEach(ts -> markLacking(channel, readAt, ts));
            Stream.concat(lacking.missing().stream(), lacking.newestBeyondRetention().stream())
                    .forEach(ts -> db.run(
                            "UPDATE message SET absent_since = ? WHERE channel = ? AND ts = ? AND absent_since IS NULL",
                            readAt,
                            channel,
                            ts));
        });
    }

    private void markLacking(ChannelId channel, Instant readAt, MessageTs ts) {
        db.run("""
                UPDATE message
                SET needs_refresh = 2
                WHERE channel = ? AND ts = ? AND needs_refresh < 2 AND missing = 0
                    AND (missing_lookups = 0
                         OR missing_since > ?
                         OR missing_since <= CASE missing_lookups WHEN 1 THEN ? ELSE ? END)
                """, channel, ts, readAt, readAt.minus(BEFORE_SECOND_LOOKUP), readAt.minus(MISSING_FOR));
    }

    /**
     * Slack answered a lookup neither with the message nor with an error.
     *
     * @return true if the message counts as missing now
     */
    public boolean recordLookupWithoutResult(ChannelId channel, MessageTs ts, Instant at) {
        return db.inTransaction(() -> {
            int updated = db.run("""
                    UPDATE message
                    SET missing_lookups = CASE WHEN missing_since <= ?1 THEN missing_lookups + 1 ELSE 1 END,
                        missing_since = CASE WHEN missing_since <= ?1 THEN missing_since ELSE ?1 END
                    WHERE channel = ?2 AND ts = ?3 AND needs_refresh = 2
                    """, at, channel, ts);
            db.run("UPDATE message SET needs_refresh = 0 WHERE channel = ? AND ts = ?", channel, ts);
            return updated > 0 && db.run("""
                                    UPDATE message
                                    SET missing = 1, review_started = 0
                                    WHERE channel = ? AND ts = ? AND missing = 0 AND missing_lookups >= ? AND missing_since <= ?
                                    """, channel, ts, MISSING_LOOKUPS, at.minus(MISSING_FOR)) > 0;
        });
    }

    /** Marks messages to be looked up in Slack that a socket event named. */
    public void markForRefresh(ChannelId channel, List<MessageTs> messages) {
        db.inTransaction(() -> messages.forEach(ts -> db.run(
                "UPDATE message SET needs_refresh = 1 WHERE channel = ? AND ts = ? AND needs_refresh = 0",
                channel,
                ts)));
    }

    /**
     * Marks every message that Slack ever returned in this time range.
     *
     * @param after without this message and older ones; empty: from the first message
     */
    public void markAllForRefresh(ChannelId channel, TimeRange window, Optional<MessageTs> after) {
        db.run(
                """
                UPDATE message
                SET needs_refresh = 2
                WHERE channel = ? AND ts > ? AND ts < ? AND from_api = 1 AND deleted = 0 AND missing = 0 AND thread_only = 0
                """,
                channel,
                after.map(MessageTs::value).orElse(""),
                window.until().map(MessageTs::value).orElse("9"));
    }

    /** The channels with marked messages that were not looked up without a result before. */
    public Set<ChannelId> channelsNeedingRefresh() {
        return new ChannelRepository(db)
                .having("message INDEXED BY message_needs_refresh", "needs_refresh > 0 AND missing_lookups = 0");
    }

    /** The marked messages, newest first; without those that were looked up without a result before. */
    public List<MessageTs> needingRefresh(ChannelId channel) {
        return marked(channel, "missing_lookups = 0");
    }

    /** The marked messages that were looked up without a result before. */
    public List<MessageTs> needingAnotherLookup(ChannelId channel) {
        return marked(channel, "missing_lookups > 0");
    }

    private List<MessageTs> marked(ChannelId channel, String condition) {
        return db.list(
                "SELECT ts FROM message INDEXED BY message_needs_refresh WHERE channel = ? AND needs_refresh > 0 AND "
                        + condition + " ORDER BY ts DESC",
                row -> new MessageTs(row.text("ts")),
                channel);
    }

    /** Slack said that the message no longer exists. */
    public void markDeleted(ChannelId channel, MessageTs ts) {
        db.run("""
                UPDATE message
                SET deleted = 1, needs_refresh = 0, missing = 0, missing_lookups = 0, missing_since = NULL,
                    reappearances = 0, review_started = 0
                WHERE channel = ? AND ts = ?
                """, channel, ts);
    }

    /** Slack returned the message when asked for it alone. */
    public void markPresent(ChannelId channel, SlackMessage message) {
        db.run("""
                UPDATE message
                SET needs_refresh = 0, missing = 0, missing_lookups = 0, missing_since = NULL, absent_since = NULL,
                    review_started = CASE WHEN raw = ? AND missing = 0 THEN review_started ELSE 0 END,
                    approved_raw = CASE approved_raw WHEN '' THEN raw ELSE approved_raw END,
                    reactions = CASE WHEN raw = ? THEN reactions END,
                    raw = ?
                WHERE channel = ? AND ts = ?
                """, Json.of(message.json()), Json.of(message.json()), Json.of(message.json()), channel, message.ts());
        new ThreadRepository(db).setReplyMarker(channel, message);
    }

    /**
     * The oldest message whose delay may be over; the next poll must return it.
     *
     * @param posted messages posted later are still inside their delay
     */
    public Optional<MessageTs> oldestDelayed(ChannelId channel, Instant posted) {
        return db.first("""
                SELECT ts
                FROM message INDEXED BY message_delayed
                WHERE channel = ? AND verdict = 'DELAYED' AND ts <= ? AND from_api = 1 AND thread_only = 0
                ORDER BY ts
                LIMIT 1
                """, row -> new MessageTs(row.text("ts")), channel, MessageTs.at(posted));
    }

    /** The channels with messages that {@link #needingReview} may return. */
    public Set<ChannelId> channelsNeedingReview() {
        return new ChannelRepository(db)
                .having("message INDEXED BY message_needs_review", "(review_started = 0 OR review_done = 0)");
    }

    /** Which messages {@link #needingReview} returns. */
    public enum ReviewScope {
        ALL,
        /** Those that readers can see. */
        PUBLIC
    }

    /**
     * The oldest messages that changed since their last review, or whose last decision was not final; oldest first.
     * While the channel has a gap, the messages above it wait, except public ones: published, they would hide that some
     * are lacking. A change after this call makes a message due again.
     *
     * @param after without this message and older ones; empty: from the first message
     * @param upTo without later messages; empty: all
     */
    public List<MessageSnapshot> needingReview(
            ChannelId channel, ReviewScope scope, Optional<MessageTs> after, Optional<MessageTs> upTo, int limit) {
        String first = after.map(MessageTs::value).orElse("");
        String last = upTo.map(MessageTs::value).orElse("9");
        String table = "message INDEXED BY message_needs_review";
        String due = " WHERE channel = ? AND ts > ? AND ts <= ? AND (review_started = 0 OR review_done = 0)"
                + NOT_ABOVE_GAP
                + (scope == ReviewScope.PUBLIC ? " AND verdict = 'APPROVED'" : "");
        if (!db.exists("SELECT 1 FROM " + table + due + " LIMIT 1", channel, first, last)) {
            return List.of();
        }
        return db.inTransaction(() -> started(
                channel,
                db.list(
                        "SELECT * FROM " + table + due + " ORDER BY ts LIMIT ?",
                        MessageRepository::snapshot,
                        channel,
                        first,
                        last,
                        limit)));
    }

    /** Replies in a thread that need a review; oldest first. */
    public List<MessageSnapshot> repliesNeedingReview(ChannelId channel, MessageTs root, Optional<MessageTs> upTo) {
        return db.inTransaction(() -> started(
                channel,
                db.list(
                        """
                        SELECT *
                        FROM message INDEXED BY message_thread
                        WHERE channel = ? AND thread_ts = ? AND ts <= ? AND (review_started = 0 OR review_done = 0)
                        """ + NOT_ABOVE_GAP + " ORDER BY ts",
                        MessageRepository::snapshot,
                        channel,
                        root,
                        upTo.map(MessageTs::value).orElse("9"))));
    }

    /**
     * Records that the review of these messages starts. A photo or an emoji that arrives meanwhile clears the mark, and
     * with it the message is due again. A message that was never reviewed shows neither, so it needs no mark.
     */
    private List<MessageSnapshot> started(ChannelId channel, List<MessageSnapshot> due) {
        db.runEach(
                "UPDATE message SET review_started = 1, review_done = 0 WHERE channel = ? AND ts = ? AND review_started = 0",
                due.stream()
                        .filter(snapshot -> snapshot.reviewState().isPresent())
                        .toList(),
                snapshot -> List.of(channel, snapshot.message().ts()));
        return due;
    }

    /** Records what a message that was never public waits for before it can be reviewed. */
    public void savePending(ChannelId channel, MessageTs ts, String reason) {
        db.run("""
                UPDATE message
                SET verdict = 'PENDING', reason = ?1
                WHERE channel = ?2 AND ts = ?3 AND (verdict IS NULL OR verdict = 'PENDING') AND reason IS DISTINCT FROM ?1
                """, reason, channel, ts);
    }

    /** One message; empty if it was never stored. */
    public Optional<MessageSnapshot> snapshot(ChannelId channel, MessageTs ts) {
        return db.first("SELECT * FROM message WHERE channel = ? AND ts = ?", MessageRepository::snapshot, channel, ts);
    }

    /** All replies of a thread, oldest first, including those that were also sent to the channel. */
    public List<MessageSnapshot> replies(ChannelId channel, MessageTs root) {
        return db.list(
                "SELECT * FROM message INDEXED BY message_thread WHERE channel = ? AND thread_ts = ? ORDER BY ts",
                MessageRepository::snapshot,
                channel,
                root);
    }

    /**
     * Public messages that need no review of their own, to review them under changed rules; oldest first.
     *
     * @param after without this message and older ones; empty: from the first message
     */
    public List<MessageSnapshot> reviewedPublic(ChannelId channel, Optional<MessageTs> after, int limit) {
        return db.list(
                """
                SELECT message.*
                FROM public_message
                CROSS JOIN message USING (channel, ts)
                WHERE channel = ? AND ts > ? AND review_started = 1 AND review_done = 1
                ORDER BY ts
                LIMIT ?
                """,
                MessageRepository::snapshot,
                channel,
                after.map(MessageTs::value).orElse(""),
                limit);
    }

    /** Saves the complete reactions of a message that listed only some of their users. */
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

    /** The messages posted since this ts that were ignored are reviewed as if they had never been. */
    public void reviewIgnoredAgain(ChannelId channel, MessageTs since) {
        db.run("""
                UPDATE message
                SET verdict = NULL, reason = NULL, review_state = NULL, review_started = 0, review_done = 0
                WHERE channel = ? AND ts >= ? AND verdict = 'IGNORED'
                """, channel, since);
    }

    /** What the message shows has changed: another review is due. */
    void requestReview(ChannelId channel, MessageTs ts) {
        db.run("UPDATE message SET review_started = 0 WHERE channel = ? AND ts = ?", channel, ts);
    }

    /** A photo or clip of the message has changed, which readers and editors may see. */
    void onMediaChanged(ChannelId channel, MessageTs ts) {
        requestReview(channel, ts);
        new FeedbackRepository(db).enqueue(channel, ts);
    }

    void saveDecisions(ChannelId channel, List<ReviewedMessage> reviewed) {
        db.runEach("""
                UPDATE message
                SET review_started = CASE WHEN review_state IS NULL THEN 1 ELSE review_started END, review_done = ?,
                    polled_at = NULL, verdict = ?, reason = ?, review_state = ?, approved_raw = ?
                WHERE channel = ? AND ts = ?
                """, reviewed, message -> {
            Decision decision = message.decision();
            SlackMessage current = message.snapshot().message();
            return List.of(
                    decision.isFinal(),
                    decision.verdict(),
                    decision.reason(),
                    RecordJson.write(StoredReviewState.of(decision.reviewState())),
                    decision.reviewState()
                            .approved()
                            .map(approved -> approved.equals(current.json()) ? "" : Json.of(approved)),
                    channel,
                    current.ts());
        });
    }

    /** A message and the verdict on it; empty before the first review. */
    public record MessageSummary(SlackMessage message, Optional<Verdict> verdict, String reason) {}

    /** The newest messages with their verdicts, oldest first. */
    public List<MessageSummary> newest(ChannelId channel, int most) {
        return db.list("""
                SELECT *
                FROM (SELECT ts, raw, verdict, reason FROM message WHERE channel = ? ORDER BY ts DESC LIMIT ?) AS newest
                ORDER BY ts
                """, MessageRepository::summary, channel, most);
    }

    /** One message; empty if it is not stored. */
    public Optional<MessageSummary> summary(ChannelId channel, MessageTs ts) {
        return db.first(
                "SELECT ts, raw, verdict, reason FROM message WHERE channel = ? AND ts = ?",
                MessageRepository::summary,
                channel,
                ts);
    }

    /**
     * The messages and replies that wait for an approval, oldest first.
     *
     * @param skip so many of the oldest are left out
     */
    public List<MessageSummary> pending(ChannelId channel, int limit, int skip) {
        return db.list("""
                SELECT ts, raw, verdict, reason
                FROM message
                WHERE channel = ? AND verdict = 'PENDING' AND deleted = 0
                ORDER BY ts
                LIMIT ? OFFSET ?
                """, MessageRepository::summary, channel, limit, skip);
    }

    private static MessageSummary summary(Database.Row row) {
        return new MessageSummary(message(row), row.optionalText("verdict").map(Verdict::valueOf), row.text("reason"));
    }

    /** The number of messages with each verdict. */
    public Map<Verdict, Integer> counts(ChannelId channel) {
        var counts = new HashMap<Verdict, Integer>();
        db.list(
                "SELECT verdict, COUNT(*) AS n FROM message WHERE channel = ? AND verdict IS NOT NULL GROUP BY verdict",
                row -> counts.put(Verdict.valueOf(row.text("verdict")), (int) row.number("n")),
                channel);
        return counts;
    }

    /**
     * The messages of a channel that wait for something.
     *
     * @param pending for an approval
     * @param held by an editor
     * @param unreviewed for a review, which decides what becomes of them
     */
    public record WaitingMessages(int pending, int held, int unreviewed) {
        public static final WaitingMessages NONE = new WaitingMessages(0, 0, 0);

        private WaitingMessages plus(WaitingMessages other) {
            return new WaitingMessages(pending + other.pending, held + other.held, unreviewed + other.unreviewed);
        }
    }

    /** What waits, of every channel in which anything does. Reads only the messages that wait. */
    public Map<ChannelId, WaitingMessages> waiting() {
        var waiting = new HashMap<ChannelId, WaitingMessages>();
        db.list(
                """
                SELECT channel, COUNT(*) AS pending, 0 AS held, 0 AS unreviewed
                FROM message INDEXED BY message_waiting
                WHERE verdict IN ('PENDING', 'HELD') AND verdict = 'PENDING'
                GROUP BY channel
                UNION ALL
                SELECT channel, COUNT(*), 0, 0
                FROM message INDEXED BY message_delayed
                WHERE verdict = 'DELAYED'
                GROUP BY channel
                UNION ALL
                SELECT channel, 0, COUNT(*), 0
                FROM message INDEXED BY message_waiting
                WHERE verdict IN ('PENDING', 'HELD') AND verdict = 'HELD'
                GROUP BY channel
                UNION ALL
                SELECT channel, 0, 0, COUNT(*)
                FROM message INDEXED BY message_needs_review
                WHERE review_started = 0 OR review_done = 0
                GROUP BY channel
                """,
                row -> waiting.merge(
                        new ChannelId(row.text("channel")),
                        new WaitingMessages(
                                (int) row.number("pending"), (int) row.number("held"), (int) row.number("unreviewed")),
                        WaitingMessages::plus));
        return waiting;
    }

    /** What is stored of a message that a page shows. */
    private record StoredMessage(
            Optional<Instant> reactionsAt,
            String raw,
            boolean fromApi,
            boolean needsRefresh,
            boolean missing,
            boolean deleted,
            boolean delayed,
            int reappearances) {}

    private Map<MessageTs, StoredMessage> known(HistoryPage page, MessageTs since) {
        var known = new HashMap<MessageTs, StoredMessage>();
        Optional<MessageTs> oldest = page.oldest();
        if (oldest.isEmpty()) {
            return known;
        }
        db.list(
                KNOWN + """
                FROM message
                WHERE channel = ? AND ts >= ? AND ts <= ?
                """,
                row -> known.put(new MessageTs(row.text("ts")), known(row)),
                page.channel(),
                oldest.get().isBefore(since) ? since : oldest.get(),
                page.newest().orElseThrow());
        return known;
    }

    private Map<MessageTs, StoredMessage> knownReplies(ThreadPage page) {
        var known = new HashMap<MessageTs, StoredMessage>();
        db.list(
                KNOWN + """
                FROM message INDEXED BY message_thread
                WHERE channel = ? AND thread_ts = ? AND ts > ? AND ts <= ?
                """,
                row -> known.put(new MessageTs(row.text("ts")), known(row)),
                page.channel(),
                page.root(),
                page.after().map(MessageTs::value).orElse(""),
                page.upTo().map(MessageTs::value).orElse("9"));
        return known;
    }

    /** Makes a review request the reactions of messages again that name only some of the users. */
    private void requestReactions(HistoryPage page, Map<MessageTs, StoredMessage> known) {
        Instant at = page.readAt();
        page.messages().stream()
                .map(SlackMessage::ts)
                .filter(ts -> Optional.ofNullable(known.get(ts))
                        .flatMap(StoredMessage::reactionsAt)
                        .filter(last -> last.isAfter(at) || !last.isAfter(at.minus(REACTIONS_INTERVAL)))
                        .isPresent())
                .sorted(Comparator.comparing(ts -> known.get(ts).reactionsAt().orElseThrow()))
                .limit(MAX_REACTIONS_PER_PAGE)
                .forEach(ts -> db.run(
                        "UPDATE message SET reactions = NULL, reactions_at = ?, review_started = 0"
                                + " WHERE channel = ? AND ts = ?",
                        at,
                        page.channel(),
                        ts));
    }

    private static StoredMessage known(Database.Row row) {
        return new StoredMessage(
                row.optionalText("reactions")
                        .map(any -> row.instant("reactions_at").orElse(Instant.EPOCH)),
                row.text("raw"),
                row.flag("from_api"),
                row.flag("is_marked"),
                row.flag("missing"),
                row.flag("deleted"),
                row.flag("is_delayed"),
                (int) row.number("reappearances"));
    }

    /** Returns the number of new or changed messages. */
    private int save(ChannelId channel, Instant at, List<SlackMessage> messages, Map<MessageTs, StoredMessage> known) {
        List<SlackMessage> added = messages.stream()
                .filter(message -> !known.containsKey(message.ts()))
                .toList();
        db.runEach(
                """
                INSERT INTO message (channel, ts, thread_ts, thread_only, raw, from_api, deleted, polled_at, reactions_at)
                VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?)
                """,
                added,
                message -> List.of(
                        channel,
                        message.ts(),
                        message.root(),
                        message.isReply(),
                        Json.of(message.json()),
                        message.isTombstone(),
                        at,
                        at));
        added.stream()
                .filter(ThreadRepository::hasReplies)
                .forEach(message -> new ThreadRepository(db).setReplyMarker(channel, message));
        int changed = added.size();
        for (SlackMessage message : messages) {
            StoredMessage stored = known.get(message.ts());
            changed += stored != null && update(channel, at, message, stored) ? 1 : 0;
        }
        return changed;
    }

    /** Returns whether the message needs another review. */
    private boolean update(ChannelId channel, Instant at, SlackMessage message, StoredMessage known) {
        String raw = Json.of(message.json());
        boolean isDeleted = message.isTombstone();
        boolean reappeared = known.deleted && !isDeleted;
        boolean isRestored = reappeared && known.reappearances + 1 >= REAPPEARANCES;
        boolean isNewlyDeleted = isDeleted && !known.deleted;
        boolean changed = !known.raw.equals(raw);
        boolean needsReview = changed || known.delayed || known.missing || isRestored || isNewlyDeleted;
        if (!needsReview && known.fromApi && !known.needsRefresh && !reappeared) {
            return false;
        }
        db.run(
                """
                UPDATE message
                SET approved_raw = CASE approved_raw WHEN '' THEN raw ELSE approved_raw END,
                    reactions_at = CASE WHEN ? = 1 THEN ? ELSE reactions_at END,
                    reactions = CASE WHEN ? = 1 THEN NULL ELSE reactions END,
                    raw = ?, thread_ts = ?, thread_only = ?, from_api = 1, needs_refresh = 0,
                    missing = 0, missing_lookups = 0, missing_since = NULL, absent_since = NULL,
                    deleted = ?, reappearances = ?,
                    review_started = CASE WHEN ? = 1 THEN 0 ELSE review_started END,
                    polled_at = CASE WHEN ? = 1 THEN ? ELSE polled_at END
                WHERE channel = ? AND ts = ?
                """,
                changed,
                at,
                changed,
                raw,
                message.root(),
                message.isReply(),
                isDeleted || (known.deleted && !isRestored),
                reappeared && !isRestored ? known.reappearances + 1 : 0,
                needsReview,
                needsReview,
                at,
                channel,
                message.ts());
        if (changed || !known.fromApi) {
            new ThreadRepository(db).setReplyMarker(channel, message);
        }
        return needsReview;
    }

    private static String later(Optional<MessageTs> from, Instant since) {
        MessageTs oldest = MessageTs.at(since);
        return from.filter(oldest::isBefore).orElse(oldest).value();
    }

    private static MessageSnapshot snapshot(Database.Row row) {
        SlackMessage message = message(row);
        Optional<JsonNode> approved =
                row.optionalText("approved_raw").map(text -> text.isEmpty() ? message.json() : Json.parse(text));
        List<Reaction> reactions = row.optionalText("reactions")
                .map(text -> SlackMessage.reactions(Json.parse(text)))
                .orElseGet(message::reactions);
        return new MessageSnapshot(
                message,
                reactions,
                row.flag("deleted"),
                row.flag("missing"),
                row.instant("polled_at"),
                row.optionalText("review_state")
                        .map(json -> RecordJson.read(json, StoredReviewState.class)
                                .with(Verdict.valueOf(row.text("verdict")), approved)));
    }

    private static SlackMessage message(Database.Row row) {
        return new SlackMessage(new MessageTs(row.text("ts")), Json.parse(row.text("raw")));
    }
}
