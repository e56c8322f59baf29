package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SECOND_EDITOR;
import static org.chatpress.support.TestNewsroom.SLUG;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.chatpress.approval.policy.Decision.Verdict;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.support.FakeWorkspace;
import org.chatpress.support.Fault;
import org.chatpress.support.TestNewsroom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What readers see after approvals, edits, deletions and failures of Slack. */
class ApprovalCycleTest {
    private static final String CHECK = "white_check_mark";
    private static final String PASSER_BY = "U0PASSERBY";

    @TempDir
    Path folder;

    TestNewsroom newsroom;
    FakeWorkspace slack;

    @BeforeEach
    void open() {
        newsroom = new TestNewsroom(folder);
        slack = newsroom.slack;
        slack.person(PASSER_BY, "Paul Passer-by");
    }

    @AfterEach
    void close() {
        newsroom.close();
    }

    private List<String> texts() {
        return newsroom.reader().texts();
    }

    private String post(String text) {
        return slack.post(CHANNEL, REPORTER, text);
    }

    private List<String> post(int messages) {
        var posted = new ArrayList<String>();
        for (int i = 0; i < messages; i++) {
            posted.add(post("update " + i));
        }
        return posted;
    }

    private void cycles(int number) {
        for (int i = 0; i < number; i++) {
            newsroom.cycle();
        }
    }

    @Nested
    class WhoApproves {
        @Test
        void anApprovalThatSlackDoesNotNameIsNoticedWhenItIsTakenBack() {
            newsroom.says(TestNewsroom.approval(""));
            newsroom.slackServer.shortenReactorsTo(2);
            String ts = newsroom.slack.post(CHANNEL, REPORTER, "polls are closed");
            for (String user : List.of("U0READER1", "U0READER2", EDITOR, "U0READER3")) {
                newsroom.slack.react(CHANNEL, ts, user, "white_check_mark");
            }
            newsroom.cycle();
            assertThat(newsroom.reader().texts()).containsExactly("polls are closed");

            newsroom.slack.unreact(CHANNEL, ts, EDITOR, "white_check_mark");
            newsroom.slack.react(CHANNEL, ts, "U0READER4", "white_check_mark");
            newsroom.slackServer.resetCalls();
            for (int i = 0; i < 7; i++) {
                newsroom.cycle();
            }

            assertThat(newsroom.reader().texts()).isEmpty();
            assertThat(newsroom.slackServer.calls("reactions.get")).isLessThanOrEqualTo(2);
        }

        @Test
        void anApprovalByAGroupMemberStaysValidWhenTheMemberLeavesTheGroup() {
            slack.group("S0DESK", EDITOR);
            newsroom.says("approval: {approvers: [S0DESK]}");
            String ts = post("the winner is Smith");
            slack.react(CHANNEL, ts, PASSER_BY, CHECK);
            newsroom.cycle();
            assertThat(texts()).isEmpty();

            slack.react(CHANNEL, ts, EDITOR, CHECK);
            newsroom.cycle();
            assertThat(texts()).containsExactly("the winner is Smith");

            slack.group("S0DESK", PASSER_BY);
            newsroom.clock.advance(Duration.ofMinutes(5));
            slack.react(CHANNEL, ts, PASSER_BY, "eyes");
            newsroom.cycle();
            assertThat(texts()).containsExactly("the winner is Smith");
        }

        @Test
        void nothingIsApprovedUntilSlackListsTheGroupsMembers() {
            slack.group("S0DESK", EDITOR);
            newsroom.says("approval: {approvers: [S0DESK]}");
            String ts = post("the winner is Smith");
            slack.react(CHANNEL, ts, EDITOR, CHECK);
            newsroom.faults.next("usergroups.users.list", Fault.SERVER_ERROR, Fault.SERVER_ERROR);

            assertThat(newsroom.cycle().isComplete()).isFalse();
            newsroom.cycle();
            assertThat(texts()).isEmpty();

            assertThat(newsroom.cycle().isComplete()).isTrue();
            assertThat(texts()).containsExactly("the winner is Smith");
        }

