package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SLUG;
import static org.chatpress.support.TestNewsroom.approval;
import static org.chatpress.support.TestNewsroom.channel;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.render.json.ChatSource.PageRef;
import org.chatpress.support.TestNewsroom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** More messages than one batch, or one cycle, reviews. */
@Tag("slow")
class ReviewBacklogTest extends WithNewsroom {
    private static final int MORE_THAN_A_BATCH = 1_100;
    private static final int MORE_THAN_A_CYCLE = 5_600;

    @Test
    void anotherChannelIsPublishedBeforeALongOneIsReviewed() {
        newsroom.slack.channel("C0SPORTS");
        newsroom.lists(channel(CHANNEL, SLUG, "approval: none"), channel("C0SPORTS", "sports", "approval: none"))
                .pollsWhenDue();
        post(MORE_THAN_A_CYCLE);
        newsroom.slack.post("C0SPORTS", REPORTER, "kick-off");

        CycleReport first = newsroom.cycle();
        assertThat(first.backlog()).containsExactly(new ChannelId(CHANNEL));
        assertThat(newsroom.reader("memory", "sports").texts()).containsExactly("kick-off");
        assertThat(newsroom.storage().keys()).noneMatch(key -> key.startsWith(SLUG));

        untilNoBacklog();
        assertThat(newsroom.reader().texts())
                .hasSize(MORE_THAN_A_CYCLE)
                .startsWith("update 0", "update 1")
                .endsWith("update " + (MORE_THAN_A_CYCLE - 1));
    }

    @Test
    void aLongChatIsRenderedOverCyclesAndPublishedOnceItIsComplete() {
        newsroom.slack.channel("C0SPORTS");
        String sports = channel("C0SPORTS", "sports", "approval: none");
        newsroom.lists(channel(CHANNEL, SLUG, "approval: none, hidden: true"), sports)
                .pollsWhenDue();
        newsroom.slack.post("C0SPORTS", REPORTER, "kick-off");
        newsroom.cycle();
        List<String> imported = imports(3 * MORE_THAN_A_CYCLE);
        newsroom.lists(channel(CHANNEL, SLUG, "approval: none"), sports);

        int parts = 0;
        while (!newsroom.cycleNow().backlog().isEmpty()) {
            assertThat(newsroom.storage().keys()).noneMatch(key -> key.startsWith(SLUG));
            assertThat(newsroom.storage().text("channels.json"))
                    .contains("sports")
                    .doesNotContain(SLUG);
            if (rendered() > 0) {
                deleteInSlack(imported.get(parts++));
                deleteInSlack(imported.get(rendered() - 1));
            }
        }

        assertThat(parts).isGreaterThanOrEqualTo(2);
        assertThat(newsroom.reader("memory", "sports").texts()).containsExactly("kick-off");
        assertThat(newsroom.reader().texts())
                .hasSize(imported.size() - 2 * parts)
                .startsWith("update " + parts)
                .endsWith("update " + (imported.size() - 1));
        assertThat(newsroom.storage().everything()).doesNotContain("\"update 0\"");
        assertThat(newsroom.storage().keys())
                .filteredOn(key -> key.startsWith(SLUG + "/i/p-"))
                .hasSameSizeAs(pages());
    }

    @Test
    void aLongChatThatIsHiddenWhileItIsRenderedLeavesNoFile() {
        newsroom.says("approval: none, hidden: true").pollsWhenDue();
        newsroom.cycle();
        imports(2 * MORE_THAN_A_CYCLE);
        newsroom.says("approval: none");
        while (rendered() == 0) {
            assertThat(newsroom.cycleNow().backlog()).isNotEmpty();
        }

        newsroom.says("approval: none, hidden: true").cycleNow();

        assertThat(rendered()).isZero();
        assertThat(newsroom.store().files().has(new ChannelId(CHANNEL))).isFalse();
        newsroom.says("approval: none");
        untilNoBacklog();
        assertThat(newsroom.reader().texts()).hasSize(2 * MORE_THAN_A_CYCLE);
    }

    @Test
    void aLongChatOfALostDatabaseThatIsHiddenWhileItIsRenderedLeavesNoFile() {
        newsroom.says("approval: none, jsonp: true").pollsWhenDue();
        post(1);
        newsroom.cycle();
        newsroom.losesItsDatabase();
        imports(2 * MORE_THAN_A_CYCLE);
        do {
            newsroom.cycleNow();
        } while (rendered() == 0);
        assertThat(newsroom.storage().keys()).contains(SLUG + "/live.json", SLUG + ".json");

        newsroom.says("approval: none, jsonp: true, hidden: true");
        newsroom.cycle();
        newsroom.cycle();

        assertThat(newsroom.storage().keys()).noneMatch(key -> key.startsWith(SLUG));
    }

