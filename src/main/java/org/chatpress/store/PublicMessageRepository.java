package org.chatpress.store;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.chatpress.approval.policy.ApprovalPolicy.MessageSnapshot;
import org.chatpress.approval.policy.Decision;
import org.chatpress.config.Webhook.Event;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.PublicMessage;
import org.chatpress.model.PublicMessage.Additions;
import org.chatpress.model.PublicMessage.Author;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.SlackClip;
import org.chatpress.model.slack.SlackImageFile;
import org.chatpress.render.json.ChatMetadata;
import org.chatpress.render.json.ChatSource;
import org.chatpress.render.json.ChatSource.Change.Op;
import org.chatpress.store.sql.Database;

/** Public messages, their authors, and the log of changes. Each change that readers can see adds one to the seq. */
public final class PublicMessageRepository {
    /** More than a pointer lists. The pages contain what older changes led to. */
    private static final int CHANGES_KEPT = 100;

    /** A time beyond this was saved while the clock was wrong. */
    private static final Duration MAX_CLOCK_ERROR = Duration.ofDays(1);

    private static final String START = "first public message of ";

    private final Database db;

    PublicMessageRepository(Database db) {
        this.db = db;
    }

    /**
     * A decision on a message, and what readers see of the message after it.
     *
     * @param publicMessage present if the message is public; empty for replies, which are part of their root's
     * @param authors the authors of the message and its replies
     * @param assets what the message and each of its replies show; empty: the same as before
     */
    public record ReviewedMessage(
            MessageSnapshot snapshot,
            Decision decision,
            Optional<PublicMessage> publicMessage,
            List<Author> authors,
            Optional<Map<MessageTs, Assets>> assets) {
        public ReviewedMessage {
            authors = List.copyOf(authors);
            assets = assets.map(Map::copyOf);
        }

        /** A message that is not public, or a reply. */
        public static ReviewedMessage withoutPublicMessage(MessageSnapshot snapshot, Decision decision) {
            return new ReviewedMessage(snapshot, decision, Optional.empty(), List.of(), Optional.empty());
        }

        /** A public message that lost some of its parts. */
        public static ReviewedMessage reduced(MessageSnapshot snapshot, Decision decision, PublicMessage message) {
            return new ReviewedMessage(snapshot, decision, Optional.of(message), List.of(), Optional.empty());
        }

        /** A public message with everything that it shows. */
        public static ReviewedMessage rebuilt(
                MessageSnapshot snapshot,
                Decision decision,
                PublicMessage message,
                List<Author> authors,
                Map<MessageTs, Assets> assets) {
            return new ReviewedMessage(snapshot, decision, Optional.of(message), authors, Optional.of(assets));
        }
    }

    /**
     * What a message or reply shows besides text.
     *
     * @param emoji the custom emoji that it names, each with the name of the image to show
     */
    public record Assets(List<SlackImageFile> images, List<SlackClip> clips, Map<String, String> emoji) {
        static final Assets NONE = new Assets(List.of(), List.of(), Map.of());

        public Assets {
            images = List.copyOf(images);
            clips = List.copyOf(clips);
            emoji = Map.copyOf(emoji);
        }
    }

    /**
     * Saves the decisions on messages of a channel, and publishes, changes and takes down what follows from them.
     *
     * @return the number of changes that readers can see
     */
    public int applyDecisions(ChannelId channel, List<ReviewedMessage> decisions, Instant now) {
        return db.inTransaction(() -> {
            new MessageRepository(db).saveDecisions(channel, decisions);
            var changes = new Changes(channel, now);
            boolean mirrors = mirrorsAvatars(channel);
            Map<UserId, Author> saved = new HashMap<>();
            for (ReviewedMessage decision : decisions) {
                Optional<PublicMessage> was = message(channel, decision.snapshot());
                for (Author author : decision.authors()) {
                    if (!author.equals(saved.put(author.id(), author))) {
                        saveAuthor(author, mirrors, changes);
                    }
                }
                if (!decision.snapshot().message().isReply()) {
                    requestAssets(channel, decision, was, now);
                }
                decision.publicMessage()
                        .ifPresentOrElse(message -> changes.put(message, was), () -> was.ifPresent(changes::takeDown));
            }
            changes.save();
            recordStart(channel);
            return changes.count();
        });
    }

