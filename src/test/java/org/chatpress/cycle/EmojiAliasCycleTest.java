package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SECOND_EDITOR;
import static org.chatpress.support.TestNewsroom.approval;

import java.time.Duration;
import java.util.Optional;
import org.chatpress.approval.policy.ApprovalPolicy.MessageSnapshot;
import org.chatpress.approval.policy.Decision.Verdict;
import org.chatpress.approval.policy.ReviewState;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.store.MessageRepository.ReviewScope;
import org.chatpress.support.Fault;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reactions with aliases that the workspace made for other emoji. */
class EmojiAliasCycleTest extends WithNewsroom {
    private static final String PARROT = "https://emoji.slack-edge.com/T0NEWSROOM/parrot/1a2b.gif";

    @BeforeEach
    void theWorkspaceHasAliases() {
        newsroom.slack.emoji("approved", "alias:ok");
        newsroom.slack.emoji("ok", "alias:white_check_mark");
        newsroom.slack.emoji("party_parrot", PARROT);
        newsroom.says(approval(""));
        readsTheList();
    }

    @Test
    void anAliasCountsAsTheEmojiThatItStandsForAtOnce() {
        newsroom.slack.emoji("nope", "alias:no_entry");
        newsroom.slack.emoji("later", "alias:hourglass");
        newsroom.slack.emoji("polly", "alias:party_parrot");
        newsroom.says(approval("hold: [party_parrot, hourglass]"));
        readsTheList();
        reacted("Smith wins", EDITOR, "approved");
        reacted("by a reporter", REPORTER, "approved");
        String rejected = reacted("Jones wins", EDITOR, "approved");
        String held = reacted("Brown wins", EDITOR, "approved");
        String alsoHeld = reacted("Black wins", EDITOR, "approved");
        newsroom.slack.react(CHANNEL, rejected, SECOND_EDITOR, "nope");
        newsroom.slack.react(CHANNEL, held, SECOND_EDITOR, "later");
        newsroom.slack.react(CHANNEL, alsoHeld, SECOND_EDITOR, "polly");
        newsroom.cycle();

        assertThat(newsroom.reader().texts()).containsExactly("Smith wins");
        assertThat(verdict(rejected)).isEqualTo(Verdict.REJECTED);
        assertThat(verdict(held)).isEqualTo(Verdict.HELD);
        assertThat(verdict(alsoHeld)).isEqualTo(Verdict.HELD);
    }

    @Test
    void oneEditorWithAnAliasAndItsEmojiIsOneApprover() {
        newsroom.says(approval("count: 2"));
        String once = reacted("Smith wins", EDITOR, "approved");
        newsroom.slack.react(CHANNEL, once, EDITOR, "white_check_mark");
        String twice = reacted("Jones wins", EDITOR, "approved");
        newsroom.slack.react(CHANNEL, twice, SECOND_EDITOR, "white_check_mark");
        newsroom.cycle();

        assertThat(newsroom.reader().texts()).containsExactly("Jones wins");
    }

    @Test
    void aRemovedReactionWithAnAliasTakesTheMessageDown() {
        String ts = reacted("Smith wins", EDITOR, "approved");
        newsroom.cycle();
        newsroom.slack.unreact(CHANNEL, ts, EDITOR, "approved");
        newsroom.cycle();

        assertThat(newsroom.reader().texts()).isEmpty();
    }

    @Test
    void withoutTheScopeAnAliasApprovesNothingAndTheReviewEnds() {
        newsroom.slack.removeScope("emoji:read");
        newsroom.losesItsDatabase();
        String ts = reacted("Smith wins", EDITOR, "approved");
        assertThat(newsroom.cycle().incidents()).isEmpty();
        newsroom.cycle();

        assertThat(verdict(ts)).isEqualTo(Verdict.PENDING);
        assertThat(needReview()).isZero();
    }

