package org.chatpress.render;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.chatpress.model.MessageTs;
import org.chatpress.model.PublicMessage;
import org.chatpress.model.UserId;
import org.chatpress.storage.Blob;
import org.chatpress.storage.Key;

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

    private final Chat chat;
    private final Face face;
    private final List<Sheet> sheets = new ArrayList<>();

    private ChatRenderer(Chat chat) {
        this.chat = chat;
        this.face = chat.face();
    }

    /**
     * The files of the chat as it is now.
     *
     * @param withWhole whether the whole chat's file is rendered too: its cost grows with the chat
     */
    public static Edition render(Chat chat, boolean withWhole) {
        return new ChatRenderer(chat).edition(withWhole);
    }

    private Edition edition(boolean withWhole) {
        Ops ops = Ops.of(chat);
        boolean rewrites = chat.pages().isEmpty() || ops.rewritesPages() || ops.from() > chat.base() + 1;
        List<Page> pages = rewrites ? rewrittenPages() : chat.pages();
        long base = rewrites ? chat.seq() : chat.base();

        List<Author> authors = chat.authors();
        Key users = immutable(Role.AUTHORS, "u", Json.bytes(json -> authors(json, authors)));
        Key index = immutable(Role.INDEX, "x", Json.bytes(json -> index(json, pages, base)));
        pointer(ops, base, index, users);
        if (withWhole) {
            whole(authors);
        }
        return new Edition(pages, base, sheets);
    }

    // Pages.

    private List<Page> rewrittenPages() {
        List<Page> old = chat.pages();
        if (old.isEmpty()) {
            return dealt(Position.ONLY, chat.messages(Optional.empty(), Optional.empty()), Optional.empty());
        }
        var touched = new TreeSet<Integer>();
        chat.changedAfter(chat.base()).forEach(ts -> touched.add(pageOf(ts, old)));
        var pages = new ArrayList<Page>();
        for (int i = 0; i < old.size(); i++) {
            if (!touched.contains(i)) {
                pages.add(old.get(i));
                continue;
            }
            boolean last = i == old.size() - 1;
            Optional<MessageTs> from =
                    i == 0 ? Optional.empty() : Optional.of(old.get(i).start());
            Optional<MessageTs> before =
                    last ? Optional.empty() : Optional.of(old.get(i + 1).start());
            Position position = last ? Position.LAST : Position.INNER;
            pages.addAll(dealt(position, chat.messages(from, before), Optional.of(old.get(i))));
        }
        return pages;
    }

    private static int pageOf(MessageTs ts, List<Page> pages) {
        int low = 0;
        int high = pages.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) / 2;
            if (pages.get(middle).start().compareTo(ts) <= 0) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private List<Page> dealt(Position position, List<PublicMessage> messages, Optional<Page> was) {
        List<byte[]> pieces = messages.stream()
                .map(message -> Json.bytes(json -> MessageJson.write(json, message)))
                .toList();
        List<Integer> sizes =
                Layout.pages(pieces.stream().map(piece -> piece.length + 1).toList(), position != Position.INNER);
        var pages = new ArrayList<Page>();
        int from = 0;
        for (int size : sizes) {
            List<PublicMessage> part = messages.subList(from, from + size);
            MessageTs first = part.get(0).ts();
            MessageTs start = from == 0 ? was.map(Page::start).orElse(first) : first;
            byte[] bytes = page(pieces.subList(from, from + size));
            List<MessageTs> holds = part.stream().map(PublicMessage::ts).toList();
            pages.add(new Page(start, first, size, immutable(Role.PAGE, "p", bytes, holds)));
            from += size;
        }
        return pages;
    }

    /** Where a page stands in its chat. */
    private enum Position {
        ONLY,
        INNER,
        LAST
    }

    private static byte[] page(List<byte[]> messages) {
        return Json.bytes(json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("messages");
            for (byte[] message : messages) {
                raw(json, message);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    // The other files.

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

    private void index(JsonGenerator json, List<Page> pages, long base) throws IOException {
        json.writeStartObject();
        json.writeNumberField("as_of", base);
        json.writeNumberField("total", pages.stream().mapToInt(Page::count).sum());
        json.writeFieldName("channel");
        channel(json, true);
        json.writeArrayFieldStart("pages");
        for (Page page : pages) {
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

    private void pointer(Ops ops, long base, Key index, Key users) {
        byte[] bytes = Json.bytes(json -> {
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
                raw(json, op);
            }
            json.writeEndArray();
            json.writeFieldName("channel");
            channel(json, false);
            json.writeBooleanField("live", face.live());
            json.writeNumberField("poll", face.live() ? POLL_SECONDS : 0);
            json.writeNumberField("count", chat.count());
            json.writeStringField("updated", MessageJson.time(chat.updated()));
            json.writeEndObject();
        });
        String cacheControl = face.live() ? Role.POINTER.cacheControl() : Role.CLOSED_POINTER;
        Key key = new Key(face.slug() + "/live.json");
        sheets.add(
                new Sheet(Role.POINTER, new Blob(key, bytes, Role.POINTER.contentType(), cacheControl), ops.holds()));
    }

    private void whole(List<Author> authors) {
        Map<UserId, Author> byId = authors.stream().collect(Collectors.toMap(Author::id, Function.identity()));
        List<PublicMessage> messages = chat.messages(Optional.empty(), Optional.empty());
        byte[] bytes = Json.bytes(json -> {
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
        mutable(Role.WHOLE, face.file(), bytes);
        if (face.jsonp()) {
            mutable(Role.JSONP, jsonpFile(face), script(bytes));
        }
    }

    /** The name of the whole chat's script: the whole chat's file with the ending {@code .jsonp}. */
    private static String jsonpFile(Face face) {
        String file = face.file();
        return (file.endsWith(".json") ? file.substring(0, file.length() - 5) : file) + ".jsonp";
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
        json.writeStringField("id", face.id().value());
        json.writeStringField("slug", face.slug().value());
        json.writeStringField("headline", face.headline());
        if (withLongTexts) {
            json.writeStringField("description", face.description());
            json.writeStringField("live_content", face.liveContent());
        }
        json.writeBooleanField("live", face.live());
        json.writeStringField("time_zone", face.timeZone());
        if (!face.extras().isEmpty()) {
            json.writeFieldName("extras");
            raw(json, Json.text(face.extras()).getBytes(StandardCharsets.UTF_8));
        }
        json.writeEndObject();
    }

    // Names and digests.

    private Key immutable(Role role, String prefix, byte[] bytes) {
        return immutable(role, prefix, bytes, List.of());
    }

    private Key immutable(Role role, String prefix, byte[] bytes, List<MessageTs> holds) {
        Key key = new Key(face.slug() + "/i/" + prefix + "-" + sha12(bytes) + ".json");
        sheets.add(new Sheet(role, new Blob(key, bytes, role.contentType(), role.cacheControl()), holds));
        return key;
    }

    private void mutable(Role role, String name, byte[] bytes) {
        var blob = new Blob(new Key(name), bytes, role.contentType(), role.cacheControl());
        sheets.add(new Sheet(role, blob, List.of()));
    }

    private static String sha12(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void raw(JsonGenerator json, byte[] piece) throws IOException {
        json.writeRawValue(new String(piece, StandardCharsets.UTF_8));
    }
}
