package org.chatpress.render.json;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.chatpress.model.Author;
import org.chatpress.model.Json;
import org.chatpress.model.MessageTs;
import org.chatpress.model.OutputFormat;
import org.chatpress.model.PublicMessage;
import org.chatpress.model.UserId;
import org.chatpress.storage.ObjectKey;

/**
 * Renders the files of a chat. Small changes cost a new pointer only: it carries them as ops. Before an op would fall
 * out of it, or when something was taken away, the touched pages and the index are written anew.
 *
 * <p>What readers rely on: the chat at {@code seq} is what the index's pages show, plus the ops above {@code base}.
 */
public final class ChatRenderer {
    /** The version of the published format. */
    private static final int VERSION = 1;

    private static final int POLL_SECONDS = 10;

    /** The pointer stays small: it names so many of the newest; the index has all. */
    private static final int IDS_IN_POINTER = 40;

    /** About 8 KB with the names and numbers that stand beside ops and the channel's own words. */
    private static final int MOST_BYTES_OF_POINTER = 8 * 1024 - 512;

    private final ChatSource chat;
    private final ChatMetadata metadata;
    private final RenderedChatBuilder files;

    private ChatRenderer(ChatSource chat) {
        this.chat = chat;
        this.metadata = chat.metadata();
        this.files = new RenderedChatBuilder(metadata.slug());
    }

    /**
     * The files of the chat as it is now.
     *
     * @param withWhole whether the whole chat's file is rendered too: its cost grows with the chat
     */
    public static RenderedChat render(ChatSource chat, boolean withWhole) {
        return new ChatRenderer(chat).edition(withWhole);
    }

    private RenderedChat edition(boolean withWhole) {
        byte[] ownWords = JsonWriter.bytes(json -> channel(json, false));
        long base = chat.base();
        RecentChanges ops = RecentChanges.of(chat, base, MOST_BYTES_OF_POINTER - ownWords.length);
        boolean rewrites = ops.rewritesPages() || ops.from() > base + 1;
        String words = RenderedChatBuilder.sha12(JsonWriter.bytes(json -> channel(json, true)));
        // A long chat has hundreds of pages: they are looked at only when the index is written anew.
        Optional<ObjectKey> there = rewrites ? Optional.empty() : chat.indexState(words);
        Optional<IndexState> contents =
                there.isPresent() ? Optional.empty() : Optional.of(contents(base, rewrites, words));

        MirroredImages portraits = MirroredImages.of(chat);
        files.add(portraits.files());
        files.add(EmojiFiles.of(chat));
        List<Author> authors = portraits.authors();
        ObjectKey users =
                files.immutable(FileRole.AUTHORS, "u", JsonWriter.bytes(json -> authors(json, authors)), List.of());
        ObjectKey index = there.orElseGet(() -> index(contents.orElseThrow()));
        pointer(ops, contents.map(IndexState::base).orElse(base), index, users);
        Set<FileRole> complete = EnumSet.of(FileRole.PICTURE, FileRole.AUTHORS, FileRole.POINTER);
        contents.ifPresent(written -> complete.add(FileRole.INDEX));
        if (withWhole) {
            whole(authors);
            complete.addAll(FileRole.WHOLE_CHAT_FILES);
        }
        return new RenderedChat(contents, files.files(), complete);
    }