        @Test
        void anApprovalByAUserWhoJoinedTheGroupAMomentAgoCounts() {
            slack.group("S0DESK", EDITOR);
            newsroom.says("approval: {approvers: [S0DESK]}");
            slack.react(CHANNEL, post("by another person"), SECOND_EDITOR, CHECK);
            newsroom.cycle();

            slack.group("S0DESK", EDITOR, SECOND_EDITOR);
            slack.react(CHANNEL, post("the winner is Smith"), SECOND_EDITOR, CHECK);
            newsroom.cycle();

            assertThat(texts()).containsExactly("the winner is Smith");
        }

        @Test
        void anApprovalByAUserWhoLeftTheGroupAMomentAgoDoesNotCount() {
            slack.group("S0DESK", EDITOR);
            newsroom.says("approval: {approvers: [S0DESK]}");
            slack.react(CHANNEL, post("by an editor"), EDITOR, CHECK);
            newsroom.cycle();

            slack.group("S0DESK", SECOND_EDITOR);
            slack.react(CHANNEL, post("by a former editor"), EDITOR, CHECK);
            cycles(10);

            assertThat(texts()).containsExactly("by an editor");
        }

        @Test
        void groupsAreListedOncePerCycleAndOnlyForNewReactions() {
            slack.group("S0DESK", EDITOR);
            newsroom.says("approval: {approvers: [S0DESK]}");
            for (String ts : post(5)) {
                slack.react(CHANNEL, ts, EDITOR, CHECK);
                slack.react(CHANNEL, ts, SECOND_EDITOR, CHECK);
            }

            cycles(20);

            assertThat(newsroom.slackServer.calls("usergroups.users.list")).isEqualTo(1);
        }

        @Test
        void anApprovalEachSecondIsPublishedWithinTwentySecondsAlthoughSlackLimitsTheListsOfGroups() {
            slack.group("S0DESK", EDITOR);
            newsroom.says("approval: {approvers: [S0DESK]}").pollsWhenDue();
            newsroom.faults.enforceLimits();
            List<String> posted = post(120);
            for (int i = 0; i < 120; i++) {
                slack.react(CHANNEL, posted.get(i), EDITOR, CHECK);
                newsroom.events().onEvent(new ChannelId(CHANNEL), new MessageTs(posted.get(i)));
                newsroom.clock.advance(Duration.ofSeconds(1));
                newsroom.cycleNow();
                assertThat(newsroom.store()
                                .messages()
                                .counts(new ChannelId(CHANNEL))
                                .getOrDefault(Verdict.APPROVED, 0))
                        .isGreaterThan(i - 20);
            }
        }

        @Test
        void aGroupThatDoesNotExistDoesNotAffectTheOthers() {
            slack.group("S0SECOND", EDITOR);
            newsroom.says("approval: {approvers: [S0FIRST, S0SECOND]}");
            String ts = post("the winner is Smith");

            slack.react(CHANNEL, ts, EDITOR, CHECK);
            newsroom.cycle();

            assertThat(texts()).containsExactly("the winner is Smith");
        }

        @Test
        void anApprovalFirstSeenWithAnEditDoesNotCountOnceItsUserIsKnown() {
            slack.group("S0DESK", EDITOR);
            newsroom.says("approval: {approvers: [S0DESK]}");
            String ts = post("the winner is Smith");
            newsroom.cycle();
            newsroom.faults.next("usergroups.users.list", Fault.SERVER_ERROR);
            slack.react(CHANNEL, ts, EDITOR, CHECK);
            slack.edit(CHANNEL, ts, REPORTER, "the winner is Jones");

            cycles(3);

            assertThat(texts()).isEmpty();
            assertThat(newsroom.storage().everything()).doesNotContain("Jones");
        }

