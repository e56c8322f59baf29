package org.chatpress.store;

import static java.util.stream.Collectors.toSet;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.chatpress.model.ChannelId;
import org.chatpress.model.Hashes;
import org.chatpress.model.MessageTs;
import org.chatpress.publish.plan.FileState.Event;
import org.chatpress.render.json.ChannelList;
import org.chatpress.render.json.ChatMetadata;
import org.chatpress.render.json.ChatSource.PageRef;
import org.chatpress.render.json.FileRole;
import org.chatpress.render.json.PublishingInfo.OutputFormat;
import org.chatpress.render.json.RenderedChat;
import org.chatpress.render.json.RenderedChat.IndexState;
import org.chatpress.render.json.RenderedFile;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage.Content;
import org.chatpress.storage.Storage.StoredObject;
import org.chatpress.store.SqlPublishState.FileStateSql;
import org.chatpress.store.sql.Database;

/** The rendered files, which should be on every storage, with their content: each can be uploaded again at any time. */
public final class RenderedFileRepository {
    /** Stands for the channel of channels.json. */
    static final String NO_CHANNEL = "";

    /** In compressed bytes. */
    private static final int LONG_FILE = 100_000;

    private final Database db;

    RenderedFileRepository(Database db) {
        this.db = db;
    }

    /**
     * Saves the rendered files of a channel and deletes the others.
     *
     * @param seq of the newest change that they show
     */
    public void save(ChannelId channel, RenderedChat rendered, long seq, Instant now) {
        db.inTransaction(() -> {
            ChannelRepository.ChannelRow row =
                    new ChannelRepository(db).row(channel).orElseThrow();
            long version = row.version() + 1;
            Set<String> kept = new HashSet<>();
            for (RenderedFile file : rendered.files()) {
                kept.add(file.object().key().value());
                save(channel.value(), file, version);
                // If the chat has changed since, its share pages are rendered again.
                if (file.role() == FileRole.SHARE_PAGE && row.seq() == seq) {
                    db.run(
                            "UPDATE public_message SET share_page_current = 1 WHERE channel = ? AND ts = ?",
                            channel,
                            file.messages().get(0));
                }
            }
            if (rendered.completeRoles().contains(FileRole.WHOLE)) {
                db.run(
                        "UPDATE channel SET whole_seq = ?, whole_at = MAX(?, updated_at), whole_size = ? WHERE id = ?",
                        seq,
                        now,
                        gzippedSize(rendered, Set.of(FileRole.WHOLE)),
                        channel);
            }
            if (rendered.completeRoles().containsAll(FileRole.NEWEST_FILES)) {
                db.run(
                        "UPDATE channel SET newest_files_seq = ?, newest_files_at = MAX(?, updated_at), newest_files_size = ? WHERE id = ?",
                        seq,
                        now,
                        gzippedSize(rendered, FileRole.NEWEST_FILES),
                        channel);
            }
            rendered.indexState()
                    .ifPresent(index ->
                            index.pages().forEach(page -> kept.add(page.key().value())));
            keysToDelete(row, rendered, kept).forEach(this::discard);
            rendered.indexState().ifPresent(index -> save(channel, index));
            db.run(
                    "UPDATE channel SET pointer_seq = ?, max_pointer_seq = ?, version = ?, backfilled = 1 WHERE id = ?",
                    seq,
                    seq,
                    version,
                    channel);
        });
    }

    /** Saves pages of a chat that is rendered over several cycles; until it has an index, nothing of it is published. */
    public void savePages(ChannelId channel, RenderedChat rendered) {
        IndexState state = rendered.indexState().orElseThrow();
        db.inTransaction(() -> {
            long version = new ChannelRepository(db).row(channel).orElseThrow().version() + 1;
            rendered.files().forEach(file -> save(channel.value(), file, version));
            Set<String> kept =
                    state.pages().stream().map(page -> page.key().value()).collect(toSet());
            List<String> obsolete = pages(channel);
            obsolete.removeIf(kept::contains);
            obsolete.forEach(this::discard);
            save(channel, state);
        });
    }

