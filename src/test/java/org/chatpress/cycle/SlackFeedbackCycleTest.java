package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.approval;

import java.time.Duration;
import java.util.List;
import org.chatpress.model.BotFeedback;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.slack.SlackClient;
import org.chatpress.support.CrashPoint;
import org.chatpress.support.CrashPoint.Killed;
import org.chatpress.support.CrashPoint.When;
import org.chatpress.support.FakeSlackServer;
import org.chatpress.support.FakeWorkspace;
import org.chatpress.support.Fault;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How the reactions and replies of our bot reach Slack. */
class SlackFeedbackCycleTest extends WithNewsroom {
    private static final BotFeedback CLOCK = BotFeedback.emoji("clock1");
    private static final BotFeedback FAILED =
            BotFeedback.emoji("x").plus(BotFeedback.reply("broken", "The photo is broken: <half> & half"));

    private BotFeedback desired = BotFeedback.NONE;
    private String ts;

    @BeforeEach
    void post() {
        newsroom.wants((channel, message) -> message.value().equals(ts) ? desired : BotFeedback.NONE);
        ts = newsroom.slack.post(CHANNEL, REPORTER, "polls are closed");
        newsroom.cycle();
    }

    @Test
    void aReactionIsAddedOnceAndRemovedWhenItIsNoLongerDesired() {
        desire(CLOCK);
        newsroom.cycle();
        enqueue();
        newsroom.cycle();
        assertThat(newsroom.slack.reactions(CHANNEL, ts)).containsExactly("clock1 " + FakeWorkspace.BOT);
        assertThat(newsroom.slackServer.calls("reactions.add")).isEqualTo(1);

        desire(BotFeedback.emoji("rocket"));
        newsroom.cycle();
        newsroom.cycle();

        assertThat(newsroom.slack.reactions(CHANNEL, ts)).containsExactly("rocket " + FakeWorkspace.BOT);
        assertThat(newsroom.slackServer.calls("reactions.add")).isEqualTo(2);
        assertThat(newsroom.slackServer.calls("reactions.remove")).isEqualTo(1);
    }

    @Test
    void aReplyIsPostedOnceAndStays() {
        desire(FAILED);
        newsroom.cycle();
        enqueue();
        newsroom.cycle();
        desire(BotFeedback.NONE);
        newsroom.cycle();

        assertThat(newsroom.slack.botReplies(CHANNEL, ts))
                .containsExactly("The photo is broken: &lt;half&gt; &amp; half");
        assertThat(newsroom.slack.reactions(CHANNEL, ts)).isEmpty();
        assertThat(newsroom.reader().texts()).containsExactly("polls are closed");
    }

    @Test
    void feedbackThatMayHaveBeenAddedBeforeACrashIsAddedOnce() {
        desire(CLOCK.plus(FAILED));
        var calls = new CrashPoint("addReaction", "postReply");
        newsroom.restart().asksSlackThrough(slack -> calls.through(SlackClient.class, slack));
        for (int crash : List.of(1, 2, 2)) {
            calls.failAt(crash, When.AFTER, Killed::new);
            assertThatThrownBy(newsroom::cycle).isInstanceOf(Killed.class);
            newsroom.restart();
        }
        newsroom.cycle();

        assertThat(newsroom.slack.botReplies(CHANNEL, ts)).hasSize(1);
        assertThat(newsroom.slack.reactions(CHANNEL, ts))
                .containsExactlyInAnyOrder("clock1 " + FakeWorkspace.BOT, "x " + FakeWorkspace.BOT);
    }

    @Test
    void aNoteOnAReplyThatMayHaveBeenPostedBeforeACrashIsPostedOnce() {
        String root = ts;
        newsroom.says("approval: none, threads: publish");
        ts = newsroom.slack.reply(CHANNEL, root, REPORTER, "by a mile");
        newsroom.clock.advance(Duration.ofMinutes(1));
        newsroom.cycle();
        desire(FAILED);
        var calls = new CrashPoint("postReply");
        newsroom.restart().asksSlackThrough(slack -> calls.through(SlackClient.class, slack));
        calls.failAt(1, When.AFTER, Killed::new);
        assertThatThrownBy(newsroom::cycle).isInstanceOf(Killed.class);
        newsroom.restart().cycle();

        assertThat(newsroom.slack.botReplies(CHANNEL, root))
                .containsExactly("\u201Cby a mile\u201D: The photo is broken: &lt;half&gt; &amp; half");
    }