        @Test
        void everyPersonApprovesWhereAnyoneMayAndBotsDoNot() {
            newsroom.says("approval: {approvers: [anyone]}");
            String ts = post("the winner is Smith");
            slack.react(CHANNEL, ts, FakeWorkspace.BOT, CHECK);
            slack.react(CHANNEL, ts, "B0FEED", CHECK);
            newsroom.cycle();
            assertThat(texts()).isEmpty();

            slack.react(CHANNEL, ts, PASSER_BY, CHECK);
            newsroom.cycle();
            assertThat(texts()).hasSize(1);
        }

        @Test
        void aReactionOfAnIdThatSlackDoesNotKnowDoesNotApproveWhereAnyoneMay() {
            newsroom.says("approval: {approvers: [anyone], count: 2}");
            String ts = post("the winner is Smith");
            slack.react(CHANNEL, ts, "U0STRANGER", CHECK);
            slack.react(CHANNEL, ts, PASSER_BY, CHECK);
            newsroom.cycle();
            newsroom.restart().cycle();
            assertThat(texts()).isEmpty();

            slack.react(CHANNEL, ts, EDITOR, CHECK);
            newsroom.cycle();
            assertThat(texts()).containsExactly("the winner is Smith");
        }

        @Test
        void theSettingsMayNameAnEmojiByAnyOfItsNames() {
            newsroom.says(TestNewsroom.approval("emoji: [thumbsup], reject: [':thumbsdown:']")
                    + ", reactions: [pencil], args: {hourglass_flowing_sand: soon}");
            String ts = post("the winner is Smith");
            slack.react(CHANNEL, ts, EDITOR, "+1");
            slack.react(CHANNEL, ts, PASSER_BY, "memo");
            newsroom.cycle();
            assertThat(texts()).containsExactly("the winner is Smith");
            assertThat(newsroom.reader()
                            .whole()
                            .path("messages")
                            .path(0)
                            .path("reactions")
                            .findValuesAsText("emoji"))
                    .containsExactly("memo");

            slack.react(CHANNEL, ts, EDITOR, "-1");
            newsroom.cycle();
            assertThat(texts()).isEmpty();
        }

        @Test
        void aListedApproverWhomSlackNoLongerKnowsApproves() {
            newsroom.says("approval: {approvers: [U0FREELANCE]}");
            String ts = post("the winner is Smith");
            slack.react(CHANNEL, ts, "U0FREELANCE", CHECK);

            newsroom.cycle();

            assertThat(texts()).containsExactly("the winner is Smith");
        }

        @Test
        void theUserOfOurOwnTokenNeverApproves() {
            slack.person(FakeWorkspace.BOT, "The desk's account");
            newsroom.says("approval: {approvers: [anyone]}");
            newsroom.faults.next("auth.test", Fault.SERVER_ERROR);
            String ts = post("the winner is Smith");
            slack.react(CHANNEL, ts, FakeWorkspace.BOT, CHECK);

            cycles(3);
            assertThat(texts()).isEmpty();

            slack.react(CHANNEL, ts, PASSER_BY, CHECK);
            newsroom.cycle();
            assertThat(texts()).hasSize(1);
        }

        @Test
        void usersMissingFromATruncatedListAreFetched() {
            newsroom.says(TestNewsroom.approval(""));
            newsroom.slackServer.shortenReactorsTo(1);
            String ts = post("the winner is Smith");
            slack.react(CHANNEL, ts, PASSER_BY, CHECK);
            slack.react(CHANNEL, ts, EDITOR, CHECK);
            newsroom.faults.next("reactions.get", Fault.SERVER_ERROR, Fault.notOk("internal_error"));

            cycles(2);
            assertThat(texts()).isEmpty();
            newsroom.cycle();
            assertThat(texts()).containsExactly("the winner is Smith");

            slack.react(CHANNEL, ts, SECOND_EDITOR, "eyes");
            newsroom.faults.next("reactions.get", Fault.SERVER_ERROR);
            newsroom.cycle();
            assertThat(texts()).containsExactly("the winner is Smith");

            slack.unreact(CHANNEL, ts, EDITOR, CHECK);
            newsroom.cycle();
            assertThat(texts()).isEmpty();
        }