    /** When the message was posted that was the first to be public; it stays when the message is taken down. */
    Optional<Instant> startedAt(ChannelId channel) {
        return new ChannelRepository(db)
                .timestamp(START + channel)
                .or(() -> db.first(
                                "SELECT ts FROM public_message WHERE channel = ? ORDER BY ts LIMIT 1",
                                row -> new MessageTs(row.text("ts")),
                                channel)
                        .map(MessageTs::instant));
    }

    private void recordStart(ChannelId channel) {
        var channels = new ChannelRepository(db);
        if (channels.timestamp(START + channel).isEmpty()) {
            startedAt(channel).ifPresent(start -> channels.recordTimestamp(START + channel, start));
        }
    }

    /**
     * Takes messages and replies down at once; their next review decides on them again. Returns the number of changes
     * that readers see.
     */
    public int withdraw(ChannelId channel, Set<MessageTs> withdrawn, Instant now) {
        if (withdrawn.isEmpty()) {
            return 0;
        }
        return db.inTransaction(() -> {
            int changes = 0;
            for (MessageTs ts : withdrawn) {
                changes += withdraw(channel, ts, now);
            }
            return changes;
        });
    }

    private int withdraw(ChannelId channel, MessageTs ts, Instant now) {
        Optional<PublicMessage> shown = message(channel, ts);
        Optional<PublicMessage> root = new MessageRepository(db)
                .snapshot(channel, ts)
                .flatMap(snapshot -> snapshot.message().root())
                .flatMap(thread -> message(channel, thread))
                .filter(message ->
                        message.replies().stream().anyMatch(reply -> reply.ts().equals(ts)));
        if (shown.isEmpty() && root.isEmpty()) {
            return 0;
        }
        var changes = new Changes(channel, now);
        Set<MessageTs> gone = new HashSet<>(Set.of(ts));
        shown.ifPresent(message -> {
            message.replies().forEach(reply -> gone.add(reply.ts()));
            changes.takeDown(message);
        });
        root.ifPresent(message -> changes.put(
                message.withReplies(message.replies().stream()
                        .filter(reply -> !reply.ts().equals(ts))
                        .toList()),
                root));
        changes.save();
        gone.forEach(left -> requestAssets(channel, left, Assets.NONE, now));
        new MessageRepository(db).requestReview(channel, ts);
        return changes.count();
    }

    private void requestAssets(ChannelId channel, ReviewedMessage decision, Optional<PublicMessage> was, Instant now) {
        if (isNewTextOnly(decision)) {
            return;
        }
        MessageTs ts = decision.snapshot().message().ts();
        Set<MessageTs> shown = new HashSet<>();
        decision.publicMessage().ifPresent(message -> {
            shown.add(ts);
            message.replies().forEach(reply -> shown.add(reply.ts()));
        });
        Set<MessageTs> gone = new HashSet<>(Set.of(ts));
        was.ifPresent(message -> message.replies().forEach(reply -> gone.add(reply.ts())));
        gone.removeAll(shown);
        gone.forEach(left -> requestAssets(channel, left, Assets.NONE, now));
        decision.assets().ifPresent(all -> all.forEach((owner, assets) -> requestAssets(channel, owner, assets, now)));
    }

    /** Requests the photos, clips and emoji that a message or reply shows, and drops those that it no longer shows. */
    private void requestAssets(ChannelId channel, MessageTs ts, Assets assets, Instant now) {
        new PhotoRepository(db).request(channel, ts, assets.images(), now);
        new ClipRepository(db).request(channel, ts, assets.clips(), now);
        new EmojiRepository(db).recordUse(channel, ts, assets.emoji(), now);
    }

    /** True for the first decision on a message without assets and replies, as on most. */
    private static boolean isNewTextOnly(ReviewedMessage decision) {
        return decision.snapshot().reviewState().isEmpty()
                && decision.publicMessage().stream()
                        .allMatch(message -> message.replies().isEmpty())
                && decision.assets().orElse(Map.of()).values().stream().allMatch(Assets.NONE::equals);
    }