    private IndexState contents(long base, boolean rewrites, String words) {
        List<PageRef> pages = chat.pages();
        return rewrites || pages.isEmpty()
                ? new IndexState(chat.seq(), new PageRenderer(chat, files).rewrite(pages, base), words)
                : new IndexState(base, pages, words);
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

    private ObjectKey index(IndexState contents) {
        return files.immutable(FileRole.INDEX, "x", JsonWriter.bytes(json -> index(json, contents)), List.of());
    }

    private void index(JsonGenerator json, IndexState contents) throws IOException {
        json.writeStartObject();
        json.writeNumberField("as_of", contents.base());
        json.writeNumberField(
                "total", contents.pages().stream().mapToInt(PageRef::count).sum());
        json.writeFieldName("channel");
        channel(json, true);
        json.writeArrayFieldStart("pages");
        for (PageRef page : contents.pages()) {
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

    private void pointer(RecentChanges ops, long base, ObjectKey index, ObjectKey users) {
        byte[] bytes = JsonWriter.bytes(json -> {
            json.writeStartObject();
            json.writeNumberField("v", VERSION);
            json.writeStringField("epoch", chat.epoch());
            json.writeNumberField("seq", chat.seq());
            json.writeNumberField("base", base);
            json.writeStringField("index", "i/" + index.name());
            json.writeStringField("users", "i/" + users.name());
            json.writeNumberField("ops_from", ops.from());
            json.writeArrayFieldStart("ops");
            for (byte[] op : ops.ops()) {
                JsonWriter.embed(json, op);
            }
            json.writeEndArray();
            json.writeFieldName("channel");
            channel(json, false);
            json.writeBooleanField("live", metadata.live());
            json.writeNumberField("poll", metadata.live() ? POLL_SECONDS : 0);
            json.writeNumberField("count", chat.count());
            json.writeStringField("updated", MessageJson.time(chat.updated()));
            json.writeEndObject();
        });
        files.pointer(bytes, metadata.live(), ops.messages());
    }

    private void whole(List<Author> authors) {
        Map<UserId, Author> byId = authors.stream().collect(Collectors.toMap(Author::id, Function.identity()));
        List<PublicMessage> messages = chat.messages(Optional.empty(), Optional.empty());
        byte[] bytes = JsonWriter.bytes(json -> {
            json.writeStartObject();
            json.writeNumberField("version", VERSION);
            json.writeNumberField("seq", chat.seq());
            json.writeStringField("updated", MessageJson.time(chat.updated()));
            json.writeFieldName("channel");
            channel(json, true);
            json.writeArrayFieldStart("messages");
            for (int i = messages.size() - 1; i >= 0; i--) {
                MessageJson.write(json, messages.get(i), byId::get);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
        files.mutable(FileRole.WHOLE, metadata.file(), bytes);
        if (metadata.jsonp()) {
            files.mutable(FileRole.JSONP, metadata.jsonpFile(), script(bytes));
        }
        if (metadata.publishing().has(OutputFormat.ARCHIVE) && !metadata.live()) {
            files.mutable(FileRole.ARCHIVE, metadata.slug() + "/archive.ndjson", archive(messages, byId));
        }
    }

    /** A message a line, oldest first. */
    private static byte[] archive(List<PublicMessage> messages, Map<UserId, Author> authors) {
        var lines = new ByteArrayOutputStream();
        for (PublicMessage message : messages) {
            lines.writeBytes(JsonWriter.bytes(json -> MessageJson.write(json, message, authors::get)));
            lines.write('\n');
        }
        return lines.toByteArray();
    }

    /** Two line ends that JSON allows in strings and older JavaScript doesn't are written as escapes. */
    private static byte[] script(byte[] json) {
        String text = new String(json, StandardCharsets.UTF_8)
                .replace("\u2028", "\\u2028")
                .replace("\u2029", "\\u2029");
        return ("callback(" + text + ");").getBytes(StandardCharsets.UTF_8);
    }

    private void channel(JsonGenerator json, boolean withLongTexts) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", metadata.id().value());
        json.writeStringField("slug", metadata.slug().value());
        json.writeStringField("headline", metadata.headline());
        if (withLongTexts) {
            json.writeStringField("description", metadata.description());
            json.writeStringField("live_content", metadata.liveContent());
        }
        json.writeBooleanField("live", metadata.live());
        json.writeStringField("time_zone", metadata.timeZone());
        ids(json, "pinned", chat.pinned(), withLongTexts);
        ids(json, "key_events", chat.keyEvents(), withLongTexts);
        if (!metadata.extras().isEmpty()) {
            json.writeFieldName("extras");
            JsonWriter.embed(json, Json.of(metadata.extras()).getBytes(StandardCharsets.UTF_8));
        }
        json.writeEndObject();
    }

    private static void ids(JsonGenerator json, String member, List<MessageTs> newestFirst, boolean all)
            throws IOException {
        if (newestFirst.isEmpty()) {
            return;
        }
        json.writeArrayFieldStart(member);
        for (MessageTs ts :
                newestFirst.subList(0, all ? newestFirst.size() : Math.min(IDS_IN_POINTER, newestFirst.size()))) {
            json.writeString(ts.value());
        }
        json.writeEndArray();
    }
}