        @Test
        void anApprovalOfANewerTextThanTheOneThatWasReadDoesNotApproveTheOlderOne() {
            newsroom.says(TestNewsroom.approval(""));
            newsroom.slackServer.shortenReactorsTo(1);
            String ts = post("the winner is Smith");
            slack.react(CHANNEL, ts, PASSER_BY, CHECK);
            slack.react(CHANNEL, ts, REPORTER, CHECK);
            newsroom.faults.next("conversations.history", Fault.after(() -> {
                slack.edit(CHANNEL, ts, REPORTER, "Smith leads");
                slack.react(CHANNEL, ts, EDITOR, CHECK);
            }));

            cycles(2);
            assertThat(newsroom.storage().everythingEver()).doesNotContain("winner");

            slack.react(CHANNEL, ts, SECOND_EDITOR, CHECK);
            newsroom.cycle();
            assertThat(texts()).containsExactly("Smith leads");
            assertThat(newsroom.storage().everythingEver()).doesNotContain("winner");
        }

        @Test
        void aFailedUserLookupDelaysOnlyThatUsersReactions() {
            newsroom.says(TestNewsroom.approval(""));
            String first = post("first");
            String second = post("second");
            slack.react(CHANNEL, first, PASSER_BY, CHECK);
            slack.react(CHANNEL, second, EDITOR, CHECK);
            newsroom.faults.next("users.info", Fault.SERVER_ERROR);

            CycleReport report = newsroom.cycle();

            assertThat(report.isComplete()).isFalse();
            assertThat(texts()).containsExactly("second");
        }
    }

    @Nested
    class WhatReadersSee {
        @Test
        void anEditWaitsForItsOwnApproval() {
            newsroom.says(TestNewsroom.approval(""));
            String ts = post("the winner is Smith");
            newsroom.cycle();
            slack.react(CHANNEL, ts, EDITOR, CHECK);
            newsroom.cycle();

            slack.edit(CHANNEL, ts, REPORTER, "the winner is Jones");
            newsroom.cycle();
            assertThat(texts()).containsExactly("the winner is Smith");
            assertThat(newsroom.storage().everything()).doesNotContain("Jones");

            newsroom.restart();
            slack.react(CHANNEL, ts, SECOND_EDITOR, CHECK);
            newsroom.cycle();
            assertThat(texts()).containsExactly("the winner is Jones");
        }

        @Test
        void anApprovalFirstSeenWithAnEditDoesNotCount() {
            newsroom.says(TestNewsroom.approval(""));
            String ts = post("the winner is Smith");
            newsroom.cycle();

            slack.react(CHANNEL, ts, EDITOR, CHECK);
            slack.edit(CHANNEL, ts, REPORTER, "the winner is Jones");
            cycles(2);

            assertThat(newsroom.storage().everything()).doesNotContain("Smith").doesNotContain("Jones");
        }

        @Test
        void aHoldEndsByItselfAndARejectionNeedsANewApproval() {
            newsroom.says(TestNewsroom.approval(""));
            String ts = post("the winner is Smith");
            slack.react(CHANNEL, ts, EDITOR, CHECK);
            newsroom.cycle();
            slack.react(CHANNEL, ts, REPORTER, "hourglass");
            newsroom.cycle();
            assertThat(newsroom.storage().everything()).doesNotContain("Smith");
            slack.unreact(CHANNEL, ts, REPORTER, "hourglass");
            newsroom.cycle();
            assertThat(texts()).hasSize(1);

            slack.react(CHANNEL, ts, SECOND_EDITOR, "no_entry");
            newsroom.cycle();
            slack.unreact(CHANNEL, ts, SECOND_EDITOR, "no_entry");
            newsroom.cycle();
            assertThat(newsroom.storage().everything()).doesNotContain("Smith");

            slack.react(CHANNEL, ts, SECOND_EDITOR, CHECK);
            newsroom.cycle();
            assertThat(texts()).hasSize(1);
        }

