package org.chatpress.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.chatpress.approval.policy.ApprovalRule.ReviewerRole;
import org.chatpress.approval.policy.Decision.Verdict;
import org.chatpress.approval.policy.ReviewState;
import org.chatpress.approval.policy.ReviewState.EditorReaction;
import org.chatpress.media.model.PhotoRecord;
import org.chatpress.model.BotFeedback;
import org.chatpress.model.ChannelId;
import org.chatpress.model.Json;
import org.chatpress.model.MessageTs;
import org.chatpress.model.PublicMessage;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.SlackImageFile;
import org.chatpress.publish.plan.PublishState;
import org.chatpress.render.json.ChatMetadata;
import org.chatpress.storage.ObjectKey;
import org.chatpress.store.MessageRepository.WaitingMessages;
import org.chatpress.support.OldDatabase;
import org.chatpress.support.TestDatabase;
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
        store = TestDatabase.open(OldDatabase.writeTo(folder.resolve("chatpress.db")), "a test");
    }

    @AfterEach
    void close() {
        store.close();
    }

    // JSON COLUMNS: whatever is read is written as it was

    @Test
    void additionsOfPublicMessagesAreWrittenAsTheyWereRead() {
        assertThat(rewritten(
                        "SELECT additions AS json FROM public_message WHERE additions <> '{}'",
                        PublicMessage.Additions.class))
                .isEqualTo(9);
    }

    @Test
    void reviewStatesAreWrittenAsTheyWereRead() {
        assertThat(rewritten(
                        "SELECT review_state AS json FROM message WHERE review_state IS NOT NULL",
                        StoredReviewState.class))
                .isEqualTo(98);
    }

    /** Letter by letter: messages whose feedback differs are queued. */
    @Test
    void feedbackIsWrittenAsItWasRead() {
        List<String> texts =
                store.db.list("SELECT feedback FROM message WHERE feedback IS NOT NULL", row -> row.text("feedback"));

        assertThat(texts)
                .hasSize(2)
                .allSatisfy(json -> assertThat(RecordJson.write(RecordJson.read(json, BotFeedback.class)))
                        .isEqualTo(json));
    }

    @Test
    void metadataOfChannelsIsWrittenAsItWasRead() {
        assertThat(rewritten("SELECT metadata AS json FROM channel", ChatMetadata.class))
                .isEqualTo(6);
    }

    @Test
    void imagesAreWrittenAsTheyWereRead() {
        assertThat(rewritten("SELECT image AS json FROM photo", SlackImageFile.class))
                .isEqualTo(8);
    }

    @Test
    void aReviewStateIsReadWithTheVerdictAndTheApprovedMessage() {
        ReviewState state = store.messages()
                .snapshot(NIGHT, new MessageTs("1793732400.000039"))
                .orElseThrow()
                .reviewState()
                .orElseThrow();

        assertThat(state.verdict()).isEqualTo(Verdict.REJECTED);
        assertThat(state.approvalRequired()).isTrue();
        assertThat(state.reactions())
                .containsOnly(
                        entry(reaction("U0EDITOR", "white_check_mark"), ReviewerRole.APPROVER),
                        entry(reaction("U0SECOND", "no_entry"), ReviewerRole.APPROVER));
        assertThat(state.stale()).containsExactly(reaction("U0EDITOR", "white_check_mark"));
        assertThat(state.approved()).isEmpty();
    }

    private static EditorReaction reaction(String user, String emoji) {
        return new EditorReaction(new UserId(user), emoji);
    }

    /** Empty members are no longer written. */
    private int rewritten(String query, Class<? extends Record> type) {
        List<String> texts = store.db.list(query, row -> row.text("json"));
        assertThat(texts)
                .allSatisfy(json -> assertThat(Json.parse(RecordJson.write(RecordJson.read(json, type))))
                        .isEqualTo(withoutEmptyMembers(Json.parse(json))));
        return texts.size();
    }

    private static JsonNode withoutEmptyMembers(JsonNode node) {
        node.forEach(StoredRowsTest::withoutEmptyMembers);
        if (node instanceof ObjectNode object) {
            object.removeIf(member -> (member.isContainerNode() && member.isEmpty())
                    || Set.of("\"\"", "0", "false").contains(member.toString()));
        }
        return node;
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
        assertThat(store.threads().hasUnread(NIGHT, 5)).isTrue();
    }

    @Test
    void messagesKeepTheirStates() {
        assertThat(store.messages().counts(NIGHT))
                .hasSize(7)
                .containsEntry(Verdict.APPROVED, 19)
                .containsEntry(Verdict.HELD, 2);
        assertThat(store.channels().all()).allSatisfy(channel -> {
            Map<Verdict, Integer> counts = store.messages().counts(channel.id());
            WaitingMessages waiting = store.messages().waiting().getOrDefault(channel.id(), WaitingMessages.NONE);
            assertThat(waiting.pending())
                    .isEqualTo(counts.getOrDefault(Verdict.PENDING, 0) + counts.getOrDefault(Verdict.DELAYED, 0));
            assertThat(waiting.held()).isEqualTo(counts.getOrDefault(Verdict.HELD, 0));
        });
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
}
