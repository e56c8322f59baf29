package org.chatpress.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.chatpress.approval.policy.ReviewState;
import org.chatpress.approval.policy.Verdict;
import org.chatpress.media.model.PhotoRecord;
import org.chatpress.model.ChannelId;
import org.chatpress.model.Json;
import org.chatpress.model.MessageTs;
import org.chatpress.model.PublicMessage;
import org.chatpress.model.UserId;
import org.chatpress.publish.plan.PublishState;
import org.chatpress.render.json.ChatMetadata;
import org.chatpress.storage.ObjectKey;
import org.chatpress.support.OldDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rows of a database that an earlier release wrote, as this one reads them. */
class StoredRowsTest {
    private static final ChannelId NIGHT = new ChannelId("C0ELECTION");

    @TempDir
    Path folder;

    Store store;

    @BeforeEach
    void upgrade() {
        Path database = folder.resolve("chatpress.db");
        OldDatabase.write(database);
        store = Store.open(database, "a test");
    }

    @AfterEach
    void close() {
        store.close();
    }

    // JSON COLUMNS: whatever is read is written as it was

    @Test
    void publicMessagesAreWrittenAsTheyWereRead() {
        assertThat(rewritten("SELECT details AS json FROM public_message WHERE details <> '{}'", json -> {
                    var words = new PublicMessage(
                            new MessageTs("1793732400.000034"),
                            new UserId("U0REPORTER"),
                            "",
                            "",
                            OldDatabase.END,
                            Optional.empty(),
                            Optional.empty());
                    return MoreJson.write(MoreJson.read(words, json));
                }))
                .isEqualTo(9);
    }

    @Test
    void reviewStatesAreWrittenAsTheyWereRead() {
        assertThat(rewritten("SELECT review_state AS json FROM message WHERE review_state IS NOT NULL", json -> {
                    ReviewState state = MemoryJson.read(Verdict.APPROVED, json, Optional.empty());
                    return MemoryJson.write(state);
                }))
                .isEqualTo(98);
    }

    @Test
    void channelsAreWrittenAsTheyWereRead() {
        assertThat(rewritten(
                        "SELECT metadata AS json FROM channel",
                        json -> ChatMetadata.of(json).json()))
                .isEqualTo(6);
    }

    @Test
    void imagesAreWrittenAsTheyWereRead() {
        assertThat(rewritten(
                        "SELECT image AS json FROM photo", json -> ImageJson.write(ImageJson.read(Json.parse(json)))))
                .isEqualTo(8);
    }

    // STATES

    @Test
    void filesKeepTheirStates() {
        PublishState second = store.storages().publishState("second");

        assertThat(second.pendingDeletes())
                .extracting(delete -> delete.key().value())
                .containsExactly("weather.json", "weather/live.json");
        assertThat(second.filesToTakeDown(NIGHT.value()))
                .hasSize(10)
                .contains(new ObjectKey("election-night/i/p-a454a58f6b10.json"));
        assertThat(second.staleChannels())
                .extracting(PublishState.StaleChannel::channel)
                .containsExactly("C0ELECTION", "C0WEATHER", "");
        assertThat(second.expireGrace(OldDatabase.END))
                .hasSize(6)
                .contains(new ObjectKey("ticker/i/u-1cd92c7a2ebe.json"));
        assertThat(second.pendingDeletes()).hasSize(8);
    }

    @Test
    void channelsKeepTheirStates() {
        var states = new TreeMap<String, String>();
        store.channels().all().forEach(row -> states.put(row.id().value(), row.status() + " " + row.count()));

        assertThat(states)
                .hasToString("{C0CLOSED=LISTED 1, C0ELECTION=LISTED 18, C0HIDDEN=HIDDEN 1, C0LEFT=REMOVED 1,"
                        + " C0TICKER=LISTED 1, C0WEATHER=LISTED 46}");
        assertThat(store.channels().timestamp("cycle")).contains(OldDatabase.END);
        assertThat(store.channels().polls()).hasSize(6);
        assertThat(store.channels().position(NIGHT).rescanCursor()).contains(new MessageTs("1793732400.000043"));
        assertThat(store.threads().hasUnread(NIGHT)).isTrue();
    }

    @Test
    void messagesKeepTheirStates() {
        assertThat(store.messages().counts(NIGHT))
                .hasSize(7)
                .containsEntry(Verdict.APPROVED, 19)
                .containsEntry(Verdict.HELD, 2);
        assertThat(store.messages().needingRefresh(NIGHT)).containsExactly(new MessageTs("1793732400.000047"));
        assertThat(store.messages().oldestDelayed(new ChannelId("C0TICKER"), OldDatabase.END))
                .contains(new MessageTs("1793826930.000001"));
        JsonNode approved = store.messages()
                .snapshot(NIGHT, new MessageTs("1793732400.000045"))
                .orElseThrow()
                .reviewState()
                .orElseThrow()
                .approved()
                .orElseThrow();
        assertThat(approved.path("text").asText()).isEqualTo("says <@U0EDITOR> in <#C0WEATHER>");
        assertThat(store.feedback()
                        .feedback(NIGHT, new MessageTs("1793732400.000045"))
                        .emoji())
                .containsExactly("pencil2");
        assertThat(store.feedback().due()).hasSize(1);
    }

    @Test
    void photosKeepTheirStates() {
        assertThat(store.photos().due(OldDatabase.END.plusSeconds(60)))
                .extracting(PhotoRecord::id)
                .containsExactly("F0READY", "F0BAD", "F0WANTED");
        assertThat(store.photos().pendingUploadDeletes())
                .extracting(PhotoRecord::id)
                .containsExactly("F0OWED");
        assertThat(store.photos().failed(NIGHT)).isEqualTo(1);
    }

    private int rewritten(String query, UnaryOperator<String> rewrite) {
        List<String> texts = store.db.list(query, row -> row.text("json"));
        assertThat(texts).allSatisfy(json -> assertThat(rewrite.apply(json)).isEqualTo(json));
        return texts.size();
    }
}
