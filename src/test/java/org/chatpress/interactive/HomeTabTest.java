package org.chatpress.interactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SECOND_EDITOR;
import static org.chatpress.support.TestNewsroom.SLUG;
import static org.chatpress.support.TestNewsroom.approval;
import static org.chatpress.support.TestNewsroom.channel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.stream.IntStream;
import org.chatpress.support.FakeInteractivity.Home;
import org.chatpress.support.Fault;
import org.junit.jupiter.api.Test;

/** The App Home. */
class HomeTabTest extends WithEditors {
    @Test
    void everyoneSeesTheChatsAndOnlyNamedApproversWhatIsPending() throws InterruptedException {
        newsroom.slack.channel("C0PRIVATE", "private", true);
        newsroom.slack.channel("C0OPEN");
        newsroom.slack.channel("C0HIDDEN");
        newsroom.slack.group("S0EDITORS", SECOND_EDITOR);
        newsroom.lists(
                channel(CHANNEL, SLUG, approval("") + ", page: \"https://news.example/election\""),
                channel("C0PRIVATE", "private", "approval: {approvers: [S0EDITORS]}"),
                channel("C0OPEN", "open", "approval: {approvers: [anyone]}"),
                channel("C0HIDDEN", "hidden-chat", "hidden: true, approval: {approvers: [S0EDITORS]}"));
        newsroom.slack.post(CHANNEL, REPORTER, "words of the election");
        newsroom.slack.post("C0PRIVATE", REPORTER, "secret words");
        newsroom.slack.post("C0OPEN", REPORTER, "words of the open chat");
        newsroom.cycle();
        connect();

        Home reporters = opens(REPORTER);
        assertThat(reporters.user()).isEqualTo(REPORTER);
        assertThat(reporters.text())
                .contains(
                        "*Election night*\nLive · <https://news.example/election|page for readers>\n0 public, 1 pending")
                .doesNotContain("words of", "secret", "Hidden");
        assertThat(opens(EDITOR).text())
                .contains("words of the election")
                .doesNotContain("secret", "words of the open chat", "Hidden");
        assertThat(opens(SECOND_EDITOR).text()).contains("words of the election", "secret words", "Hidden");
    }

    @Test
    void itIsRefreshedForThoseWhoHaveItOpenWhenACountChanges() throws InterruptedException {
        newsroom.says(approval(""));
        newsroom.cycle();
        connect();
        opens(EDITOR);
        opens(REPORTER);
        handler.refreshHomes();
        people.home();
        people.home();

        handler.refreshHomes();
        assertThat(people.homes()).isEmpty();

        newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        newsroom.cycle();
        handler.refreshHomes();
        assertThat(people.home().text()).contains("1 pending", "Smith wins");
        assertThat(people.home().text()).contains("1 pending").doesNotContain("Smith wins");
        handler.refreshHomes();
        assertThat(people.homes()).isEmpty();

        newsroom.clock.advance(Duration.ofHours(1));
        newsroom.slack.post(CHANNEL, REPORTER, "Jones wins");
        newsroom.cycle();
        handler.refreshHomes();
        assertThat(people.homes()).as("opened long ago").isEmpty();
    }

    @Test
    void unapprovedWordsGoWhenTheyWereEditedOrDeletedOrThePersonIsNoLongerAnApprover() throws InterruptedException {
        newsroom.slack.group("S0EDITORS", EDITOR, SECOND_EDITOR);
        newsroom.says("approval: {approvers: [S0EDITORS]}");
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        newsroom.cycle();
        connect();
        assertThat(opens(EDITOR).text()).contains("Smith wins");
        handler.refreshHomes();
        people.home();

        newsroom.slack.edit(CHANNEL, ts, REPORTER, "They count");
        newsroom.cycle();
        handler.refreshHomes();
        assertThat(people.home().text()).contains("1 pending", "They count").doesNotContain("Smith");

        newsroom.slack.delete(CHANNEL, ts);
        newsroom.slack.post(CHANNEL, REPORTER, "Jones wins");
        newsroom.cycle();
        handler.refreshHomes();
        assertThat(people.home().text()).contains("1 pending", "Jones wins").doesNotContain("They count");

        newsroom.clock.advance(Duration.ofMinutes(6));
        handler.refreshHomes();
        assertThat(people.homes()).as("nothing but an age has changed").isEmpty();

        newsroom.slack.group("S0EDITORS", SECOND_EDITOR);
        newsroom.clock.advance(Duration.ofMinutes(6));
        handler.refreshHomes();
        assertThat(people.home().text()).contains("1 pending").doesNotContain("Jones");
    }