    @Test
    void aLongChatIsCompleteAlthoughOlderMessagesAreReadWhileItIsRendered() {
        newsroom.says("approval: none, hidden: true").pollsWhenDue();
        newsroom.cycle();
        newsroom.clock.advance(Duration.ofHours(3));
        imports(2 * MORE_THAN_A_CYCLE);
        newsroom.says("approval: none");
        while (rendered() == 0) {
            newsroom.cycleNow();
        }
        newsroom.clock.advance(Duration.ofHours(-3));
        imports(MORE_THAN_A_CYCLE);

        untilNoBacklog();

        assertThat(newsroom.reader().texts()).hasSize(3 * MORE_THAN_A_CYCLE);
    }

    private void untilNoBacklog() {
        int cycles = 0;
        while (!newsroom.cycleNow().backlog().isEmpty()) {
            assertThat(++cycles).isLessThan(20);
        }
    }

    private void deleteInSlack(String ts) {
        newsroom.store().messages().markDeleted(new ChannelId(CHANNEL), new MessageTs(ts));
    }

    private int rendered() {
        return pages().stream().mapToInt(PageRef::count).sum();
    }

    private List<PageRef> pages() {
        return newsroom.store().publicMessages().chat(new ChannelId(CHANNEL)).pages();
    }

    @Test
    void aTakedownDoesNotWaitForMessagesThatAreYetToBeReviewed() {
        newsroom.says("approval: none").pollsWhenDue();
        String secret = newsroom.slack.post(CHANNEL, REPORTER, "a secret");
        newsroom.cycle();
        assertThat(newsroom.reader().texts()).containsExactly("a secret");
        imports(2 * MORE_THAN_A_CYCLE);
        assertThat(newsroom.cycle().backlog()).isNotEmpty();

        newsroom.slack.delete(CHANNEL, secret);
        newsroom.events().onEvent(new ChannelId(CHANNEL), new MessageTs(secret));
        CycleReport report = newsroom.cycle();

        assertThat(report.backlog()).isNotEmpty();
        assertThat(newsroom.storage().everything()).doesNotContain("a secret");
    }

    @Test
    void aStricterRuleTakesDownEveryBatchAtOnce() {
        newsroom.says("approval: none");
        List<String> posted = post(MORE_THAN_A_BATCH);
        newsroom.slack.react(CHANNEL, posted.get(posted.size() - 1), EDITOR, "white_check_mark");
        newsroom.cycle();
        assertThat(newsroom.reader().texts()).hasSize(MORE_THAN_A_BATCH);

        newsroom.says(approval("")).cycle();

        assertThat(newsroom.reader().texts()).containsExactly("update " + (MORE_THAN_A_BATCH - 1));
    }

    @Test
    void aCommandInTheThreadOfAMessageCountsAlthoughItBelongsToALaterBatch() {
        newsroom.says(approval(""));
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "the secret witness is here");
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
        post(MORE_THAN_A_BATCH);
        newsroom.slack.reply(CHANNEL, ts, EDITOR, "edit: a witness is here");

        newsroom.cycle();

        assertThat(newsroom.reader().texts()).containsExactly("a witness is here");
        assertThat(newsroom.store()
                        .publicMessages()
                        .chat(new ChannelId(CHANNEL))
                        .seq())
                .as("the message is published once")
                .isEqualTo(1);
    }

    private List<String> imports(int messages) {
        var imported = new ArrayList<SlackMessage>();
        for (int i = 0; i < messages; i++) {
            String ts = MessageTs.at(newsroom.clock.instant().plusSeconds(i)).value();
            imported.add(new SlackMessage(
                    new MessageTs(ts),
                    JsonNodeFactory.instance
                            .objectNode()
                            .put("type", "message")
                            .put("user", REPORTER)
                            .put("text", "update " + i)
                            .put("ts", ts)));
        }
        newsroom.store()
                .messages()
                .saveImported(new ChannelId(CHANNEL), imported, TestNewsroom.START, newsroom.clock.instant());
        return imported.stream().map(message -> message.ts().value()).toList();
    }

    private List<String> post(int messages) {
        var posted = new ArrayList<String>();
        for (int i = 0; i < messages; i++) {
            posted.add(newsroom.slack.post(CHANNEL, REPORTER, "update " + i));
        }
        return posted;
    }
}
