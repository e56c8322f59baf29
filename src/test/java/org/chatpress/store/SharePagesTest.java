package org.chatpress.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Set;
import org.chatpress.model.ChannelId;
import org.chatpress.render.formats.FormatRenderer;
import org.chatpress.render.json.ChatRenderer;
import org.chatpress.render.json.RenderedChat;
import org.chatpress.support.TestChat;
import org.chatpress.support.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which share pages are still to be rendered. */
class SharePagesTest {
    private static final ChannelId CHANNEL = new ChannelId("C0NIGHT");
    private static final Instant NOW = Instant.parse("2026-11-03T18:00:00Z");

    final Store store = TestDatabase.empty();
    TestChat chat;

    @BeforeEach
    void open() {
        chat = new TestChat(store, CHANNEL.value(), "night", NOW);
        chat.put(1, "first").put(2, "second");
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void onesThatWereRenderedAreNot() {
        long seq = seq();

        store.files().save(CHANNEL, renderedChat(), seq, NOW);

        assertThat(store.publicMessages().hasMissingSharePages(CHANNEL)).isFalse();
    }

    @Test
    void aChangeWhileTheyWereRenderedMakesThemAllBe() {
        long seq = seq();
        RenderedChat rendered = renderedChat();
        chat.put(1, "first, corrected");

        store.files().save(CHANNEL, rendered, seq, NOW);

        assertThat(store.publicMessages().chat(CHANNEL).messagesWithoutSharePage(10))
                .extracting(message -> message.text())
                .contains("first, corrected");
    }

    private RenderedChat renderedChat() {
        return ChatRenderer.render(store.publicMessages().chat(CHANNEL), false)
                .withFiles(FormatRenderer.sharePages(store.publicMessages().chat(CHANNEL), 10), Set.of());
    }

    private long seq() {
        return store.channels().row(CHANNEL).orElseThrow().seq();
    }
}