    /** Saves the metadata of a chat, new or changed, so that its files are rendered again. */
    public void setMetadata(ChannelId channel, ChatMetadata metadata, Instant now) {
        db.inTransaction(() -> {
            ChannelRepository.ChannelRow row =
                    new ChannelRepository(db).row(channel).orElseThrow();
            db.run(
                    "UPDATE channel SET metadata = ?, pointer_seq = -1 WHERE id = ?",
                    RecordJson.write(metadata),
                    channel);
            db.run(
                    "UPDATE public_message SET share_page_current = 0 WHERE channel = ? AND share_page_current = 1",
                    channel);
            if (metadata.publishing().mirrorsAvatars()) {
                db.list("SELECT image_48 FROM author WHERE channel = ?", r -> r.text("image_48"), channel)
                        .forEach(url -> new MirroredImageRepository(db).request(url, now));
            }
            row.metadata().ifPresent(was -> {
                if (!was.slug().equals(metadata.slug())) {
                    db.run("DELETE FROM page WHERE channel = ?", channel);
                }
                if (!was.slug().equals(metadata.slug())
                        || !was.publishing()
                                .publicUrl()
                                .equals(metadata.publishing().publicUrl())) {
                    new EmojiRepository(db).onSlugChanged(channel);
                }
                var changes = new Changes(channel, now);
                changes.addMetadata();
                changes.save();
            });
            boolean wasLive = row.metadata().filter(ChatMetadata::live).isPresent();
            if (metadata.live() != wasLive) {
                new OutboxRepository(db).addOpenedOrClosed(channel, seq(channel), metadata.live(), now);
            }
        });
    }

    /** Saves the profile of an author in every chat that shows one. */
    public void saveAuthor(Author author, Instant now) {
        db.inTransaction(() -> {
            List<String> chats =
                    db.list("SELECT channel FROM author WHERE id = ?", row -> row.text("channel"), author.id());
            for (String chat : chats) {
                var changes = new Changes(new ChannelId(chat), now);
                saveAuthor(author, mirrorsAvatars(changes.channel), changes);
                changes.save();
            }
        });
    }

    /** The public message; empty if it is not public. */
    public Optional<PublicMessage> message(ChannelId channel, MessageTs ts) {
        return SqlChatSource.message(db, channel, ts);
    }

    /** Likewise, without a query for a message that was never reviewed. */
    public Optional<PublicMessage> message(ChannelId channel, MessageSnapshot snapshot) {
        return snapshot.reviewState()
                .flatMap(before -> message(channel, snapshot.message().ts()));
    }

    /** True if a message or a part of one was taken down after this change. */
    public boolean hasTakedownAfter(ChannelId channel, long seq) {
        return db.exists("SELECT 1 FROM change WHERE channel = ? AND seq > ? AND op IN ('CUT', 'DEL')", channel, seq);
    }

    /** True if the share page of a message is missing or outdated. */
    public boolean hasMissingSharePages(ChannelId channel) {
        return db.exists("SELECT 1 FROM public_message WHERE channel = ? AND share_page_current = 0 LIMIT 1", channel);
    }

    /** The newest of all public messages and replies. */
    public Optional<MessageTs> newest(ChannelId channel) {
        return db.first("""
                        SELECT MAX(ts) AS ts
                        FROM (SELECT MAX(ts) AS ts FROM public_message WHERE channel = ?1
                              UNION ALL
                              SELECT MAX(ts) AS ts FROM public_reply WHERE channel = ?1) AS newest
                        """, row -> row.optionalText("ts"), channel)
                .flatMap(ts -> ts)
                .map(MessageTs::new);
    }

    /** A chat, for rendering. */
    public ChatSource chat(ChannelId channel) {
        return new SqlChatSource(db, new ChannelRepository(db).row(channel).orElseThrow());
    }

    /** Deletes the profiles of authors who have no public message or reply left. */
    private void deleteUnusedAuthors(ChannelId channel) {
        List<String> images = db.list("""
                SELECT image_48
                FROM author
                WHERE channel = ?
                AND NOT EXISTS (SELECT 1 FROM public_message AS m WHERE m.channel = author.channel AND m.author = author.id)
                AND NOT EXISTS (SELECT 1 FROM public_reply AS r WHERE r.channel = author.channel AND r.author = author.id)
                """, row -> row.text("image_48"), channel);
        int deleted = db.run("""
                DELETE FROM author
                WHERE channel = ?
                AND NOT EXISTS (SELECT 1 FROM public_message AS m WHERE m.channel = author.channel AND m.author = author.id)
                AND NOT EXISTS (SELECT 1 FROM public_reply AS r WHERE r.channel = author.channel AND r.author = author.id)
                """, channel);
        if (deleted > 0) {
            new TakedownQueue(db).markProfiles(channel);
            images.forEach(new MirroredImageRepository(db)::deleteIfUnused);
        }
    }

