package org.chatpress.store;

import static java.util.stream.Collectors.toSet;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.chatpress.config.Webhook;
import org.chatpress.config.Webhook.Event;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.storage.ObjectKey;
import org.chatpress.store.sql.Database;

/**
 * The events that webhooks have not received yet, and the feeds that hubs were pinged for. Each event is added in the
 * transaction of its change, so that none is lost, and none is sent of a change that was not saved.
 */
public final class OutboxRepository {
    private static final Duration MAX_FAILING = Duration.ofDays(1);

    private final Database db;

    OutboxRepository(Database db) {
        this.db = db;
    }

    /**
     * An event to send.
     *
     * @param webhook its id
     * @param position in the order of the changes; a later event may have the position of one that was deleted
     * @param messageId the same in each attempt
     * @param seq of the change
     * @param ts the message; empty: the whole chat
     * @param failures attempts that failed
     * @param failingSince the first of them
     */
    public record QueuedEvent(
            String webhook,
            long position,
            String messageId,
            ChannelId channel,
            long seq,
            Event event,
            Optional<MessageTs> ts,
            Instant createdAt,
            int failures,
            Optional<Instant> failingSince) {}

    /**
     * What a webhook has not received.
     *
     * @param lastError empty if the last request succeeded
     * @param dropped events that were given up after a day
     * @param isGone true if it answered 410: it gets no events until the next start
     */
    public record WebhookStatus(int pending, String lastError, int dropped, boolean isGone) {
        public static final WebhookStatus NEW = new WebhookStatus(0, "", 0, false);
    }

    /** Saves the receivers of the settings; discards what others have not received. */
    public void recordReceivers(List<Webhook> webhooks, List<URI> hubs) {
        db.inTransaction(() -> {
            Set<String> ids = webhooks.stream().map(Webhook::id).collect(toSet());
            db.list("SELECT id FROM webhook", row -> row.text("id")).stream()
                    .filter(id -> !ids.contains(id))
                    .forEach(id -> {
                        db.run("DELETE FROM webhook WHERE id = ?", id);
                        db.run("DELETE FROM webhook_event WHERE webhook = ?", id);
                    });
            webhooks.forEach(webhook -> db.run(
                    "INSERT INTO webhook (id, events) VALUES (?, ?)"
                            + " ON CONFLICT (id) DO UPDATE SET events = excluded.events",
                    webhook.id(),
                    names(webhook.events())));
            Set<String> urls = hubs.stream().map(URI::toString).collect(toSet());
            db.list("SELECT hub FROM hub_ping UNION SELECT url FROM hub", row -> row.text("hub")).stream()
                    .filter(hub -> !urls.contains(hub))
                    .forEach(hub -> {
                        db.run("DELETE FROM hub_ping WHERE hub = ?", hub);
                        db.run("DELETE FROM hub WHERE url = ?", hub);
                    });
        });
    }

    private static String names(Collection<Event> events) {
        var names = new StringBuilder(" ");
        events.stream().sorted().forEach(event -> names.append(event).append(' '));
        return names.toString();
    }

    /** Lets every event be tried at once. */
    public void retryAll() {
        db.run("UPDATE webhook_event SET not_before = NULL WHERE not_before IS NOT NULL");
    }

    /** Lets webhooks that were gone receive new events. */
    public void retryGone() {
        db.run("UPDATE webhook SET gone = 0 WHERE gone = 1");
    }

    // EVENTS

    boolean hasWebhooks() {
        return db.exists("SELECT 1 FROM webhook LIMIT 1");
    }

    /**
     * Adds an event for each webhook that receives such events, unless the chat is hidden. The takedown of a message
     * discards its earlier events.
     *
     * @param seq of the change
     */
    void add(ChannelId channel, long seq, Event event, Optional<MessageTs> ts, Instant now) {
        if (event == Event.TAKEN_DOWN && ts.isPresent()) {
            db.run("DELETE FROM webhook_event WHERE channel = ? AND ts = ? AND event <> 'TAKEN_DOWN'", channel, ts);
        }
        db.run("""
                INSERT INTO webhook_event (webhook, position, message_id, channel, seq, event, ts, created_at)
                SELECT webhook.id,
                    1 + COALESCE((SELECT MAX(position) FROM webhook_event AS other WHERE other.webhook = webhook.id), 0),
                    ?1, channel.id, ?2, ?3, ?4, ?5
                FROM webhook
                JOIN channel ON channel.id = ?6 AND channel.status <> 'HIDDEN'
                WHERE gone = 0 AND instr(events, ?7) > 0
                """, "msg_" + UUID.randomUUID(), seq, event, ts, now, channel, names(Set.of(event)));
    }

    /** @param isLive false: the chat is closed */
    void addOpenedOrClosed(ChannelId channel, long seq, boolean isLive, Instant now) {
        add(channel, seq, isLive ? Event.OPENED : Event.CLOSED, Optional.empty(), now);
    }

    /** Adds the takedown of a chat that is about to lose its files, and discards its earlier events. */
    public void addTakedown(ChannelId channel, long seq, Instant now) {
        db.run("DELETE FROM webhook_event WHERE channel = ? AND event <> 'TAKEN_DOWN'", channel);
        add(channel, seq, Event.TAKEN_DOWN, Optional.empty(), now);
    }

