package org.chatpress.render.json;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.chatpress.model.Json;
import org.chatpress.model.MessageTs;
import org.chatpress.model.PublicMessage;
import org.chatpress.model.PublicMessage.Author;
import org.chatpress.model.UserId;
import org.chatpress.render.json.ChatSource.PageRef;
import org.chatpress.render.json.PublishingInfo.OutputFormat;
import org.chatpress.render.json.RenderedChat.IndexState;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage.Content;

/**
 * Renders the files of a chat. A small change costs only a new pointer, which carries it as an op. Pages and index are
 * rewritten before an op would drop out of the pointer, and when something was taken down.
 *
 * <p>What readers rely on: the chat at {@code seq} is what the index's pages show, plus the ops above {@code base}.
 */
public final class ChatRenderer {
    /** The version of the published format. */
    private static final int VERSION = 1;

    private static final int POLL_SECONDS = 10;

    private static final int CHUNK = 500;

    /** The pointer lists only so many pinned messages and key events, the newest; the index lists all. */
    private static final int MAX_IDS_IN_POINTER = 40;

    /** 8 KB, less what the members besides channel and ops may take. */
    private static final int MAX_POINTER_BYTES = 8 * 1024 - 512;

    private final ChatSource chat;
    private final ChatMetadata metadata;
    private final RenderedChat.Builder files;

    private ChatRenderer(ChatSource chat) {
        this.chat = chat;
        this.metadata = chat.metadata();
        this.files = new RenderedChat.Builder(metadata.slug());
    }

    /**
     * The files of the chat at its newest change.
     *
     * @param withWholeChat whether to render the files that hold every message, whose cost grows with the chat
     */
    public static RenderedChat render(ChatSource chat, boolean withWholeChat) {
        return new ChatRenderer(chat).render(withWholeChat);
    }

    /**
     * More pages of a long chat that has no index: of the oldest messages that are on none yet. What changes meanwhile is
     * above the base, and {@link #render} rewrites it with the rest of the pages, once few are lacking.
     *
     * @param limit of messages to render
     * @return empty if the chat has an index, or if no more messages than the limit follow its pages
     */
    public static Optional<RenderedChat> firstPages(ChatSource chat, int limit) {
        if (chat.count() <= limit || chat.hasIndex()) {
            return Optional.empty();
        }
        List<PageRef> old = chat.pages();
        int following = countFollowing(chat, old);
        int inserted = chat.count() - following - count(old);
        if (inserted > limit) {
            // Older messages were read meanwhile: from the start again.
            old = List.of();
            following = chat.count();
        }
        if (following <= limit) {
            return Optional.empty();
        }
        var files = new RenderedChat.Builder(chat.metadata().slug());
        List<PageRef> pages = new PageRenderer(chat, files).extend(old, limit);
        long base = old.isEmpty() ? chat.seq() : chat.base();
        return Optional.of(files.build(Optional.of(new IndexState(base, pages, "")), Set.of()));
    }

    /** How many messages belong after the last page. */
    private static int countFollowing(ChatSource chat, List<PageRef> pages) {
        if (pages.isEmpty()) {
            return chat.count();
        }
        PageRef last = pages.get(pages.size() - 1);
        return chat.countFrom(last.startsAt()) - last.count();
    }

    private static int count(List<PageRef> pages) {
        return pages.stream().mapToInt(PageRef::count).sum();
    }