    @Test
    void whileTheListCannotBeReadAMessageWithAnUnknownEmojiWaits() {
        newsroom.slack.emoji("nope", "alias:no_entry");
        newsroom.clock.advance(Duration.ofMinutes(1));
        newsroom.faults.next("emoji.list", Fault.RESET);
        String rejected = reacted("Jones wins", EDITOR, "white_check_mark");
        newsroom.slack.react(CHANNEL, rejected, SECOND_EDITOR, "nope");
        String unclear = reacted("Smith wins", EDITOR, "white_check_mark");
        newsroom.slack.react(CHANNEL, unclear, REPORTER, "new_parrot");
        newsroom.cycle();
        newsroom.cycle();
        assertThat(verdict(unclear)).isEqualTo(Verdict.PENDING);
        assertThat(reason(unclear)).contains("list of custom emoji").contains("new_parrot");
        assertThat(verdict(rejected)).isEqualTo(Verdict.PENDING);

        newsroom.clock.advance(Duration.ofMinutes(1));
        newsroom.restart().cycle();

        assertThat(newsroom.reader().texts()).containsExactly("Smith wins");
        assertThat(verdict(rejected)).isEqualTo(Verdict.REJECTED);
        assertThat(needReview()).isZero();
        assertThat(newsroom.storage().everythingEver()).doesNotContain("Jones wins");
    }

    @Test
    void anEmojiThatBecomesAnAliasAfterItsListWasReadApprovesNothing() {
        String ts = reacted("Smith wins", EDITOR, "party_parrot");
        newsroom.cycle();
        newsroom.slack.deleteEmoji("party_parrot");
        newsroom.clock.advance(Duration.ofHours(1));
        newsroom.cycle();
        newsroom.slack.emoji("party_parrot", "alias:white_check_mark");
        newsroom.slack.emoji("polly", "alias:party_parrot");
        newsroom.clock.advance(Duration.ofHours(1));
        newsroom.cycle();
        newsroom.slack.react(CHANNEL, ts, REPORTER, "tada");
        newsroom.restart().cycle();

        assertThat(verdict(ts)).isEqualTo(Verdict.PENDING);
        assertThat(reason(ts))
                .contains("once of another emoji")
                .contains(EDITOR)
                .contains("party_parrot");
        assertThat(newsroom.reader().texts()).isEmpty();
    }

    @Test
    void anEmojiThatBecameAnAliasBeforeTheNextListApprovesNoMessageThatWasThere() {
        newsroom.slack.emoji("clap_clap", PARROT);
        String ts = reacted("Smith wins", EDITOR, "clap_clap");
        newsroom.slack.deleteEmoji("clap_clap");
        newsroom.slack.emoji("clap_clap", "alias:white_check_mark");
        newsroom.clock.advance(Duration.ofHours(1));
        newsroom.cycle();
        newsroom.restart().cycle();
        newsroom.cycle();

        assertThat(verdict(ts)).isEqualTo(Verdict.PENDING);
        assertThat(reason(ts)).contains("an alias newer than the message").contains("clap_clap");
        assertThat(newsroom.slack.botReplies(CHANNEL, ts))
                .anyMatch(reply -> reply.contains(":clap_clap: does not approve it"));
        assertThat(newsroom.storage().everythingEver()).doesNotContain("Smith wins");

        reacted("Jones wins", EDITOR, "clap_clap");
        newsroom.cycle();
        assertThat(newsroom.reader().texts()).containsExactly("Jones wins");
    }

    @Test
    void anAliasIsUnknownOfOldMessagesOnceTheDatabaseIsLost() {
        String approved = reacted("Smith wins", EDITOR, "white_check_mark");
        String rejected = reacted("Jones wins", EDITOR, "white_check_mark");
        newsroom.slack.emoji("nope", "alias:no_entry");
        newsroom.slack.react(CHANNEL, rejected, SECOND_EDITOR, "nope");
        String byAlias = reacted("Brown wins", EDITOR, "party_parrot");
        newsroom.cycle();
        newsroom.slack.deleteEmoji("party_parrot");
        newsroom.slack.emoji("party_parrot", "alias:white_check_mark");

        newsroom.losesItsDatabase();
        newsroom.cycle();
        newsroom.cycle();

        assertThat(newsroom.reader().texts()).containsExactly("Smith wins");
        assertThat(verdict(approved)).isEqualTo(Verdict.APPROVED);
        assertThat(verdict(rejected)).isEqualTo(Verdict.REJECTED);
        assertThat(verdict(byAlias)).isEqualTo(Verdict.PENDING);
    }