    /** Adds a file to those that were rendered, such as a photo. */
    void add(ChannelId channel, RenderedFile file) {
        add(channel, file, digest(file.object()));
    }

    /** Adds a file whose digest is known: that of a long file is computed before the transaction. */
    void add(ChannelId channel, RenderedFile file, String digest) {
        long version = new ChannelRepository(db).row(channel).orElseThrow().version() + 1;
        save(channel.value(), file, digest, version);
        db.run("UPDATE channel SET version = ? WHERE id = ?", version, channel);
    }

    /** Saves channels.json if it changed. */
    public void save(RenderedFile channelList) {
        db.inTransaction(() -> {
            long version = db.first(
                            "SELECT version FROM rendered_file WHERE key = ?",
                            row -> row.number("version"),
                            ChannelList.KEY)
                    .orElse(0L);
            save(NO_CHANNEL, channelList, version + 1);
        });
    }

    /** Deletes every file of the channel, on every storage. */
    public void clear(ChannelId channel) {
        db.inTransaction(() -> {
            db.run("DELETE FROM page WHERE channel = ?", channel);
            keepFilesThatOthersShow(channel);
            new TakedownQueue(db).deleteAll(channel);
            new PhotoRepository(db).restart(channel);
            new ClipRepository(db).restart(channel);
            db.run(
                    "UPDATE public_message SET share_page_current = 0 WHERE channel = ? AND share_page_current = 1",
                    channel);
            db.run(
                    "UPDATE channel SET pointer_seq = seq, whole_seq = -1, whole_at = NULL, newest_files_seq = -1, newest_files_at = NULL,"
                            + " index_digest = '' WHERE id = ?",
                    channel);
        });
    }

    /**
     * Deletes what a channel's storages have of a takedown, because nothing replaces it soon; with it goes the pointer.
     * Returns whether there was any.
     */
    public boolean deleteUnreplaced(ChannelId channel) {
        return db.inTransaction(() -> new TakedownQueue(db).deleteUnreplaced(channel));
    }

    /** Photos and clips in a former folder of another chat, which still shows them, become that chat's. */
    private void keepFilesThatOthersShow(ChannelId channel) {
        db.list(
                        """
                        SELECT clip.channel, clip.key, poster
                        FROM rendered_file AS file INDEXED BY rendered_file_clip
                        JOIN clip INDEXED BY clip_key ON clip.key = file.key
                        WHERE file.role = 'CLIP' AND file.channel = ?1 AND clip.channel <> ?1
                        """,
                        row -> {
                            var files = new HashMap<String, String>();
                            files.put(row.text("key"), row.text("channel"));
                            files.put(row.text("poster"), row.text("channel"));
                            return files;
                        },
                        channel)
                .forEach(files -> files.forEach(this::moveToChannel));
        db.list("""
                        SELECT photo.channel, photo.key
                        FROM rendered_file AS file
                        JOIN photo INDEXED BY photo_key ON photo.key = file.key
                        WHERE file.role = 'PHOTO' AND file.channel = ?1 AND photo.channel <> ?1
                        """, row -> Map.of(row.text("key"), row.text("channel")), channel)
                .forEach(files -> files.forEach(this::moveToChannel));
    }

    private void moveToChannel(String key, String channel) {
        db.run("UPDATE rendered_file SET channel = ? WHERE key = ?", channel, key);
        db.run("UPDATE storage_file SET channel = ? WHERE key = ?", channel, key);
    }

    /** True if the channel has files. */
    public boolean has(ChannelId channel) {
        return db.exists("SELECT 1 FROM rendered_file WHERE channel = ? LIMIT 1", channel);
    }

    /** True if the channel's chat was rendered as a whole. */
    public boolean isRendered(ChannelId channel) {
        return db.exists(
                "SELECT 1 FROM rendered_file WHERE channel = ? AND role = ? LIMIT 1", channel, FileRole.POINTER);
    }