    private RenderedChat render(boolean withWholeChat) {
        int channelBytes = JsonWriter.bytes(this::shortChannel).length;
        long base = chat.base();
        RecentChanges changes = RecentChanges.of(chat, base, MAX_POINTER_BYTES - channelBytes);
        boolean rewritesPages = changes.requiresRewrite() || changes.from() > base + 1 || !chat.hasIndex();
        String metadataDigest = RenderedFile.contentHash(JsonWriter.bytes(this::channel));
        // A long chat has hundreds of pages: read them only if the index has to be written.
        Optional<ObjectKey> currentIndex = rewritesPages ? Optional.empty() : chat.indexKey(metadataDigest);
        Optional<IndexState> newIndex = currentIndex.isPresent()
                ? Optional.empty()
                : Optional.of(indexState(base, rewritesPages, metadataDigest));

        MirroredImages images = MirroredImages.of(chat);
        files.addAll(images.files());
        List<Author> authors = images.authors();
        ObjectKey users =
                files.addImmutable(FileRole.AUTHORS, "u", JsonWriter.bytes(json -> authors(json, authors)), List.of());
        ObjectKey index = currentIndex.orElseGet(() -> addIndex(newIndex.orElseThrow()));
        addPointer(changes, newIndex.map(IndexState::base).orElse(base), index, users);
        Set<FileRole> completeRoles = EnumSet.of(FileRole.PICTURE, FileRole.AUTHORS, FileRole.POINTER);
        if (newIndex.isPresent()) {
            completeRoles.add(FileRole.INDEX);
        }
        if (withWholeChat) {
            addWholeChat(authors);
            completeRoles.addAll(FileRole.WHOLE_CHAT_FILES);
        }
        return files.build(newIndex, completeRoles);
    }

    private IndexState indexState(long base, boolean rewritesPages, String metadataDigest) {
        List<PageRef> pages = chat.pages();
        return rewritesPages || pages.isEmpty()
                ? new IndexState(chat.seq(), new PageRenderer(chat, files).rewrite(pages, base), metadataDigest)
                : new IndexState(base, pages, metadataDigest);
    }