    /** @param mirrors true if the chat shows copies of avatars */
    private void saveAuthor(Author author, boolean mirrors, Changes changes) {
        ChannelId channel = changes.channel;
        Optional<Author> was = db.first(
                "SELECT * FROM author WHERE channel = ? AND id = ?", SqlChatSource::author, channel, author.id());
        if (was.equals(Optional.of(author))) {
            return;
        }
        db.run(
                "INSERT INTO author (channel, id, display_name, title, image_48) VALUES (?, ?, ?, ?, ?)"
                        + " ON CONFLICT (channel, id) DO UPDATE SET display_name = excluded.display_name,"
                        + " title = excluded.title, image_48 = excluded.image_48",
                channel,
                author.id(),
                author.displayName(),
                author.title(),
                author.image48());
        if (mirrors) {
            new MirroredImageRepository(db).request(author.image48(), changes.now);
        }
        was.map(Author::image48).ifPresent(new MirroredImageRepository(db)::deleteIfUnused);
        if (was.isPresent()) {
            onAuthorChanged(author.id(), changes);
        }
    }

    /** The copy of an avatar arrived: chats that mirror avatars show its users with it. */
    void onImageMirrored(String url, Instant now) {
        db
                .list(
                        "SELECT channel, id FROM author WHERE image_48 = ?",
                        row -> Map.entry(new ChannelId(row.text("channel")), new UserId(row.text("id"))),
                        url)
                .stream()
                .filter(author -> mirrorsAvatars(author.getKey()))
                .forEach(author -> {
                    var changes = new Changes(author.getKey(), now);
                    onAuthorChanged(author.getValue(), changes);
                    changes.save();
                });
    }

    private boolean mirrorsAvatars(ChannelId channel) {
        return new ChannelRepository(db)
                .row(channel)
                .flatMap(ChannelRepository.ChannelRow::metadata)
                .map(metadata -> metadata.publishing().mirrorsAvatars())
                .orElse(false);
    }

    private void onAuthorChanged(UserId author, Changes changes) {
        ChannelId channel = changes.channel;
        changes.addMetadata();
        db.run(
                "UPDATE public_message SET share_page_current = 0 WHERE channel = ? AND author = ? AND share_page_current = 1",
                channel,
                author);
        db.run("""
                UPDATE public_message
                SET share_page_current = 0
                WHERE channel = ?1 AND share_page_current = 1
                AND ts IN (SELECT thread_ts FROM public_reply WHERE channel = ?1 AND author = ?2)
                """, channel, author);
    }

    /** What a transaction changes in a chat, in the order in which readers see it. It is saved in batches at the end. */
    private final class Changes {
        private final ChannelId channel;
        private final Instant now;
        private final List<Change> changes = new ArrayList<>();
        private final List<PublicMessage> puts = new ArrayList<>();
        private final List<PublicMessage> replaced = new ArrayList<>();
        private final List<PublicMessage> takedowns = new ArrayList<>();
        private int added;

        /**
         * @param number of the change in its transaction, from 1
         * @param ts empty: the metadata or an author changed
         * @param event for webhooks; empty: they receive none
         */
        private record Change(int number, Op op, Optional<MessageTs> ts, Optional<Event> event) {}

        Changes(ChannelId channel, Instant now) {
            this.channel = channel;
            this.now = now;
        }

        int count() {
            return changes.size();
        }

        void addMetadata() {
            add(Op.META, Optional.empty(), Optional.empty());
        }

