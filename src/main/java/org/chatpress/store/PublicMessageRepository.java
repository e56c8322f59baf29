package org.chatpress.store;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.chatpress.approval.policy.ApprovalPolicy.MessageSnapshot;
import org.chatpress.approval.policy.Decision;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.PublicMessage;
import org.chatpress.model.PublicMessage.Author;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.SlackImageFile;
import org.chatpress.render.json.ChatMetadata;
import org.chatpress.render.json.ChatSource;
import org.chatpress.render.json.ChatSource.Change.Op;
import org.chatpress.store.sql.Database;

/** What readers may see: public messages, their authors, and every change of them, each of which counts one up. */
public final class PublicMessageRepository {
    /** Older changes are in the pages; the pointer never looks back so far. */
    private static final int CHANGES_KEPT = 100;

    private final Database db;

    PublicMessageRepository(Database db) {
        this.db = db;
    }

    /**
     * A decision on a message, and what readers see of the message after it.
     *
     * @param publicMessage present if the message is public; empty for replies, which are part of their root's
     * @param authors the authors of the message and its replies
     * @param images the images that the message and each of its replies show; empty: the same as before
     * @param emoji the custom emoji that the message and each of its replies name, each with the name of the image to
     *     show; empty: the same as before
     */
    public record ReviewedMessage(
            MessageSnapshot snapshot,
            Decision decision,
            Optional<PublicMessage> publicMessage,
            List<Author> authors,
            Optional<Map<MessageTs, List<SlackImageFile>>> images,
            Optional<Map<MessageTs, Map<String, String>>> emoji) {
        public ReviewedMessage {
            authors = List.copyOf(authors);
            images = images.map(Map::copyOf);
            emoji = emoji.map(Map::copyOf);
        }

        /** A message that is not public, or a reply. */
        public static ReviewedMessage withoutPublicMessage(MessageSnapshot snapshot, Decision decision) {
            return new ReviewedMessage(
                    snapshot, decision, Optional.empty(), List.of(), Optional.empty(), Optional.empty());
        }

        /** A public message that lost some of its parts. */
        public static ReviewedMessage reduced(MessageSnapshot snapshot, Decision decision, PublicMessage message) {
            return new ReviewedMessage(
                    snapshot, decision, Optional.of(message), List.of(), Optional.empty(), Optional.empty());
        }

        /** A public message that was built anew, with everything that it shows. */
        public static ReviewedMessage rebuilt(
                MessageSnapshot snapshot,
                Decision decision,
                PublicMessage message,
                List<Author> authors,
                Map<MessageTs, List<SlackImageFile>> images,
                Map<MessageTs, Map<String, String>> emoji) {
            return new ReviewedMessage(
                    snapshot, decision, Optional.of(message), authors, Optional.of(images), Optional.of(emoji));
        }
    }

    /** Writes down what was decided of a channel's messages, in one transaction. Gives how many changes readers see. */
    public int applyDecisions(ChannelId channel, String rule, List<ReviewedMessage> decisions, Instant now) {
        return db.inTransaction(() -> {
            long before = seq(channel);
            var messages = new MessageRepository(db);
            boolean mirrors = mirrorsAvatars(channel);
            Map<UserId, Author> told = new HashMap<>();
            for (ReviewedMessage decision : decisions) {
                messages.saveDecision(channel, decision.snapshot(), decision.decision());
                Optional<PublicMessage> was = message(channel, decision.snapshot());
                for (Author author : decision.authors()) {
                    if (!author.equals(told.put(author.id(), author))) {
                        saveAuthor(channel, author, mirrors, now);
                    }
                }
                if (!decision.snapshot().message().isReply()) {
                    wantPictures(channel, decision, was, now);
                }
                decision.publicMessage()
                        .ifPresentOrElse(
                                message -> put(channel, message, was, now),
                                () -> was.ifPresent(message -> takeDown(channel, message, now)));
            }
            new ChannelRepository(db).setPolicyDigest(channel, rule);
            return (int) (seq(channel) - before);
        });
    }