        @Test
        void anEditThatAddsThePrivatePrefixHidesTheMessage() {
            newsroom.says("approval: none, private-prefix: \"<#>\"");
            String ts = post("Smith told me");
            post("&lt;#&gt; do not print");
            newsroom.cycle();
            assertThat(texts()).containsExactly("Smith told me");

            slack.edit(CHANNEL, ts, REPORTER, "&lt;#&gt; Smith told me");
            newsroom.cycle();

            assertThat(newsroom.storage().everything()).doesNotContain("Smith").doesNotContain("print");
        }

        @Test
        void aNewNameReachesReadersWithinADay() {
            post("polls are closed");
            newsroom.cycle();

            slack.person(REPORTER, "Rosa Married").title("Chief");
            newsroom.cycle();
            assertThat(authorName()).isEqualTo("Rosa Reporter");
            newsroom.clock.advance(Duration.ofHours(25));
            newsroom.cycle();

            assertThat(authorName()).isEqualTo("Rosa Married");
            JsonNode ops = newsroom.reader().pointer().path("ops");
            assertThat(ops.get(ops.size() - 1).path("op").asText()).isEqualTo("meta");
        }

        @Test
        void aFailedRefreshOfNamesIsReportedThoughNoChannelHasNews() {
            post("polls are closed");
            newsroom.cycle();
            newsroom.clock.advance(Duration.ofHours(25));
            newsroom.faults.next("users.info", Fault.SERVER_ERROR);

            CycleReport failed = newsroom.cycle();
            CycleReport next = newsroom.cycle();

            assertThat(failed.incidents())
                    .extracting(CycleReport.Incident::what)
                    .containsExactly("users.info");
            assertThat(next.isComplete()).isTrue();
            assertThat(next.succeeded()).contains("users.info");
        }

        @Test
        void aNameOfAFailedUserLookupAppearsLater() {
            slack.person("U0GUEST", "Greta Guest");
            newsroom.faults.next("users.info", Fault.SERVER_ERROR, Fault.SERVER_ERROR);
            post("<@U0GUEST> arrives");
            newsroom.cycle();
            assertThat(texts()).hasSize(1).noneMatch(text -> text.contains("Greta"));

            newsroom.cycle();

            assertThat(texts().get(0)).contains("Greta Guest");
            assertThat(authorName()).isEqualTo("Rosa Reporter");
        }

        private String authorName() {
            JsonNode users = newsroom.reader()
                    .file(SLUG + "/" + newsroom.reader().pointer().path("users").asText())
                    .path("users");
            return users.path(REPORTER).path("display_name").asText();
        }
    }

    @Nested
    class Delays {
        @BeforeEach
        void delay() {
            newsroom.says("approval: none, delay: 60s");
        }

        @Test
        void readersDoNotSeeChangesInsideTheDelay() {
            String edited = post("the winner is Smith");
            String deleted = post("Smith is drunk");
            newsroom.cycle();
            slack.edit(CHANNEL, edited, REPORTER, "the winner is Jones");
            slack.delete(CHANNEL, deleted);

            cycles(7);

            assertThat(texts()).containsExactly("the winner is Jones");
            assertThat(newsroom.storage().everything()).doesNotContain("Smith");
        }

        @Test
        void noDelayEndsWhileSlackCannotBeRead() {
            String ts = post("Smith is drunk");
            newsroom.cycle();
            slack.delete(CHANNEL, ts);
            newsroom.clock.advance(Duration.ofMinutes(2));
            newsroom.faults.next("conversations.history", Fault.SERVER_ERROR);

            cycles(2);

            assertThat(newsroom.storage().everything()).doesNotContain("Smith");
        }