    /**
     * The next event to send to a webhook: the first of a channel, once the chat was rendered with the change. A takedown
     * does not wait for that.
     */
    public Optional<QueuedEvent> next(String webhook, Instant now) {
        return db.first("""
                SELECT event.*
                FROM channel
                CROSS JOIN webhook_event AS event ON event.channel = channel.id
                WHERE event.webhook = ?1
                AND event.position = (SELECT MIN(position)
                                      FROM webhook_event AS first INDEXED BY webhook_event_channel
                                      WHERE first.webhook = ?1 AND first.channel = channel.id)
                AND (event.not_before IS NULL OR event.not_before <= ?2)
                AND (event.event = 'TAKEN_DOWN' OR (channel.status <> 'HIDDEN' AND channel.pointer_seq >= event.seq))
                ORDER BY event.position
                LIMIT 1
                """, OutboxRepository::event, webhook, now);
    }

    private static QueuedEvent event(Database.Row row) {
        return new QueuedEvent(
                row.text("webhook"),
                row.number("position"),
                row.text("message_id"),
                new ChannelId(row.text("channel")),
                row.number("seq"),
                Event.valueOf(row.text("event")),
                row.optionalText("ts").map(MessageTs::new),
                row.instant("created_at").orElseThrow(),
                (int) row.number("failures"),
                row.instant("failing_since"));
    }

    /** Removes an event that the webhook has received, or that is no longer to be sent. */
    public void remove(QueuedEvent event) {
        db.run(
                "DELETE FROM webhook_event WHERE webhook = ? AND position = ? AND message_id = ?",
                event.webhook(),
                event.position(),
                event.messageId());
    }

    public void recordSuccess(String webhook) {
        db.run("UPDATE webhook SET last_error = '' WHERE id = ? AND last_error <> ''", webhook);
    }

    /**
     * Saves that the webhook has not received the event, for which the later events of its channel wait. It is given up
     * a day after the first attempt.
     *
     * @return true if it is given up
     */
    public boolean recordFailure(QueuedEvent event, String error, Instant now, Duration wait) {
        return db.inTransaction(() -> {
            boolean isGivenUp = event.failingSince()
                    .filter(since -> since.plus(MAX_FAILING).isBefore(now))
                    .isPresent();
            if (isGivenUp) {
                remove(event);
            } else {
                db.run(
                        "UPDATE webhook_event SET failures = failures + 1, not_before = ?1,"
                                // Later than now: it was saved before the clock was set back.
                                + " failing_since = MIN(?2, COALESCE(failing_since, ?2))"
                                + " WHERE webhook = ?3 AND position = ?4 AND message_id = ?5",
                        now.plus(wait),
                        now,
                        event.webhook(),
                        event.position(),
                        event.messageId());
            }
            db.run(
                    "UPDATE webhook SET last_error = ?, dropped = dropped + ? WHERE id = ?",
                    error,
                    isGivenUp,
                    event.webhook());
            return isGivenUp;
        });
    }

    /** Discards the events of a webhook that wants no more of them. */
    public void recordGone(String webhook, String error) {
        db.inTransaction(() -> {
            db.run("DELETE FROM webhook_event WHERE webhook = ?", webhook);
            db.run("UPDATE webhook SET gone = 1, last_error = ? WHERE id = ?", error, webhook);
        });
    }

    public WebhookStatus status(String webhook) {
        return db.first(
                        """
                        SELECT last_error, dropped, gone,
                            (SELECT COUNT(*) FROM webhook_event AS event WHERE event.webhook = webhook.id) AS pending
                        FROM webhook
                        WHERE id = ?
                        """,
                        row -> new WebhookStatus(
                                (int) row.number("pending"),
                                row.text("last_error"),
                                (int) row.number("dropped"),
                                row.flag("gone")),
                        webhook)
                .orElse(WebhookStatus.NEW);
    }

    // FEEDS

    /** A version of a feed. */
    public record FeedVersion(ObjectKey key, String digest) {}

    /** The feeds that a storage has and that a hub was not pinged for. */
    public List<FeedVersion> feedsToPing(URI hub) {
        return db.list("""
                SELECT file.key, file.digest
                FROM channel
                CROSS JOIN rendered_file AS file INDEXED BY rendered_file_role
                    ON file.channel = channel.id AND file.role IN ('JSON_FEED', 'ATOM')
                WHERE EXISTS (SELECT 1 FROM storage_file WHERE storage_file.key = file.key AND storage_file.digest = file.digest)
                AND NOT EXISTS (SELECT 1 FROM hub_ping WHERE hub = ? AND hub_ping.key = file.key AND hub_ping.digest = file.digest)
                ORDER BY file.key
                """, row -> new FeedVersion(new ObjectKey(row.text("key")), row.text("digest")), hub);
    }

    public void recordPing(URI hub, FeedVersion feed) {
        db.inTransaction(() -> {
            db.run("""
                    INSERT INTO hub_ping (hub, key, digest)
                    VALUES (?, ?, ?)
                    ON CONFLICT (hub, key) DO UPDATE SET digest = excluded.digest
                    """, hub, feed.key(), feed.digest());
            db.run("UPDATE hub SET last_error = '' WHERE url = ? AND last_error <> ''", hub);
        });
    }

    public void recordFailedPing(URI hub, String error) {
        db.run(
                "INSERT INTO hub (url, last_error) VALUES (?, ?)"
                        + " ON CONFLICT (url) DO UPDATE SET last_error = excluded.last_error",
                hub,
                error);
    }

    /**
     * What a hub was not pinged for.
     *
     * @param lastError empty if the last ping succeeded
     */
    public record HubStatus(int pendingFeeds, String lastError) {}

    public HubStatus status(URI hub) {
        String lastError = db.first("SELECT last_error FROM hub WHERE url = ?", row -> row.text("last_error"), hub)
                .orElse("");
        return new HubStatus(feedsToPing(hub).size(), lastError);
    }
}