    @Test
    void readersSeeNoAliasOfAnEmojiForEditors() {
        newsroom.slack.emoji("camera_done", "alias:rocket");
        newsroom.slack.emoji("hurray", "alias:tada");
        newsroom.slack.emoji("polly", "alias:party_parrot");
        newsroom.says(approval("") + ", reactions: true");
        readsTheList();
        String ts = reacted("Smith wins", EDITOR, "approved");
        newsroom.slack.react(CHANNEL, ts, EDITOR, "camera_done");
        newsroom.slack.react(CHANNEL, ts, REPORTER, "hurray");
        newsroom.slack.react(CHANNEL, ts, REPORTER, "polly");
        newsroom.cycle();

        assertThat(newsroom.reader().whole().at("/messages/0/reactions").findValuesAsText("emoji"))
                .containsExactly("hurray", "polly");

        newsroom.slack.emoji("approved_too", "alias:white_check_mark");
        newsroom.slack.react(CHANNEL, ts, SECOND_EDITOR, "approved_too");
        newsroom.cycle();
        newsroom.clock.advance(Duration.ofMinutes(1));
        newsroom.cycle();

        assertThat(newsroom.storage().everythingEver())
                .doesNotContain("approved_too")
                .doesNotContain("camera_done");
    }

    @Test
    void theListIsReadAtOnceAfterTheClockWasSetBack() {
        newsroom.clock.advance(Duration.ofMinutes(-30));
        newsroom.slack.emoji("nope", "alias:no_entry");
        String ts = reacted("Smith wins", EDITOR, "white_check_mark");
        newsroom.slack.react(CHANNEL, ts, SECOND_EDITOR, "nope");
        newsroom.cycle();

        assertThat(verdict(ts)).isEqualTo(Verdict.REJECTED);
    }

    @Test
    void anAliasThatTheWorkspaceDeletesStillCountsForItsReactions() {
        String ts = reacted("Smith wins", EDITOR, "approved");
        newsroom.cycle();
        newsroom.slack.deleteEmoji("approved");
        newsroom.clock.advance(Duration.ofHours(1));
        newsroom.cycle();
        newsroom.slack.react(CHANNEL, ts, REPORTER, "tada");
        newsroom.restart().cycle();

        assertThat(newsroom.reader().texts()).containsExactly("Smith wins");
    }

    @Test
    void anAliasThatTheSettingsNameCountsUnderItsOwnName() {
        newsroom.says(approval("emoji: [approved]"));
        reacted("Smith wins", EDITOR, "approved");
        reacted("Jones wins", EDITOR, "white_check_mark");
        newsroom.cycle();

        assertThat(newsroom.reader().texts()).containsExactly("Smith wins");
    }

    @Test
    void anApprovedReplyAndAnAnnotationMayHaveAliasesToo() {
        newsroom.slack.emoji("stick", "alias:pushpin");
        newsroom.says(approval("") + ", threads: publish");
        readsTheList();
        String root = reacted("Smith wins", EDITOR, "approved");
        newsroom.slack.react(CHANNEL, root, EDITOR, "stick");
        String reply = newsroom.slack.reply(CHANNEL, root, REPORTER, "by a mile");
        newsroom.slack.react(CHANNEL, reply, EDITOR, "approved");
        newsroom.cycle();

        assertThat(newsroom.reader().whole().at("/messages/0/replies/0/text").asText())
                .isEqualTo("by a mile");
        assertThat(newsroom.reader().whole().at("/messages/0/pinned").asBoolean())
                .isTrue();
    }

    /** Messages that are posted later may be approved by the aliases that there are. */
    private void readsTheList() {
        newsroom.clock.advance(Duration.ofHours(1));
        newsroom.cycle();
        newsroom.clock.advance(Duration.ofSeconds(2));
    }

    private String reacted(String text, String user, String emoji) {
        String ts = newsroom.slack.post(CHANNEL, REPORTER, text);
        newsroom.slack.react(CHANNEL, ts, user, emoji);
        return ts;
    }

    private Verdict verdict(String ts) {
        return newsroom.store()
                .messages()
                .snapshot(new ChannelId(CHANNEL), new MessageTs(ts))
                .flatMap(MessageSnapshot::reviewState)
                .map(ReviewState::verdict)
                .orElseThrow();
    }

    private String reason(String ts) {
        return newsroom.store()
                .messages()
                .summary(new ChannelId(CHANNEL), new MessageTs(ts))
                .orElseThrow()
                .reason();
    }

    private int needReview() {
        return newsroom.store()
                .messages()
                .needingReview(new ChannelId(CHANNEL), ReviewScope.ALL, Optional.empty(), Optional.empty(), 10)
                .size();
    }
}