    /** Photos and emoji go with their message, and a reply's with that reply or with the message that it answers. */
    private void wantPictures(ChannelId channel, ReviewedMessage decision, Optional<PublicMessage> was, Instant now) {
        if (isNewAndBare(decision)) {
            return;
        }
        var photos = new PhotoRepository(db);
        var emoji = new EmojiRepository(db);
        MessageTs ts = decision.snapshot().message().ts();
        Set<MessageTs> shown = new HashSet<>();
        decision.publicMessage().ifPresent(message -> {
            shown.add(ts);
            message.replies().forEach(reply -> shown.add(reply.ts()));
        });
        Set<MessageTs> gone = new HashSet<>(Set.of(ts));
        was.ifPresent(message -> message.replies().forEach(reply -> gone.add(reply.ts())));
        gone.removeAll(shown);
        gone.forEach(left -> {
            photos.request(channel, left, List.of(), now);
            emoji.recordUse(channel, left, Map.of(), now);
        });
        decision.images().ifPresent(images -> images.forEach((of, wanted) -> photos.request(channel, of, wanted, now)));
        decision.emoji().ifPresent(named -> named.forEach((of, names) -> emoji.recordUse(channel, of, names, now)));
    }

    /** True for a message that is judged for the first time, and has neither pictures nor replies: most are so. */
    private static boolean isNewAndBare(ReviewedMessage decision) {
        return decision.snapshot().reviewState().isEmpty()
                && decision.publicMessage().stream()
                        .allMatch(message -> message.replies().isEmpty())
                && decision.images().orElse(Map.of()).values().stream().allMatch(List::isEmpty)
                && decision.emoji().orElse(Map.of()).values().stream().allMatch(Map::isEmpty);
    }

