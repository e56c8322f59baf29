package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.approval;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Threads of more replies than a page holds, under Slack's rate limits, with a cycle every five seconds. */
@Tag("slow")
class LargeThreadTest extends WithNewsroom {
    private static final Duration BETWEEN_CYCLES = Duration.ofSeconds(5);
    private static final int REPLIES = 1000;

    private String root;
    private final List<String> replies = new ArrayList<>();

    @BeforeEach
    void anActiveChannel() {
        newsroom.faults.enforceLimits();
        newsroom.pollsWhenDue().says("approval: none, threads: publish");
        root = newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 500, 808, 809, 810, 998, 999})
    void aReplyDeletedAnywhereInAThreadOfAThousandIsTakenDownWithinTenSeconds(int deleted) {
        postReplies(REPLIES);
        passUntil(() -> isPublic(REPLIES - 1));
        pass(Duration.ofMinutes(2));

        newsroom.slack.delete(CHANNEL, replies.get(deleted));

        assertThat(passUntil(() -> !isPublic(deleted))).isLessThanOrEqualTo(Duration.ofSeconds(10));
        assertThat(isPublic(deleted == 0 ? 1 : 0)).isTrue();
    }

    @Test
    void ofTwoRepliesDeletedTogetherBothAreTakenDown() {
        postReplies(REPLIES);
        passUntil(() -> isPublic(REPLIES - 1));

        newsroom.slack.delete(CHANNEL, replies.get(0));
        newsroom.slack.delete(CHANNEL, replies.get(999));
        newsroom.slack.reply(CHANNEL, root, REPORTER, "one more");

        assertThat(passUntil(() -> !isPublic(0) && !isPublic(999))).isLessThanOrEqualTo(Duration.ofSeconds(10));
        assertThat(newsroom.storage().everything()).contains("one more");
    }

    @Test
    void aMarkOnARecentReplyIsSeenWithinAMinuteAndOnAnOldOneWithinTwo() {
        newsroom.says(approval("") + ", threads: publish");
        approve(root);
        postReplies(REPLIES);
        passUntil(() -> newsroom.storage().everything().contains("Smith wins"));

        approve(replies.get(900));
        assertThat(passUntil(() -> isPublic(900))).isLessThanOrEqualTo(Duration.ofSeconds(65));
        approve(replies.get(3));
        assertThat(passUntil(() -> isPublic(3))).isLessThanOrEqualTo(Duration.ofMinutes(2));
        newsroom.slack.unreact(CHANNEL, replies.get(900), EDITOR, "white_check_mark");
        assertThat(passUntil(() -> !isPublic(900))).isLessThanOrEqualTo(Duration.ofSeconds(65));
        newsroom.slack.unreact(CHANNEL, replies.get(3), EDITOR, "white_check_mark");
        assertThat(passUntil(() -> !isPublic(3))).isLessThanOrEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void aNewReplyCostsACallAndAPageOfTheRescan() {
        postReplies(REPLIES);
        passUntil(() -> isPublic(REPLIES - 1));
        pass(Duration.ofSeconds(30));
        newsroom.slackServer.resetCalls();

        newsroom.slack.reply(CHANNEL, root, REPORTER, "one more");
        passUntil(() -> newsroom.storage().everything().contains("one more"));

        assertThat(newsroom.slackServer.calls("conversations.replies")).isLessThanOrEqualTo(2);
    }

    @Test
    @Tag("simulation")
    void aThreadOfTenThousandIsReadInPartsWhileSmallThreadsAreReadAsUsual() {
        String other = newsroom.slack.post(CHANNEL, REPORTER, "Jones concedes");
        postReplies(10_000);
        Duration first = passUntil(() -> isPublic(9_999));
        assertThat(first).isLessThanOrEqualTo(Duration.ofSeconds(150));

        newsroom.slack.delete(CHANNEL, replies.get(9_990));
        assertThat(passUntil(() -> !isPublic(9_990))).isLessThanOrEqualTo(Duration.ofSeconds(10));
        pass(Duration.ofSeconds(20));
        newsroom.slack.delete(CHANNEL, replies.get(1));
        pass(BETWEEN_CYCLES);
        String reply = newsroom.slack.reply(CHANNEL, other, REPORTER, "at last");
        assertThat(passUntil(() -> newsroom.storage().everything().contains("at last")))
                .isLessThanOrEqualTo(Duration.ofSeconds(10));
        newsroom.slack.delete(CHANNEL, reply);
        assertThat(passUntil(() -> !newsroom.storage().everything().contains("at last")))
                .isLessThanOrEqualTo(Duration.ofSeconds(10));
        assertThat(passUntil(() -> !isPublic(1))).isLessThanOrEqualTo(Duration.ofSeconds(150));
    }

    @Test
    void aProcessThatStartsAgainGoesOnWhereItWas() {
        postReplies(6_000);
        pass(BETWEEN_CYCLES);
        int before = newsroom.slackServer.calls("conversations.replies");
        assertThat(isPublic(5_999)).isFalse();

        newsroom.restart();
        newsroom.clock.advance(Duration.ofMinutes(1));
        passUntil(() -> isPublic(5_999));

        assertThat(before + 12).isGreaterThanOrEqualTo(newsroom.slackServer.calls("conversations.replies"));
    }

    private void approve(String ts) {
        newsroom.slack.react(CHANNEL, ts, EDITOR, "white_check_mark");
    }

    private void postReplies(int count) {
        for (int i = 0; i < count; i++) {
            replies.add(newsroom.slack.reply(CHANNEL, root, REPORTER, "reply %05d.".formatted(i)));
        }
    }

    private boolean isPublic(int reply) {
        return newsroom.storage().everything().contains("reply %05d.".formatted(reply));
    }

    private void pass(Duration time) {
        Instant end = newsroom.clock.instant().plus(time);
        while (newsroom.clock.instant().isBefore(end)) {
            newsroom.clock.advance(BETWEEN_CYCLES);
            newsroom.cycleNow();
        }
    }

    /** Runs cycles until this is true; how long it took. */
    private Duration passUntil(BooleanSupplier condition) {
        Instant start = newsroom.clock.instant();
        while (!condition.getAsBoolean()) {
            Duration passed = Duration.between(start, newsroom.clock.instant());
            assertThat(passed).isLessThan(Duration.ofMinutes(30));
            pass(BETWEEN_CYCLES);
        }
        return Duration.between(start, newsroom.clock.instant());
    }
}