    /** The channels whose chat was rendered as a whole. */
    public Set<ChannelId> channels() {
        return new ChannelRepository(db).having("rendered_file", "role = 'POINTER'");
    }

    /** True if channels.json was ever rendered. */
    public boolean hasChannelList() {
        return db.exists("SELECT 1 FROM rendered_file WHERE key = ?", ChannelList.KEY);
    }

    /** The file; empty if it is not among the rendered ones. */
    public Optional<StoredObject> object(ObjectKey key) {
        return db.first(
                "SELECT * FROM rendered_file WHERE key = ?",
                row -> new StoredObject(
                        key,
                        content(row.bytes("body"), FileRole.valueOf(row.text("role"))),
                        row.text("content_type"),
                        row.text("cache_control")),
                key);
    }

    /** True for a file that may take megabytes of memory. */
    boolean isLong(ObjectKey key) {
        return db.exists("SELECT 1 FROM rendered_file WHERE key = ? AND length(body) > ?", key, LONG_FILE);
    }

    private void save(String channel, RenderedFile file, long version) {
        save(channel, file, digest(file.object()), version);
    }

    private void save(String channel, RenderedFile file, String digest, long version) {
        StoredObject object = file.object();
        Optional<String> saved = db.first(
                "SELECT digest FROM rendered_file WHERE key = ? AND channel = ?",
                row -> row.text("digest"),
                object.key(),
                channel);
        if (saved.equals(Optional.of(digest))) {
            return;
        }
        db.run(
                """
                INSERT INTO rendered_file (key, channel, role, digest, content_type, cache_control, body, version)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (key) DO UPDATE
                SET channel = excluded.channel, role = excluded.role, digest = excluded.digest,
                    content_type = excluded.content_type, cache_control = excluded.cache_control,
                    body = excluded.body, version = excluded.version
                """,
                object.key(),
                channel,
                file.role(),
                digest,
                object.contentType(),
                object.cacheControl(),
                body(file),
                version);
        db.runEach(
                "INSERT INTO file_message (channel, ts, key, version) VALUES (?, ?, ?, ?)"
                        + " ON CONFLICT (channel, ts, key) DO UPDATE SET version = excluded.version",
                file.messages(),
                ts -> List.of(channel, ts, object.key(), version));
        db.run("""
                UPDATE storage_file
                SET channel = ?, role = ?, unreferenced_since = NULL, state = %s
                WHERE key = ?
                """.formatted(FileStateSql.after(rendered(file.role()))), channel, file.role(), object.key());
    }

    /** Clips are uploaded while other files are deleted, so one that is being deleted has to go before it comes back. */
    private static Event rendered(FileRole role) {
        return role.isMutable() || role == FileRole.CLIP ? Event.RENDERED : Event.CURRENT;
    }

    /** Clips are too large for the database. */
    private static byte[] body(RenderedFile file) {
        return switch (file.role()) {
            case CLIP -> new byte[0];
            case PHOTO -> file.object().bytes();
            default -> file.object().content().gzip();
        };
    }

    /**
     * The files that are no longer needed. Those that are rendered within a budget stay unless they were rendered now.
     */
    private List<String> keysToDelete(ChannelRepository.ChannelRow row, RenderedChat rendered, Set<String> kept) {
        List<String> keys = rendered.indexState().isPresent() ? pages(row.id()) : new ArrayList<>();
        keys.addAll(db.list(
                "SELECT key FROM rendered_file WHERE channel = ? AND role IN (%s)"
                        .formatted(Database.literals(rendered.completeRoles())),
                r -> r.text("key"),
                row.id()));
        if (row.pointerSeq() < 0) {
            keys.addAll(obsoleteSharePages(row.metadata().orElseThrow()));
        }
        keys.removeIf(kept::contains);
        return keys;
    }