        void put(PublicMessage message, Optional<PublicMessage> was) {
            if (was.equals(Optional.of(message))) {
                return;
            }
            boolean isCut = was.filter(message::lacksPartOf).isPresent();
            Event event = was.isEmpty() ? Event.PUBLISHED : Event.CHANGED;
            add(isCut ? Op.CUT : Op.PUT, Optional.of(message.ts()), Optional.of(event));
            puts.add(message);
            was.ifPresentOrElse(replaced::add, () -> added++);
            if (isCut) {
                takedowns.add(was.get());
            }
        }

        void takeDown(PublicMessage message) {
            add(Op.DEL, Optional.of(message.ts()), Optional.of(Event.TAKEN_DOWN));
            replaced.add(message);
            takedowns.add(message);
            added--;
        }

        private void add(Op op, Optional<MessageTs> ts, Optional<Event> event) {
            changes.add(new Change(changes.size() + 1, op, ts, event));
        }

        void save() {
            if (changes.isEmpty()) {
                return;
            }
            saveChanges();
            db.runEach(
                    "DELETE FROM public_reply WHERE channel = ? AND thread_ts = ?",
                    replaced.stream()
                            .filter(message -> !message.replies().isEmpty())
                            .toList(),
                    message -> List.of(channel, message.ts()));
            db.runEach(
                    "DELETE FROM public_message WHERE channel = ? AND ts = ?",
                    takedowns,
                    message -> List.of(channel, message.ts()));
            savePuts();
            if (!takedowns.isEmpty()) {
                takedowns.forEach(message -> new TakedownQueue(db).markFilesHolding(channel, message));
                deleteUnusedAuthors(channel);
            }
        }

        /** The time of the newest change goes back only if the clock was ahead by more than a day. */
        private void saveChanges() {
            long last = db.first(
                            """
                            UPDATE channel
                            SET seq = seq + ?1, count = count + ?2,
                                updated_at = CASE WHEN updated_at > ?4 THEN ?3 ELSE MAX(updated_at, ?3) END
                            WHERE id = ?5
                            RETURNING seq
                            """,
                            row -> row.number("seq"),
                            changes.size(),
                            added,
                            now,
                            now.plus(MAX_CLOCK_ERROR),
                            channel)
                    .orElseThrow();
            long before = last - changes.size();
            db.runEach(
                    "INSERT INTO change (channel, seq, op, ts) VALUES (?, ?, ?, ?)",
                    changes,
                    change -> List.of(channel, before + change.number(), change.op(), change.ts()));
            var outbox = new OutboxRepository(db);
            if (outbox.hasWebhooks()) {
                changes.forEach(change -> change.event()
                        .ifPresent(event -> outbox.add(channel, before + change.number(), event, change.ts(), now)));
            }
        }

        private void savePuts() {
            db.runEach(
                    """
                    INSERT INTO public_message
                        (channel, ts, author, html, text, published_at, edited_at, thread_ts, additions, pinned, key_event)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (channel, ts) DO UPDATE
                    SET author = excluded.author, html = excluded.html, text = excluded.text,
                        published_at = excluded.published_at, edited_at = excluded.edited_at,
                        thread_ts = excluded.thread_ts, additions = excluded.additions, pinned = excluded.pinned,
                        key_event = excluded.key_event, share_page_current = 0
                    """,
                    puts,
                    message -> List.of(
                            channel,
                            message.ts(),
                            message.author(),
                            message.html(),
                            message.text(),
                            message.publishedAt(),
                            message.editedAt(),
                            message.threadTs(),
                            message.additions().equals(Additions.NONE) ? "{}" : RecordJson.write(message.additions()),
                            message.annotations().pinned(),
                            message.annotations().key()));
            for (PublicMessage message : puts) {
                db.runEach(
                        "INSERT INTO public_reply (channel, thread_ts, ts, author) VALUES (?, ?, ?, ?)",
                        message.replies(),
                        reply -> List.of(channel, message.ts(), reply.ts(), reply.author()));
            }
        }
    }

    /** Deletes changes that the pages show and that no pointer will list again. */
    void deleteChanges(ChannelId channel, long base) {
        db.run(
                "DELETE FROM change WHERE channel = ? AND seq <= ? AND seq <= ?",
                channel,
                base,
                seq(channel) - CHANGES_KEPT);
    }

    private long seq(ChannelId channel) {
        return db.first("SELECT seq FROM channel WHERE id = ?", row -> row.number("seq"), channel)
                .orElse(0L);
    }
}