    private static void authors(JsonGenerator json, List<Author> authors) throws IOException {
        json.writeStartObject();
        json.writeObjectFieldStart("users");
        for (Author author : authors) {
            json.writeFieldName(author.id().value());
            MessageJson.author(json, author);
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private ObjectKey addIndex(IndexState state) {
        return files.addImmutable(FileRole.INDEX, "x", JsonWriter.bytes(json -> index(json, state)), List.of());
    }

    private void index(JsonGenerator json, IndexState state) throws IOException {
        json.writeStartObject();
        json.writeNumberField("as_of", state.base());
        json.writeNumberField("total", count(state.pages()));
        json.writeFieldName("channel");
        channel(json);
        json.writeArrayFieldStart("pages");
        for (PageRef page : state.pages()) {
            json.writeStartArray();
            String name = page.key().name();
            json.writeString(name.substring(0, name.indexOf('.')));
            json.writeString(page.first().value());
            json.writeNumber(page.count());
            json.writeEndArray();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void addPointer(RecentChanges changes, long base, ObjectKey index, ObjectKey users) {
        byte[] bytes = JsonWriter.bytes(json -> {
            json.writeStartObject();
            json.writeNumberField("v", VERSION);
            json.writeStringField("epoch", chat.epoch());
            json.writeNumberField("seq", chat.seq());
            json.writeNumberField("base", base);
            json.writeStringField("index", "i/" + index.name());
            json.writeStringField("users", "i/" + users.name());
            json.writeNumberField("ops_from", changes.from());
            json.writeArrayFieldStart("ops");
            for (byte[] op : changes.ops()) {
                JsonWriter.embed(json, op);
            }
            json.writeEndArray();
            json.writeFieldName("channel");
            shortChannel(json);
            json.writeBooleanField("live", metadata.live());
            json.writeNumberField("poll", metadata.live() ? POLL_SECONDS : 0);
            json.writeNumberField("count", chat.count());
            json.writeStringField("updated", MessageJson.time(chat.updated()));
            json.writeEndObject();
        });
        files.addPointer(bytes, metadata.live(), changes.messages());
    }

    /** A long chat must not be in memory as a whole, neither its messages nor its files. */
    private void addWholeChat(List<Author> authors) {
        Map<UserId, Author> byId = authors.stream().collect(Collectors.toMap(Author::id, Function.identity()));
        Content whole = JsonWriter.compressed(json -> {
            json.writeStartObject();
            json.writeNumberField("version", VERSION);
            json.writeNumberField("seq", chat.seq());
            json.writeStringField("updated", MessageJson.time(chat.updated()));
            json.writeFieldName("channel");
            channel(json);
            json.writeArrayFieldStart("messages");
            Optional<MessageTs> before = Optional.empty();
            do {
                List<PublicMessage> messages = chat.newestMessages(before, CHUNK);
                for (PublicMessage message : messages) {
                    MessageJson.write(json, message, byId::get);
                }
                before = messages.isEmpty()
                        ? Optional.empty()
                        : Optional.of(messages.get(messages.size() - 1).ts());
            } while (before.isPresent());
            json.writeEndArray();
            json.writeEndObject();
        });
        files.addMutable(FileRole.WHOLE, metadata.file(), whole);
        if (metadata.jsonp()) {
            files.addMutable(FileRole.JSONP, metadata.jsonpFile(), jsonp(whole));
        }
        if (metadata.publishing().has(OutputFormat.ARCHIVE) && !metadata.live()) {
            files.addMutable(FileRole.ARCHIVE, metadata.slug() + "/archive.ndjson", archive(byId));
        }
    }

    /** One message per line, oldest first. */
    private Content archive(Map<UserId, Author> authors) {
        return JsonWriter.compressedStream(out -> {
            Optional<MessageTs> next = Optional.empty();
            do {
                // One more than a chunk: the next chunk starts with it
                List<PublicMessage> messages = chat.messages(next, Optional.empty(), CHUNK + 1);
                for (PublicMessage message : messages.subList(0, Math.min(CHUNK, messages.size()))) {
                    out.write(JsonWriter.bytes(json -> MessageJson.write(json, message, authors::get)));
                    out.write('\n');
                }
                next = messages.size() > CHUNK ? Optional.of(messages.get(CHUNK).ts()) : Optional.empty();
            } while (next.isPresent());
        });
    }

    private static Content jsonp(Content json) {
        return JsonWriter.compressedStream(out -> {
            var writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
            writer.write("callback(");
            var reader = new BufferedReader(new InputStreamReader(json.open(), StandardCharsets.UTF_8));
            for (int character = reader.read(); character >= 0; character = reader.read()) {
                switch (character) {
                    // JSON allows these two line separators in strings, JavaScript before ES2019 does not.
                    case '\u2028' -> writer.write("\\u2028");
                    case '\u2029' -> writer.write("\\u2029");
                    default -> writer.write(character);
                }
            }
            writer.write(");");
            writer.flush();
        });
    }

    /** The channel as index and whole chat show it. */
    private void channel(JsonGenerator json) throws IOException {
        channel(json, true, Integer.MAX_VALUE);
    }

    /** The channel as the pointer shows it, which has to stay small. */
    private void shortChannel(JsonGenerator json) throws IOException {
        channel(json, false, MAX_IDS_IN_POINTER);
    }

    private void channel(JsonGenerator json, boolean withLongTexts, int maxIds) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", metadata.id().value());
        json.writeStringField("slug", metadata.slug().value());
        json.writeStringField("headline", metadata.headline());
        if (withLongTexts) {
            json.writeStringField("description", metadata.description());
            json.writeStringField("live_content", metadata.liveContent());
        }
        json.writeBooleanField("live", metadata.live());
        closedAt(json, metadata);
        json.writeStringField("time_zone", metadata.timeZone());
        if (!metadata.publishing().language().equals("en")) {
            json.writeStringField("language", metadata.publishing().language());
        }
        ids(json, "pinned", chat.pinned(), maxIds);
        ids(json, "key_events", chat.keyEvents(), maxIds);
        if (!metadata.extras().isEmpty()) {
            json.writeFieldName("extras");
            JsonWriter.embed(json, Json.of(metadata.extras()).getBytes(StandardCharsets.UTF_8));
        }
        json.writeEndObject();
    }

    static void closedAt(JsonGenerator json, ChatMetadata metadata) throws IOException {
        if (metadata.closedAt().isPresent()) {
            json.writeStringField(
                    "closed_at", MessageJson.time(metadata.closedAt().get()));
        }
    }

    private static void ids(JsonGenerator json, String member, List<MessageTs> newestFirst, int maxIds)
            throws IOException {
        List<MessageTs> newest = newestFirst.subList(0, Math.min(maxIds, newestFirst.size()));
        JsonWriter.array(json, member, newest, ts -> json.writeString(ts.value()));
    }
}