        @Test
        void aPollReadsOlderPagesOnlyIfADelayMayBeOver() {
            List<String> posted = post(700);
            newsroom.cycle();
            newsroom.slackServer.resetCalls();
            newsroom.cycle();
            assertThat(newsroom.slackServer.calls("conversations.history")).isLessThanOrEqualTo(2);
            slack.delete(CHANNEL, posted.get(0));

            newsroom.clock.advance(Duration.ofMinutes(2));
            newsroom.cycle();

            assertThat(texts()).hasSize(699).doesNotContain("update 0");
        }
    }

    @Nested
    class Deletions {
        @Test
        void aMissingMessageIsTakenDownOnlyIfSlackSaysThatItIsDeleted() {
            String ts = post("the winner is Smith");
            post("turnout is high");
            newsroom.cycle();
            newsroom.faults.next("conversations.replies", Fault.EMPTY_PAGE, Fault.SERVER_ERROR);

            slack.delete(CHANNEL, ts);
            cycles(2);
            assertThat(texts()).hasSize(2);

            newsroom.cycle();
            assertThat(texts()).containsExactly("turnout is high");
        }

        @Test
        void aFailedMessageLookupDelaysNoOtherTakedown() {
            List<String> posted = post(4);
            newsroom.cycle();

            slack.delete(CHANNEL, posted.get(2));
            slack.delete(CHANNEL, posted.get(1));
            newsroom.faults.next("conversations.replies", Fault.notOk("internal_error"));
            newsroom.cycle();

            assertThat(texts()).containsExactly("update 0", "update 2", "update 3");
        }

        @Test
        void anUnreadableHistoryDelaysNoPendingTakedown() {
            List<String> posted = post(4);
            newsroom.cycle();
            slack.delete(CHANNEL, posted.get(2));
            newsroom.faults.next("conversations.replies", Fault.SERVER_ERROR);
            newsroom.cycle();

            newsroom.faults.next("conversations.history", Fault.SERVER_ERROR);
            newsroom.cycle();

            assertThat(texts()).hasSize(3).doesNotContain("update 2");
        }

        @Test
        void aTombstoneIsADeletion() {
            String ts = post("the winner is Smith");
            slack.reply(CHANNEL, ts, EDITOR, "sure?");
            newsroom.cycle();
            assertThat(texts()).hasSize(1);

            slack.delete(CHANNEL, ts);
            newsroom.cycle();

            assertThat(newsroom.storage().everything()).doesNotContain("Smith").doesNotContain("deleted");
        }

        @Test
        void aDeletedMessageThatReappearsNeedsANewApproval() {
            newsroom.says(TestNewsroom.approval(""));
            String ts = post("the winner is Smith");
            post("turnout is high");
            slack.react(CHANNEL, ts, EDITOR, CHECK);
            newsroom.cycle();
            slack.delete(CHANNEL, ts);
            newsroom.cycle();

            slack.postAt(CHANNEL, ts, REPORTER, "the winner is Smith");
            slack.react(CHANNEL, ts, EDITOR, CHECK);
            cycles(4);
            assertThat(texts()).isEmpty();

            slack.react(CHANNEL, ts, SECOND_EDITOR, CHECK);
            newsroom.cycle();
            assertThat(texts()).containsExactly("the winner is Smith");
        }

        @Test
        void importedMessagesAreNeverMissing() {
            List<String> posted = post(3);
            newsroom.cycle();
            String ts = "1793730000.000100";
            var json = JsonNodeFactory.instance
                    .objectNode()
                    .put("ts", ts)
                    .put("user", REPORTER)
                    .put("text", "from the archive");
            newsroom.store()
                    .messages()
                    .saveImported(
                            new ChannelId(CHANNEL),
                            List.of(SlackMessage.of(json).orElseThrow()),
                            TestNewsroom.START,
                            newsroom.clock.instant());

            slack.delete(CHANNEL, posted.get(1));
            cycles(3);

            assertThat(texts()).containsExactly("from the archive", "update 0", "update 2");
        }