    private List<String> pages(ChannelId channel) {
        boolean areForgotten = !db.exists("SELECT 1 FROM page WHERE channel = ? LIMIT 1", channel);
        return areForgotten
                ? db.list(
                        "SELECT key FROM rendered_file WHERE channel = ? AND role = ?",
                        r -> r.text("key"),
                        channel,
                        FileRole.PAGE)
                : db.list("SELECT key FROM page WHERE channel = ?", r -> r.text("key"), channel);
    }

    /** Share pages in the chat's former folder, or all if the chat no longer has any. */
    private List<String> obsoleteSharePages(ChatMetadata metadata) {
        List<String> pages = new ArrayList<>(db.list(
                "SELECT key FROM rendered_file WHERE channel = ? AND role = ?",
                r -> r.text("key"),
                metadata.id(),
                FileRole.SHARE_PAGE));
        if (metadata.publishing().has(OutputFormat.SHARE_PAGES)) {
            pages.removeIf(key -> key.startsWith(metadata.slug() + "/"));
        }
        return pages;
    }

    private void discard(String key) {
        db.run("DELETE FROM rendered_file WHERE key = ?", key);
        db.run(
                "UPDATE storage_file SET state = %s WHERE key = ? AND %s"
                        .formatted(FileStateSql.after(Event.LEFT_OUT), FileStateSql.isChangedBy(Event.LEFT_OUT)),
                key);
        new TakedownQueue(db).forgetMessages(key);
    }

    private void save(ChannelId channel, IndexState index) {
        db.run(
                "UPDATE channel SET pages_seq = ?, index_digest = ? WHERE id = ?",
                index.base(),
                index.metadataDigest(),
                channel);
        new PublicMessageRepository(db).deleteChanges(channel, index.base());
        Map<MessageTs, String> former = new HashMap<>();
        db.list(
                "SELECT start_ts, key FROM page WHERE channel = ?",
                row -> former.put(new MessageTs(row.text("start_ts")), row.text("key")),
                channel);
        for (PageRef page : index.pages()) {
            String was = former.remove(page.startsAt());
            if (!page.key().value().equals(was)) {
                db.run(
                        "INSERT INTO page (channel, start_ts, first_ts, count, key) VALUES (?, ?, ?, ?, ?)"
                                + " ON CONFLICT (channel, start_ts) DO UPDATE"
                                + " SET first_ts = excluded.first_ts, count = excluded.count, key = excluded.key",
                        channel,
                        page.startsAt(),
                        page.first(),
                        page.count(),
                        page.key());
            }
        }
        former.keySet().forEach(start -> db.run("DELETE FROM page WHERE channel = ? AND start_ts = ?", channel, start));
    }

    /** True if the pointer found on a storage has this digest. The storage may not know its headers. */
    static boolean isPointer(StoredObject found, String digest) {
        return Stream.of(FileRole.POINTER.cacheControl(), FileRole.CLOSED_POINTER)
                .map(caching -> new StoredObject(found.key(), found.bytes(), FileRole.POINTER.contentType(), caching))
                .anyMatch(object -> digest(object).equals(digest));
    }

    /** The digest of a file's headers and content, all of which it reads. */
    static String digest(StoredObject object) {
        String headers = object.contentType() + "\n" + object.cacheControl() + "\n";
        try (InputStream content = object.content().open()) {
            return Hashes.sha256(headers.getBytes(StandardCharsets.UTF_8), content)
                    .substring(0, 32);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int gzippedSize(RenderedChat rendered, Set<FileRole> roles) {
        return rendered.files().stream()
                .filter(file -> roles.contains(file.role()))
                .mapToInt(file -> file.object().content().gzip().length)
                .sum();
    }

    /** Photos are not compressed again. Throws if the disk has damaged a compressed file. */
    private static Content content(byte[] stored, FileRole role) {
        if (role == FileRole.PHOTO) {
            return Content.of(stored);
        }
        Content content = Content.ofGzip(stored);
        try (InputStream in = content.open()) {
            // The stream compares length and checksum when it reaches the end
            in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return content;
    }
}
