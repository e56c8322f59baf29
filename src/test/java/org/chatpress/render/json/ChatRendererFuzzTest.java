package org.chatpress.render.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.chatpress.model.PublicMessage;
import org.chatpress.storage.ObjectKey;
import org.chatpress.support.MemoryChat;
import org.chatpress.support.MemoryStorage;
import org.chatpress.support.PointerClient;
import org.chatpress.support.SiteReader;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** After any sequence of changes, readers see the current chat, and load little more than what changed. */
@Tag("fuzz")
class ChatRendererFuzzTest {
    static final int SECONDS = 600;

    final MemoryChat chat = new MemoryChat();
    final MemoryStorage storage = new MemoryStorage();
    final SiteReader reader = new SiteReader(storage, "election-night");
    private int oldest;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void readersSeeTheCurrentChatAfterEachRendering(long seed) {
        var random = new Random(seed);
        var frequent = new PointerClient(reader);
        var occasional = new PointerClient(reader);
        for (int rendering = 0; rendering < 300; rendering++) {
            for (int i = burst(random); i > 0; i--) {
                change(random);
            }
            if (random.nextInt(20) == 0) {
                putOlder(1 + random.nextInt(100));
            }

            publish(chat.render());

            Map<String, String> expected = expected();
            assertThat(texts(reader.messages())).isEqualTo(expected);
            assertThat(texts(frequent.poll())).isEqualTo(expected);
            if (random.nextInt(4) == 0) {
                assertThat(texts(occasional.poll())).isEqualTo(expected);
            }
            assertThat(storage.blob("election-night/live.json").orElseThrow().bytes())
                    .hasSizeLessThanOrEqualTo(8192);
        }
        assertThat(frequent.starts())
                .as("a client that polls often rarely loads the whole chat")
                .isLessThan(100);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void readersSeeTheCurrentChatAfterItsPagesWereRenderedInParts(long seed) {
        var random = new Random(seed);
        for (int second = 0; second < SECONDS * 5; second++) {
            chat.put(second, "message " + second);
        }
        int rendered = 0;
        while (rendered < chat.count() - 600) {
            chat.firstPages(501).files().forEach(file -> storage.put(file.object()));
            int pages = chat.pages().stream().mapToInt(page -> page.count()).sum();
            assertThat(pages).isGreaterThan(rendered);
            rendered = pages;
            for (int i = random.nextInt(2) * burst(random); i > 0; i--) {
                changeAnywhere(random);
            }
        }

        publish(chat.render());

        assertThat(texts(reader.messages())).isEqualTo(expected());
        assertThat(texts(new PointerClient(reader).poll())).isEqualTo(expected());
    }

    /** On a page that was rendered, in the range of the last one, or after it. */
    private void changeAnywhere(Random random) {
        int first = random.nextInt(SECONDS * 5);
        for (int second = first; second < first + random.nextInt(60); second++) {
            if (chat.message(MemoryChat.ts(second)).isPresent() && random.nextBoolean()) {
                chat.del(second);
            } else {
                chat.put(second, "changed " + random.nextInt());
            }
        }
    }

    @Test
    void theFirstPagesAreRenderedAgainOnceManyOlderMessagesWereRead() {
        for (int second = 2000; second < 4000; second++) {
            chat.put(second, "message " + second);
        }
        chat.firstPages(500);
        for (int second = 0; second < 1990; second++) {
            chat.put(second, "older message " + second);
        }

        int parts = 0;
        while (ChatRenderer.firstPages(chat, 500).isPresent()) {
            chat.firstPages(500).files().forEach(file -> storage.put(file.object()));
            assertThat(++parts).isLessThan(10);
        }
        publish(chat.render());

        assertThat(parts).isGreaterThan(4);
        assertThat(texts(reader.messages())).isEqualTo(expected());
    }

    @Test
    void pagesThatWereRenderedInPartsAreTheSame() {
        var whole = new MemoryChat();
        for (int second = 0; second < 1700; second++) {
            chat.put(second, "message " + second);
            whole.put(second, "message " + second);
        }
        chat.firstPages(500);
        chat.firstPages(500);
        chat.render();
        whole.render();

        assertThat(chat.pages()).isEqualTo(whole.pages());
        assertThat(chat.index()).isEqualTo(whole.index());
    }

    @Test
    void theCostOfAMessageDoesNotGrowWithTheChat() {
        long few = bytesOfFiftyMessagesInAChatOf(200);
        long many = bytesOfFiftyMessagesInAChatOf(10_000);

        assertThat(many).isLessThan(few * 3 / 2);
    }

    private static long bytesOfFiftyMessagesInAChatOf(int messages) {
        var chat = new MemoryChat();
        for (int i = 0; i < messages; i++) {
            chat.put(i, "a message of quite ordinary length, as reporters write them at night, number " + i);
        }
        chat.render();
        long bytes = 0;
        Set<ObjectKey> known = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            chat.put(messages + i, "another message of ordinary length, number " + i);
            for (RenderedFile file : chat.render().files()) {
                boolean uploaded = file.role() == FileRole.POINTER
                        || (!file.role().isMutable() && known.add(file.object().key()));
                bytes += uploaded ? file.object().bytes().length : 0;
            }
        }
        return bytes;
    }

    private static int burst(Random random) {
        return random.nextInt(20) == 0 ? random.nextInt(150) : 1 + random.nextInt(6);
    }

    private void change(Random random) {
        int second = random.nextInt(3) == 0
                ? oldest + random.nextInt(SECONDS - oldest)
                : Math.min(SECONDS, chat.count()) + 1;
        boolean exists = chat.message(MemoryChat.ts(second)).isPresent();
        int dice = random.nextInt(100);
        if (dice == 0) {
            chat.setMetadata(
                    MemoryChat.metadataWith("headline " + random.nextInt(), JsonNodeFactory.instance.objectNode()));
        } else if (exists && dice < 30) {
            chat.del(second);
        } else {
            int length = random.nextInt(40) == 0 ? 9000 : random.nextInt(600);
            chat.put(second, random.nextInt() + " " + "x".repeat(length));
        }
    }

    /** As if they were read, or approved, after all others. */
    private void putOlder(int count) {
        for (int i = 0; i < count; i++) {
            chat.put(--oldest, "older message " + oldest);
        }
    }

    private void publish(RenderedChat rendered) {
        rendered.files().forEach(file -> storage.put(file.object()));
        Set<String> referenced = new HashSet<>();
        rendered.files().forEach(file -> referenced.add(file.object().key().value()));
        chat.pages().forEach(page -> referenced.add(page.key().value()));
        referenced.add(chat.index().orElseThrow().value());
        List<String> unreferenced =
                storage.keys().stream().filter(key -> !referenced.contains(key)).toList();
        unreferenced.forEach(key -> storage.delete(new ObjectKey(key)));
        storage.forgetOperations();
        for (RenderedFile file : rendered.files()) {
            if (file.role() == FileRole.PAGE && file.messages().size() > 1) {
                assertThat(file.object().bytes()).hasSizeLessThanOrEqualTo(32 * 1024);
            }
        }
    }

    private Map<String, String> expected() {
        return chat.messages().stream()
                .collect(Collectors.toMap(
                        message -> message.ts().value(), PublicMessage::text, (a, b) -> a, TreeMap::new));
    }

    private static Map<String, String> texts(Map<String, JsonNode> messages) {
        return messages.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> entry.getValue().path("text").asText(),
                        (a, b) -> a,
                        TreeMap::new));
    }
}