        @Test
        void messagesHiddenByThePlansRetentionStay() {
            List<String> posted = post(20);
            newsroom.cycle();

            slack.hideBefore(posted.get(12));
            cycles(3);

            assertThat(texts()).hasSize(20);
            assertThat(newsroom.slackServer.calls("conversations.replies")).isZero();
        }

        @Test
        void manyDeletionsAtOnceAreTakenDown() {
            List<String> posted = post(80);
            newsroom.cycle();

            posted.subList(5, 75).forEach(ts -> slack.delete(CHANNEL, ts));
            newsroom.cycle();

            assertThat(texts()).hasSize(10);
        }

        @Test
        void anEmptiedChannelIsAnEmptyChatAndAnEmptyPageIsNot() {
            List<String> posted = post(10);
            newsroom.cycle();
            newsroom.faults.next("conversations.history", Fault.EMPTY_PAGE);
            newsroom.cycle();
            assertThat(texts()).hasSize(10);
            assertThat(newsroom.slackServer.calls("conversations.replies")).isEqualTo(1);

            posted.forEach(ts -> slack.delete(CHANNEL, ts));
            newsroom.cycle();
            assertThat(texts()).isEmpty();
        }

        @Test
        void aMalformedMessageDoesNotAffectItsPage() {
            post("before");
            for (String odd : List.of(
                    "null",
                    "17",
                    "{}",
                    "{\"type\": \"message\", \"text\": \"no ts\"}",
                    "{\"ts\": 12, \"text\": \"a number\"}",
                    "{\"ts\": \"$ts\"}",
                    "{\"ts\": \"$ts\", \"user\": 3, \"text\": [], \"blocks\": {}, \"reactions\": {\"a\": 1}}",
                    "{\"ts\": \"$ts\", \"user\": \"U0REPORTER\", \"text\": null, \"edited\": 1e400, \"files\": \"x\"}",
                    "{\"ts\": \"$ts\", \"user\": \"U0NOBODY\", \"text\": \"by a stranger\", \"reactions\":"
                            + " [{\"name\": \"no_entry\", \"users\": [1, null], \"count\": 99999999999999999999}]}")) {
                slack.postRaw(CHANNEL, odd);
            }
            post("after");

            cycles(2);

            assertThat(texts()).contains("before", "after");
        }
    }

    @Nested
    class OlderMessages {
        @Test
        void theRescanSeesEditsDeletionsAndReactionsBelowTheFirstPage() {
            List<String> posted = post(450);
            newsroom.cycle();
            slack.edit(CHANNEL, posted.get(3), REPORTER, "corrected");
            slack.delete(CHANNEL, posted.get(40));
            slack.react(CHANNEL, posted.get(200), PASSER_BY, "no_entry");

            cycles(2);

            assertThat(texts())
                    .hasSize(448)
                    .contains("corrected")
                    .doesNotContain("update 3", "update 40", "update 200");
        }

        @Test
        void aQuietCycleReadsOnePagePerChannelAndAtMostOneOfTheRescan() {
            slack.channel("C0SPORTS");
            newsroom.lists(
                    TestNewsroom.channel(CHANNEL, SLUG, "approval: none"),
                    TestNewsroom.channel("C0SPORTS", "sports", "approval: none"));
            for (int i = 0; i < 450; i++) {
                slack.post(CHANNEL, REPORTER, "update " + i);
                slack.post("C0SPORTS", REPORTER, "goal " + i);
            }
            cycles(2);

            for (int i = 0; i < 6; i++) {
                newsroom.slackServer.resetCalls();
                newsroom.cycle();
                assertThat(newsroom.slackServer.calls("conversations.history")).isBetween(2, 3);
                assertThat(newsroom.slackServer.calls()).hasSize(newsroom.slackServer.calls("conversations.history"));
            }
        }
    }
}