    @Test
    void aReactionAddedJustBeforeACrashIsRemovedIfItIsNoLongerDesired() {
        desire(CLOCK);
        var calls = new CrashPoint("addReaction");
        newsroom.restart().asksSlackThrough(slack -> calls.through(SlackClient.class, slack));
        calls.failAt(1, When.AFTER, Killed::new);
        assertThatThrownBy(newsroom::cycle).isInstanceOf(Killed.class);
        newsroom.restart();

        desired = BotFeedback.emoji("rocket");
        newsroom.cycle();

        assertThat(newsroom.slack.reactions(CHANNEL, ts)).containsExactly("rocket " + FakeWorkspace.BOT);
    }

    @Test
    void aMissingScopeIsLoggedOnceFailsNoCycleAndIsTriedAgain() {
        newsroom.slack.removeScope("reactions:write");
        desire(CLOCK);

        assertThat(newsroom.cycle().isComplete()).isTrue();
        assertThat(newsroom.cycle().isComplete()).isTrue();
        newsroom.restart().cycle();
        assertThat(newsroom.slackServer.calls("reactions.add")).isEqualTo(2);
        assertThat(
                        newsroom.store()
                                .channels()
                                .timestamp(
                                        "feedback error: Add the scope reactions:write to the Slack app and reinstall the app."))
                .isPresent();

        newsroom.slack.addScope("reactions:write");
        newsroom.clock.advance(Duration.ofMinutes(11));
        newsroom.cycle();
        assertThat(newsroom.slack.reactions(CHANNEL, ts)).hasSize(1);
    }

    @Test
    void marksFalseSwitchesFeedbackOff() {
        newsroom.saysAtTheTop("marks: false");
        desire(FAILED);

        newsroom.cycle();

        assertThat(newsroom.slack.reactions(CHANNEL, ts)).isEmpty();
        assertThat(newsroom.slack.botReplies(CHANNEL, ts)).isEmpty();
    }

    @Test
    void aDeletedMessageGetsNoFurtherFeedback() {
        desire(CLOCK);
        newsroom.slack.delete(CHANNEL, ts);

        assertThat(newsroom.cycle().isComplete()).isTrue();
        newsroom.cycle();

        assertThat(newsroom.slackServer.calls("reactions.add")).isEqualTo(1);
        assertThat(newsroom.store().feedback().due()).isEmpty();
    }

    @Test
    void ourOwnReactionsAndRepliesChangeNothingForReaders() {
        newsroom.says(approval("reject: [x], hold: [clock1], emoji: [rocket]"));
        newsroom.slack.react(CHANNEL, ts, EDITOR, "rocket");
        newsroom.cycle();
        desire(CLOCK.plus(FAILED).plus(BotFeedback.emoji("rocket")));
        newsroom.cycle();
        newsroom.cycle();
        newsroom.storage().forgetOperations();
        newsroom.slackServer.resetCalls();

        newsroom.cycle();

        assertThat(newsroom.storage().changes()).isEmpty();
        assertThat(newsroom.reader().texts()).containsExactly("polls are closed");
        assertThat(newsroom.slackServer.calls())
                .extracting(FakeSlackServer.Call::method)
                .containsOnly("conversations.history");
    }

    @Test
    void aFailedCallIsTriedAgainInALaterCycle() {
        desire(CLOCK.plus(FAILED));
        newsroom.faults.next("reactions.add", Fault.RESET);
        newsroom.faults.next("chat.postMessage", Fault.HTML_PAGE);

        assertThat(newsroom.cycle().isComplete()).isTrue();
        assertThat(newsroom.slack.reactions(CHANNEL, ts)).isEmpty();
        newsroom.cycle();

        assertThat(newsroom.slack.reactions(CHANNEL, ts)).hasSize(2);
        assertThat(newsroom.slack.botReplies(CHANNEL, ts)).hasSize(1);
    }

    @Test
    void aChannelGetsOneReplyPerRun() {
        String other = newsroom.slack.post(CHANNEL, REPORTER, "turnout is high");
        newsroom.cycle();
        newsroom.restart().wants((channel, message) -> FAILED);
        enqueue();
        newsroom.store().feedback().enqueue(new ChannelId(CHANNEL), new MessageTs(other));

        newsroom.cycle();
        assertThat(newsroom.slackServer.calls("chat.postMessage")).isEqualTo(1);
        newsroom.cycle();
        assertThat(List.of(newsroom.slack.botReplies(CHANNEL, ts), newsroom.slack.botReplies(CHANNEL, other)))
                .allSatisfy(replies -> assertThat(replies).hasSize(1));
    }

    private void desire(BotFeedback feedback) {
        desired = feedback;
        enqueue();
    }

    private void enqueue() {
        newsroom.store().feedback().enqueue(new ChannelId(CHANNEL), new MessageTs(ts));
    }
}