    @Test
    void aRefreshThatSlackRefusesIsMadeAgain() throws InterruptedException {
        newsroom.says(approval(""));
        newsroom.cycle();
        connect();
        opens(EDITOR);
        newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        newsroom.cycle();
        newsroom.faults.next("views.publish", Fault.SERVER_ERROR);

        handler.refreshHomes();
        handler.refreshHomes();

        assertThat(people.home().text()).contains("1 pending");
    }

    @Test
    void aPersonWhoHasLeftTheWorkspaceDoesNotStopTheOthers() throws InterruptedException {
        newsroom.cycle();
        connect();
        opens(REPORTER);
        opens(EDITOR);
        newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        newsroom.cycle();
        newsroom.faults.next("views.publish", Fault.notOk("user_not_found"));

        handler.refreshHomes();

        assertThat(people.home().user()).isEqualTo(EDITOR);
        newsroom.slack.post(CHANNEL, REPORTER, "Jones concedes");
        newsroom.cycle();
        handler.refreshHomes();
        assertThat(people.home().user()).isEqualTo(EDITOR);
        assertThat(people.homes()).isEmpty();
    }

    @Test
    void aGroupThatSlackDoesNotKnowLeavesCallsForTheReview() throws InterruptedException {
        newsroom.slack.group("S0EDITORS", EDITOR);
        String[] entries = IntStream.range(0, 30)
                .mapToObj(i -> channel("C0CHAT" + i, "chat-" + i, "approval: {approvers: [S0DELETED, S0EDITORS]}"))
                .toArray(String[]::new);
        IntStream.range(0, 30).forEach(i -> newsroom.slack.channel("C0CHAT" + i));
        newsroom.lists(entries);
        newsroom.cycle();
        connect();
        newsroom.slackServer.resetCalls();

        opens(REPORTER);
        opens(EDITOR);

        assertThat(newsroom.slackServer.calls("usergroups.users.list")).isEqualTo(2);
        newsroom.clock.advance(Duration.ofMinutes(2));
        opens(REPORTER);
        assertThat(newsroom.slackServer.calls("usergroups.users.list")).isEqualTo(4);
    }

    @Test
    void theTabWithMessagesIsNoHome() throws InterruptedException {
        newsroom.cycle();
        connect();
        JsonNode request = people.homeOpened(EDITOR);
        ((ObjectNode) request.at("/payload/event")).put("tab", "messages");

        sends(request);
        opens(EDITOR);

        assertThat(people.homes()).isEmpty();
    }

    @Test
    void manyChatsStayWithinSlacksLimits() throws InterruptedException {
        String[] entries = IntStream.range(0, 60)
                .mapToObj(i -> channel("C0CHAT" + i, "chat-" + i, approval("")))
                .toArray(String[]::new);
        newsroom.lists(entries);
        for (int i = 0; i < 60; i++) {
            newsroom.slack.channel("C0CHAT" + i);
            for (int j = 0; j < 6; j++) {
                newsroom.slack.post(
                        "C0CHAT" + i, REPORTER, "&amp;".repeat(200) + " & < > " + "\uD83D\uDE00".repeat(100));
            }
        }
        newsroom.cycle();
        connect();

        assertThat(opens(EDITOR).text()).contains("There are more chats");
    }

    private Home opens(String user) throws InterruptedException {
        sends(people.homeOpened(user));
        return people.home();
    }
}