    /** A channel's own words have changed, or are known for the first time. */
    public void setMetadata(ChannelId channel, ChatMetadata metadata, Instant now) {
        db.inTransaction(() -> {
            ChannelRepository.ChannelRow row =
                    new ChannelRepository(db).row(channel).orElseThrow();
            db.run(
                    "UPDATE channel SET metadata = ?, pointer_seq = -1 WHERE id = ?",
                    RecordJson.write(metadata),
                    channel);
            unshare(channel);
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
                change(channel, Op.META, null, 0, now);
            });
        });
    }

    /** Somebody is called otherwise from now on, in every chat that shows them. */
    public void saveAuthor(Author author, Instant now) {
        db.inTransaction(() -> {
            List<String> chats =
                    db.list("SELECT channel FROM author WHERE id = ?", row -> row.text("channel"), author.id());
            chats.stream().map(ChannelId::new).forEach(chat -> saveAuthor(chat, author, mirrorsAvatars(chat), now));
        });
    }

    /** The public message as it stands; empty while it may not be seen. */
    public Optional<PublicMessage> message(ChannelId channel, MessageTs ts) {
        return SqlChatSource.message(db, channel, ts);
    }

    /** Likewise; nobody sees what was never judged, so nobody need look for it. */
    public Optional<PublicMessage> message(ChannelId channel, MessageSnapshot snapshot) {
        return snapshot.reviewState()
                .flatMap(before -> message(channel, snapshot.message().ts()));
    }

    /** True if a message or a part of one left after a change. */
    public boolean hasTakedownAfter(ChannelId channel, long seq) {
        return db.exists("SELECT 1 FROM change WHERE channel = ? AND seq > ? AND op IN ('CUT', 'DEL')", channel, seq);
    }

    /** True if a message's share page is missing or not what it should be. */
    public boolean hasMissingSharePages(ChannelId channel) {
        return db.exists("SELECT 1 FROM public_message WHERE channel = ? AND share_page_current = 0 LIMIT 1", channel);
    }

    /** The newest of all public messages and replies. */
    public Optional<MessageTs> newest(ChannelId channel) {
        return db.first("""
                        SELECT MAX(ts) AS ts
                        FROM (SELECT MAX(ts) AS ts FROM public_message WHERE channel = ?1
                              UNION ALL
                              SELECT MAX(ts) AS ts FROM public_reply WHERE channel = ?1)
                        """, row -> row.optionalText("ts"), channel)
                .flatMap(ts -> ts)
                .map(MessageTs::new);
    }

    /** A chat, for rendering. */
    public ChatSource chat(ChannelId channel) {
        return new SqlChatSource(db, new ChannelRepository(db).row(channel).orElseThrow());
    }

    private void put(ChannelId channel, PublicMessage message, Optional<PublicMessage> was, Instant now) {
        if (was.equals(Optional.of(message))) {
            return;
        }
        db.run(
                """
                INSERT OR REPLACE INTO public_message
                    (channel, ts, author, html, text, published_at, edited_at, thread_ts, additions, pinned, key_event)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                channel,
                message.ts(),
                message.author(),
                message.html(),
                message.text(),
                message.publishedAt(),
                message.editedAt(),
                message.threadTs(),
                RecordJson.write(message.additions()),
                message.annotations().pinned(),
                message.annotations().key());
        putReplies(channel, message, was.map(PublicMessage::replies).orElse(List.of()));
        if (was.filter(message::lacksPartOf).isPresent()) {
            change(channel, Op.CUT, message.ts(), 0, now);
            new TakedownQueue(db).markFilesHolding(channel, was.get());
            deleteUnusedAuthors(channel);
        } else {
            change(channel, Op.PUT, message.ts(), was.isEmpty() ? 1 : 0, now);
        }
    }

    private void putReplies(ChannelId channel, PublicMessage message, List<PublicMessage> were) {
        if (message.replies().isEmpty() && were.isEmpty()) {
            return;
        }
        db.run("DELETE FROM public_reply WHERE channel = ? AND thread_ts = ?", channel, message.ts());
        for (PublicMessage reply : message.replies()) {
            db.run(
                    "INSERT INTO public_reply (channel, thread_ts, ts, author) VALUES (?, ?, ?, ?)",
                    channel,
                    message.ts(),
                    reply.ts(),
                    reply.author());
        }
    }

    /** Takes a message down, with its author's profile if it was the author's last one. */
    private void takeDown(ChannelId channel, PublicMessage message, Instant now) {
        MessageTs ts = message.ts();
        db.run("DELETE FROM public_message WHERE channel = ? AND ts = ?", channel, ts);
        db.run("DELETE FROM public_reply WHERE channel = ? AND thread_ts = ?", channel, ts);
        change(channel, Op.DEL, ts, -1, now);
        new TakedownQueue(db).markFilesHolding(channel, message);
        deleteUnusedAuthors(channel);
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

    /** The share pages of a channel are rendered anew, all in their time. */
    private void unshare(ChannelId channel) {
        db.run(
                "UPDATE public_message SET share_page_current = 0 WHERE channel = ? AND share_page_current = 1",
                channel);
    }

    /** @param mirrors true if the chat shows copies of avatars */
    private void saveAuthor(ChannelId channel, Author author, boolean mirrors, Instant now) {
        Optional<Author> was = db.first(
                "SELECT * FROM author WHERE channel = ? AND id = ?", SqlChatSource::author, channel, author.id());
        if (was.equals(Optional.of(author))) {
            return;
        }
        db.run(
                "INSERT OR REPLACE INTO author (channel, id, display_name, title, image_48) VALUES (?, ?, ?, ?, ?)",
                channel,
                author.id(),
                author.displayName(),
                author.title(),
                author.image48());
        if (mirrors) {
            new MirroredImageRepository(db).request(author.image48(), now);
        }
        was.map(Author::image48).ifPresent(new MirroredImageRepository(db)::deleteIfUnused);
        if (was.isPresent()) {
            changed(channel, author.id(), now);
        }
    }

    /** A picture is there: whoever has it is shown otherwise from now on. */
    void onImageMirrored(String url, Instant now) {
        db
                .list(
                        "SELECT channel, id FROM author WHERE image_48 = ?",
                        row -> Map.entry(new ChannelId(row.text("channel")), new UserId(row.text("id"))),
                        url)
                .stream()
                .filter(author -> mirrorsAvatars(author.getKey()))
                .forEach(author -> changed(author.getKey(), author.getValue(), now));
    }

    private boolean mirrorsAvatars(ChannelId channel) {
        return new ChannelRepository(db)
                .row(channel)
                .flatMap(ChannelRepository.ChannelRow::metadata)
                .map(metadata -> metadata.publishing().mirrorsAvatars())
                .orElse(false);
    }

    private void changed(ChannelId channel, UserId author, Instant now) {
        change(channel, Op.META, null, 0, now);
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

    /**
     * The newest change's time never goes back, whatever the clock does.
     *
     * @param more how many messages readers see more than before
     */
    private void change(ChannelId channel, Op op, MessageTs ts, int more, Instant now) {
        long seq = db.first("""
                        UPDATE channel
                        SET seq = seq + 1, count = count + ?, updated_at = MAX(updated_at, ?)
                        WHERE id = ?
                        RETURNING seq
                        """, row -> row.number("seq"), more, now, channel).orElseThrow();
        db.run("INSERT INTO change (channel, seq, op, ts) VALUES (?, ?, ?, ?)", channel, seq, op, ts);
    }

    /** Forgets changes that the pages show and no pointer will carry again. */
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
