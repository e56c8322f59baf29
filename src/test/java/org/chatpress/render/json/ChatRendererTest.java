package org.chatpress.render.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TimeZone;
import org.assertj.core.api.SoftAssertions;
import org.chatpress.model.PublicMessage;
import org.chatpress.render.json.ChatSource.PageRef;
import org.chatpress.storage.Storage.StoredObject;
import org.chatpress.support.MemoryChat;
import org.junit.jupiter.api.Test;

/** The contents of the published JSON files, and which of them a change rewrites. */
class ChatRendererTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    final MemoryChat chat = new MemoryChat();

    @Test
    void everyFileMatchesItsGoldenFile() {
        putEverything();

        chat.put(40, "counting goes on");
        chat.render();
        chat.put(50, "wrong").del(50);
        RenderedChat rendered = ChatRenderer.render(chat, true);

        SoftAssertions.assertSoftly(files -> {
            files.assertThat(pretty(object(rendered, FileRole.POINTER)))
                    .isEqualTo(golden("live.json", rendered, FileRole.POINTER));
            files.assertThat(pretty(object(rendered, FileRole.INDEX)))
                    .isEqualTo(golden("index.json", rendered, FileRole.INDEX));
            files.assertThat(pretty(object(rendered, FileRole.PAGE)))
                    .isEqualTo(golden("page.json", rendered, FileRole.PAGE));
            files.assertThat(pretty(object(rendered, FileRole.AUTHORS)))
                    .isEqualTo(golden("authors.json", rendered, FileRole.AUTHORS));
            files.assertThat(pretty(object(rendered, FileRole.WHOLE)))
                    .isEqualTo(golden("whole.json", rendered, FileRole.WHOLE));
            files.assertThat(text(object(rendered, FileRole.JSONP)))
                    .isEqualTo(golden("whole.jsonp", rendered, FileRole.JSONP));
        });
    }

    @Test
    void theChannelListMatchesItsGoldenFile() {
        ChatMetadata closed =
                MemoryChat.closed(MemoryChat.metadataWith("Primaries \"2026\"", JsonNodeFactory.instance.objectNode()));

        RenderedFile list = ChannelList.render(List.of(
                new ChannelList.Entry(chat.metadata(), 12, MemoryChat.START),
                new ChannelList.Entry(closed, 0, MemoryChat.START.plusMillis(999))));

        assertThat(pretty(list.object()))
                .isEqualTo(golden(
                        "channels.json",
                        new RenderedChat(Optional.empty(), List.of(list), Set.of()),
                        FileRole.CHANNELS));
        assertThat(list.object().cacheControl()).isEqualTo("public, max-age=2, s-maxage=5, stale-if-error=300");
    }

    @Test
    void thePointerOfAClosedChatIsCachedLongerAndAsksForNoPolls() {
        chat.put(1, "over").setMetadata(MemoryChat.closed(chat.metadata()));

        StoredObject pointer = object(chat.render(), FileRole.POINTER);

        assertThat(pointer.cacheControl()).isEqualTo("public, max-age=300");
        assertThat(tree(pointer).path("poll").asInt(-1)).isZero();
        assertThat(tree(pointer).path("live").asBoolean(true)).isFalse();
    }

    @Test
    void theBytesAreTheSameInAnyLocaleAndTimeZone() {
        putEverything();
        List<String> here = texts(ChatRenderer.render(chat, true));
        Locale locale = Locale.getDefault();
        TimeZone zone = TimeZone.getDefault();

        try {
            Locale.setDefault(Locale.forLanguageTag("ar-SA-u-nu-arab"));
            TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kathmandu"));
            assertThat(texts(ChatRenderer.render(chat, true))).isEqualTo(here);
        } finally {
            Locale.setDefault(locale);
            TimeZone.setDefault(zone);
        }
    }

    @Test
    void aSmallChangeRewritesOnlyThePointer() {
        chat.put(1, "first");
        RenderedChat before = chat.render();

        chat.put(2, "second");
        RenderedChat after = chat.render();

        assertThat(after.indexState()).isEmpty();
        assertThat(after.files()).extracting(RenderedFile::role).containsExactly(FileRole.AUTHORS, FileRole.POINTER);
        assertThat(object(after, FileRole.AUTHORS).key())
                .isEqualTo(object(before, FileRole.AUTHORS).key());
        JsonNode pointer = tree(object(after, FileRole.POINTER));
        assertThat(pointer.path("base").asInt()).isEqualTo(1);
        assertThat(pointer.path("index").asText())
                .isEqualTo("i/" + object(before, FileRole.INDEX).key().name());
    }

    @Test
    void aPinnedMessageChangesTheIndexAndNoPage() {
        PublicMessage message = MemoryChat.withEverything(2);
        chat.put(1, "first");
        RenderedChat before = chat.render();

        chat.put(message);
        RenderedChat after = chat.render();

        assertThat(pages(after)).isEqualTo(pages(before));
        assertThat(tree(object(after, FileRole.INDEX)).at("/channel/pinned/0").asText())
                .isEqualTo(message.ts().value());
        assertThat(tree(object(after, FileRole.POINTER)).path("index").asText())
                .isEqualTo("i/" + object(after, FileRole.INDEX).key().name());
    }

    @Test
    void pagesAreRewrittenBeforeAChangeDropsOutOfThePointer() {
        chat.put(0, "first");
        chat.render();
        for (int i = 1; i <= 8; i++) {
            chat.put(i, "update " + i);
            assertThat(tree(object(chat.render(), FileRole.POINTER))
                            .path("base")
                            .asInt())
                    .isEqualTo(1);
        }

        chat.put(9, "update 9");
        JsonNode pointer = tree(object(chat.render(), FileRole.POINTER));

        assertThat(pointer.path("base").asInt()).isEqualTo(10);
        assertThat(pointer.path("ops")).hasSize(8);
        assertThat(pointer.path("ops_from").asInt()).isEqualTo(3);
    }

    @Test
    void supersededPutsAreLeftOutOfThePointer() {
        chat.put(0, "first");
        chat.render();
        for (int i = 1; i <= 20; i++) {
            chat.put(1, "edit " + i);
        }

        JsonNode pointer = tree(object(chat.render(), FileRole.POINTER));

        assertThat(pointer.path("base").asInt()).isEqualTo(1);
        assertThat(pointer.path("ops")).hasSize(2);
        assertThat(pointer.path("ops_from").asInt()).isEqualTo(1);
        assertThat(text(object(chat.render(), FileRole.POINTER)))
                .contains("edit 20")
                .doesNotContain("edit 19");
    }

    @Test
    void aTakedownAndAChangeOfMetadataRewriteThePagesAtOnce() {
        chat.put(1, "secret").put(2, "harmless");
        chat.render();

        RenderedChat takedown = chat.del(1).render();
        assertThat(tree(object(takedown, FileRole.POINTER)).path("base").asInt())
                .isEqualTo(3);
        assertThat(texts(takedown)).noneMatch(text -> text.contains("secret"));

        RenderedChat metadata = chat.setMetadata(
                        MemoryChat.metadataWith("Recount", JsonNodeFactory.instance.objectNode()))
                .render();
        assertThat(tree(object(metadata, FileRole.POINTER)).path("base").asInt())
                .isEqualTo(4);
        assertThat(tree(object(metadata, FileRole.POINTER)).at("/ops/2/op").asText())
                .isEqualTo("meta");
    }

    @Test
    void thePointerStaysBelowEightKilobytes() {
        var extras = JsonNodeFactory.instance.objectNode().put("embed", "y".repeat(3000));
        chat.setMetadata(MemoryChat.metadataWith("headline ".repeat(100), extras));
        for (int i = 0; i < 12; i++) {
            chat.put(i, "z".repeat(900));
            assertThat(object(chat.render(), FileRole.POINTER).bytes()).hasSizeLessThan(8192);
        }

        chat.put(20, "\u20ac".repeat(30_000));
        RenderedChat rendered = chat.render();

        assertThat(object(rendered, FileRole.POINTER).bytes()).hasSizeLessThan(8192);
        assertThat(tree(object(rendered, FileRole.POINTER)).path("ops")).isEmpty();
        assertThat(tree(object(rendered, FileRole.POINTER)).path("ops_from").asInt())
                .isEqualTo(15);
    }

    @Test
    void aFullPageIsNotRewrittenWhenMessagesAreAdded() {
        for (int i = 0; i < 100; i++) {
            chat.put(i, "update " + i);
        }
        List<PageRef> before = pages(chat.render());
        assertThat(before).extracting(PageRef::count).containsExactly(40, 40, 20);

        for (int i = 100; i < 130; i++) {
            chat.put(i, "update " + i);
        }
        List<PageRef> after = pages(chat.render());

        assertThat(after).extracting(PageRef::count).containsExactly(40, 40, 40, 10);
        assertThat(after.subList(0, 2)).isEqualTo(before.subList(0, 2));
    }

    @Test
    void lateApprovalsSplitAFullPageAndKeepTheOthers() {
        for (int i = 0; i < 240; i += 2) {
            chat.put(i, "update " + i);
        }
        List<PageRef> before = pages(chat.render());

        for (int i = 101; i < 121; i += 2) {
            chat.put(i, "late " + i);
        }
        List<PageRef> after = pages(chat.render());

        assertThat(before).extracting(PageRef::count).containsExactly(40, 40, 40);
        assertThat(after).extracting(PageRef::count).containsExactly(40, 25, 25, 40);
        assertThat(after.get(0)).isEqualTo(before.get(0));
        assertThat(after.get(3)).isEqualTo(before.get(2));
    }

    @Test
    void aPageThatBecomesEmptyIsRemoved() {
        for (int i = 0; i < 120; i++) {
            chat.put(i, "update " + i);
        }
        List<PageRef> before = pages(chat.render());

        for (int i = 40; i < 80; i++) {
            chat.del(i);
        }
        List<PageRef> after = pages(chat.render());

        assertThat(after).containsExactly(before.get(0), before.get(2));
    }

    @Test
    void pagesAreRewrittenWhenAMessageLosesAPhotoOrAReply() {
        PublicMessage message = MemoryChat.withEverything(2);
        chat.put(1, "first").put(message);
        List<PageRef> before = pages(chat.render());

        chat.put(new PublicMessage(
                message.ts(),
                message.author(),
                message.html(),
                message.text(),
                message.publishedAt(),
                Optional.empty(),
                Optional.empty()));
        RenderedChat after = chat.render();

        assertThat(pages(after)).isNotEqualTo(before);
        assertThat(text(object(after, FileRole.PAGE)))
                .doesNotContain("photos.example")
                .doesNotContain("a reply");
        assertThat(tree(object(after, FileRole.POINTER)).path("ops"))
                .extracting(op -> op.path("op").asText())
                .containsOnly("put");
    }

    private void putEverything() {
        var extras = JsonNodeFactory.instance.objectNode();
        extras.put("video", "https://video.example/1")
                .putArray("tags")
                .add("count")
                .add(3);
        chat.setMetadata(MemoryChat.metadataWith("Election night, live", extras));
        chat.put(1, "polls are closed");
        chat.put(new PublicMessage(
                MemoryChat.ts(2),
                MemoryChat.ROSA.id(),
                "<p>&lt;/script&gt; \u2028 \ud83d\uddf3\ufe0f \"quoted\" \\ back</p>",
                "</script> \u2028 \ud83d\uddf3\ufe0f \"quoted\" \\ back",
                Instant.parse("2026-11-04T02:01:00.987Z"),
                Optional.of(Instant.parse("2026-11-04T02:00:30Z")),
                Optional.of(MemoryChat.ts(1))));
        chat.put(new PublicMessage(
                MemoryChat.ts(3),
                MemoryChat.ROSA.id(),
                "",
                "",
                Instant.parse("2026-11-04T02:01:00Z"),
                Optional.empty(),
                Optional.empty()));
        chat.put(MemoryChat.withEverything(4));
    }

    private static StoredObject object(RenderedChat rendered, FileRole role) {
        return rendered.files().stream()
                .filter(file -> file.role() == role)
                .findFirst()
                .orElseThrow()
                .object();
    }

    private static List<PageRef> pages(RenderedChat rendered) {
        return rendered.indexState().orElseThrow().pages();
    }

    private static List<String> texts(RenderedChat rendered) {
        return rendered.files().stream()
                .map(file -> file.object().key() + " " + text(file.object()))
                .toList();
    }

    private static String text(StoredObject object) {
        return new String(object.bytes(), StandardCharsets.UTF_8);
    }

    private static JsonNode tree(StoredObject object) {
        try {
            return JSON.readTree(object.bytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One member per line, so that a difference is one line. */
    private static String pretty(StoredObject object) {
        var indenter = new DefaultIndenter("  ", "\n");
        var printer = new DefaultPrettyPrinter().withObjectIndenter(indenter).withArrayIndenter(indenter);
        try {
            return JSON.writer(printer).writeValueAsString(tree(object)) + "\n";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The expected text. Writes the actual text to target/golden, to compare it and to copy it. */
    private static String golden(String name, RenderedChat rendered, FileRole role) {
        StoredObject object = object(rendered, role);
        try {
            Path actual = Files.createDirectories(Path.of("target/golden")).resolve(name);
            Files.writeString(actual, role == FileRole.JSONP ? text(object) : pretty(object));
            try (InputStream in = ChatRendererTest.class.getResourceAsStream("golden/" + name)) {
                return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
