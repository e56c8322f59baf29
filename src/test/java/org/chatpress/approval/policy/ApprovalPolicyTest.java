package org.chatpress.approval.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.approval.policy.ReviewedTestMessage.BOT;
import static org.chatpress.approval.policy.ReviewedTestMessage.CHECK;
import static org.chatpress.approval.policy.ReviewedTestMessage.EDITOR;
import static org.chatpress.approval.policy.ReviewedTestMessage.PASSER_BY;
import static org.chatpress.approval.policy.ReviewedTestMessage.REPORTER;
import static org.chatpress.approval.policy.ReviewedTestMessage.SECOND;
import static org.chatpress.approval.policy.ReviewedTestMessage.TS;
import static org.chatpress.approval.policy.Verdict.APPROVED;
import static org.chatpress.approval.policy.Verdict.DELAYED;
import static org.chatpress.approval.policy.Verdict.DELETED;
import static org.chatpress.approval.policy.Verdict.HELD;
import static org.chatpress.approval.policy.Verdict.IGNORED;
import static org.chatpress.approval.policy.Verdict.PENDING;
import static org.chatpress.approval.policy.Verdict.PRIVATE;
import static org.chatpress.approval.policy.Verdict.REJECTED;
import static org.chatpress.approval.policy.Verdict.WITHDRAWN;

import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The approval rule, one message at a time, through sequences of readings. */
class ApprovalPolicyTest {
    private final ReviewedTestMessage message = new ReviewedTestMessage(Rules.required());

    private static ReviewedTestMessage under(Rules rules) {
        return new ReviewedTestMessage(rules);
    }

    /** An approved message whose text somebody who is no approver then changed. */
    private ReviewedTestMessage approvedThenEdited() {
        message.marked(EDITOR, CHECK).read();
        message.edited(REPORTER, "polls are open", 1).read();
        return message;
    }

    @Nested
    class Approving {
        @Test
        void aMessageWaitsForAnApprovalAndEndsWithIt() {
            assertThat(message.read()).isEqualTo(PENDING);

            assertThat(message.marked(EDITOR, CHECK).read()).isEqualTo(APPROVED);
            assertThat(message.reason()).isEqualTo("approved by U0EDITOR (white_check_mark)");
            assertThat(message.shown()).isEqualTo("polls are closed");

            assertThat(message.unmarked(EDITOR, CHECK).read()).isEqualTo(PENDING);
        }

        @ParameterizedTest
        @CsvSource({
            "white_check_mark, APPROVED",
            "heavy_check_mark, APPROVED",
            "white_check_mark::skin-tone-3, APPROVED",
            "thumbsup, PENDING",
            "white_check_marks, PENDING"
        })
        void onlyListedEmojiApproveInAnySkinTone(String emoji, Verdict verdict) {
            assertThat(message.marked(EDITOR, emoji).read()).isEqualTo(verdict);
        }

        @ParameterizedTest
        @CsvSource({"APPROVER, APPROVED", "SOMEBODY, PENDING", "BOT, PENDING", "UNKNOWN, PENDING"})
        void onlyApproversApprove(ReviewerRole role, Verdict verdict) {
            message.standing(PASSER_BY, role);

            assertThat(message.marked(PASSER_BY, CHECK).read()).isEqualTo(verdict);
        }

        @Test
        void anApprovalOutlivesTheShift() {
            message.marked(EDITOR, CHECK).read();

            message.standing(EDITOR, ReviewerRole.NOT_APPROVER);

            assertThat(message.read()).isEqualTo(APPROVED);
        }

        @Test
        void aMarkOfSomebodyStaysOneWhenHeJoinsTheDesk() {
            message.marked(PASSER_BY, CHECK).read();

            message.standing(PASSER_BY, ReviewerRole.APPROVER);

            assertThat(message.read()).isEqualTo(PENDING);
        }

        @Test
        void aMarkPutBackIsJudgedAnew() {
            message.marked(PASSER_BY, CHECK).read();
            message.standing(PASSER_BY, ReviewerRole.APPROVER);
            message.unmarked(PASSER_BY, CHECK).read();

            assertThat(message.marked(PASSER_BY, CHECK).read()).isEqualTo(APPROVED);
        }

        @Test
        void twoEmojiOfOnePersonAreOnePerson() {
            var two = under(Rules.required().count(2));
            two.marked(EDITOR, CHECK).marked(EDITOR, "heavy_check_mark");
            two.marked(EDITOR, "white_check_mark::skin-tone-2");

            assertThat(two.read()).isEqualTo(PENDING);
            assertThat(two.reason()).isEqualTo("approved by 1 of 2 people");
            assertThat(two.marked(SECOND, "heavy_check_mark").read()).isEqualTo(APPROVED);
        }

        @Test
        void aCountOfTwoEndsWithOneOfThem() {
            var two = under(Rules.required().count(2));
            two.marked(EDITOR, CHECK).marked(SECOND, CHECK).read();

            assertThat(two.unmarked(SECOND, CHECK).read()).isEqualTo(PENDING);
        }

        @Test
        void theAuthorsOwnMarkCountsUnlessTheRuleSaysOtherwise() {
            message.standing(REPORTER, ReviewerRole.APPROVER);
            var strict = under(Rules.required().noSelfApproval()).standing(REPORTER, ReviewerRole.APPROVER);

            assertThat(message.marked(REPORTER, CHECK).read()).isEqualTo(APPROVED);
            assertThat(strict.marked(REPORTER, CHECK).read()).isEqualTo(PENDING);
            assertThat(strict.marked(EDITOR, CHECK).read()).isEqualTo(APPROVED);
        }
    }

    @Nested
    class Hiding {
        @Test
        void strongerReasonsWin() {
            var all = under(Rules.required()).marked(EDITOR, CHECK);
            assertThat(all.read()).isEqualTo(APPROVED);
            assertThat(all.marked(EDITOR, "hourglass").read()).isEqualTo(HELD);
            assertThat(all.marked(EDITOR, "no_entry").read()).isEqualTo(REJECTED);
            assertThat(all.says("&lt;#&gt; polls").read()).isEqualTo(PRIVATE);
            assertThat(all.under(Rules.required().withdraws(TS)).read()).isEqualTo(WITHDRAWN);
            assertThat(all.deleted(true).read()).isEqualTo(DELETED);
        }

        @Test
        void aRejectedMessageComesBackByANewApprovalOnly() {
            message.marked(EDITOR, CHECK).read();
            message.marked(SECOND, "no_entry").read();

            assertThat(message.unmarked(SECOND, "no_entry").read()).isEqualTo(PENDING);
            assertThat(message.reason()).isEqualTo("was taken down; needs a new approval");
            assertThat(message.marked(SECOND, CHECK).read()).isEqualTo(APPROVED);
        }

        @Test
        void aMessageFirstSeenRejectedAndApprovedNeedsANewApprovalToo() {
            message.marked(EDITOR, CHECK).marked(SECOND, "no_entry").read();

            assertThat(message.unmarked(SECOND, "no_entry").read()).isEqualTo(PENDING);
            assertThat(message.read()).isEqualTo(PENDING);
        }

        @Test
        void anEditWhileRejectedNeedsAnApprovalOfItsOwn() {
            message.marked(EDITOR, "no_entry").read();
            message.marked(SECOND, CHECK).read();
            message.edited(REPORTER, "polls are open", 1).read();

            assertThat(message.unmarked(EDITOR, "no_entry").read()).isEqualTo(PENDING);
        }

        @Test
        void aRejectionByAPasserByIsNone() {
            message.marked(EDITOR, CHECK).marked(PASSER_BY, "no_entry").marked(BOT, "no_entry");

            assertThat(message.read()).isEqualTo(APPROVED);
        }

        @Test
        void anApproverOrTheAuthorHoldsAndLiftingItRestores() {
            for (String holder : new String[] {SECOND, REPORTER}) {
                var held = under(Rules.required()).marked(EDITOR, CHECK);
                held.read();

                assertThat(held.marked(holder, "hourglass").read()).isEqualTo(HELD);
                assertThat(held.unmarked(holder, "hourglass").read()).isEqualTo(APPROVED);
                assertThat(held.marked(PASSER_BY, "hourglass").read()).isEqualTo(APPROVED);
            }
        }

        @Test
        void liftingAHoldRestoresWhatWasApprovedNotWhatWasWrittenMeanwhile() {
            message.marked(EDITOR, CHECK).read();
            message.marked(REPORTER, "hourglass").read();
            message.edited(REPORTER, "polls are open", 1).read();

            assertThat(message.unmarked(REPORTER, "hourglass").read()).isEqualTo(APPROVED);
            assertThat(message.shown()).isEqualTo("polls are closed");
        }

        @Test
        void theAuthorsHoldNeedsNoAnswerAboutHisGroups() {
            message.standing(REPORTER, ReviewerRole.UNKNOWN).marked(EDITOR, CHECK);

            assertThat(message.marked(REPORTER, "hourglass").read()).isEqualTo(HELD);
        }

        @ParameterizedTest
        @CsvSource({"no_entry, REJECTED", "hourglass, HELD"})
        void whereNoApprovalIsRequiredAnybodyButABotHides(String emoji, Verdict verdict) {
            var open = under(Rules.none());
            assertThat(open.read()).isEqualTo(APPROVED);
            assertThat(open.reason()).isEqualTo("no approval required");

            assertThat(open.marked(BOT, emoji).read()).isEqualTo(APPROVED);
            assertThat(open.marked(PASSER_BY, emoji).read()).isEqualTo(verdict);
            assertThat(open.unmarked(PASSER_BY, emoji).read()).isEqualTo(APPROVED);
        }

        @Test
        void aRejectionFromOpenTimesIsJudgedAnewOnceApprovalIsRequired() {
            var open = under(Rules.none()).standing(EDITOR, ReviewerRole.NOT_APPROVER);
            open.marked(EDITOR, "no_entry").read();

            open.under(Rules.required()).standing(EDITOR, ReviewerRole.APPROVER).marked(SECOND, CHECK);

            assertThat(open.read()).isEqualTo(REJECTED);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "<#> a",
                    "&lt;#&gt; a",
                    "  \\n&lt;#&gt;",
                    "\u00a0&lt;#&gt; a",
                    "\u200b&lt;#&gt;",
                    "\ufeff \u2060&lt;#&gt;"
                })
        void aMessageThatBeginsWithThePrefixIsPrivateHoweverItArrives(String text) {
            assertThat(under(Rules.none()).says(text.replace("\\n", "\n")).read())
                    .isEqualTo(PRIVATE);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{'type':'rich_text','elements':[{'type':'rich_text_section','elements':[{'type':'text','text':' <#> a'}]}]}",
                    "{'type':'rich_text','elements':[{'type':'rich_text_quote','elements':["
                            + "{'type':'text','text':'<','style':{'bold':true}},{'type':'text','text':'#> a'}]}]}",
                    "{'type':'section','text':{'type':'mrkdwn','text':'&lt;#&gt; a'}}",
                    "{'type':'table','rows':[[{'type':'raw_text','text':'<#> a'}]]}",
                })
        void aMessageIsPrivateTooIfWhatItsBlocksSayBeginsWithThePrefix(String block) {
            var all = under(Rules.none()).has("blocks", "[{'type':'divider'}," + block + "]");

            assertThat(all.says("a notification").read()).isEqualTo(PRIVATE);
            assertThat(all.says("").read()).isEqualTo(PRIVATE);
        }

        @Test
        void thePrefixInTheMiddleOfALineHidesNothing() {
            var all = under(Rules.none())
                    .has(
                            "blocks",
                            "[{'type':'rich_text','elements':["
                                    + "{'type':'rich_text_section','elements':[{'type':'user','user_id':'U1'},{'type':'text','text':'<#> a'}]}]}]");

            assertThat(all.read()).isEqualTo(APPROVED);
        }

        @Test
        void aMessageThatHasOnlyBlocksIsAMessageButNotOneOfButtonsAlone() {
            var all = under(Rules.none()).says("");

            assertThat(all.has("blocks", "[{'type':'table','rows':[[{'type':'raw_text','text':'York'}]]}]")
                            .read())
                    .isEqualTo(APPROVED);
            assertThat(all.has(
                                    "blocks",
                                    "[{'type':'divider'},{'type':'actions','elements':["
                                            + "{'type':'button','text':{'type':'plain_text','text':'Press'}}]}]")
                            .read())
                    .isEqualTo(IGNORED);
            assertThat(all.reason()).isEqualTo("has no text");
        }

        @Test
        void anEditThatAddsThePrefixWithdrawsAndOneThatTakesItAwayNeedsAnApproval() {
            message.marked(EDITOR, CHECK).read();

            assertThat(message.edited(REPORTER, "&lt;#&gt; polls", 1).read()).isEqualTo(PRIVATE);
            assertThat(message.edited(REPORTER, "polls are closed", 2).read()).isEqualTo(PENDING);
            assertThat(message.marked(SECOND, CHECK).read()).isEqualTo(APPROVED);
        }

        @Test
        void aDeletedMessageThatIsThereAgainIsPending() {
            message.marked(EDITOR, CHECK).read();
            message.deleted(true).read();

            assertThat(message.deleted(false).marked(SECOND, CHECK).read()).isEqualTo(PENDING);
            assertThat(message.marked(SECOND, "heavy_check_mark").read()).isEqualTo(APPROVED);
        }

        @Test
        void aWithdrawnMessageComesBackByANewApprovalOnly() {
            message.marked(EDITOR, CHECK).read();
            message.under(Rules.required().withdraws(TS)).read();

            assertThat(message.under(Rules.required()).read()).isEqualTo(PENDING);
            assertThat(message.marked(SECOND, CHECK).read()).isEqualTo(APPROVED);
        }
    }

    @Nested
    class Editing {
        @Test
        void whatWasApprovedStaysPublicWhileAnEditWaits() {
            approvedThenEdited();

            assertThat(message.read()).isEqualTo(APPROVED);
            assertThat(message.shown()).isEqualTo("polls are closed");
            assertThat(message.reason()).endsWith("; an edit waits for a new approval");
        }

        @Test
        void anotherApproverApprovesTheEdit() {
            approvedThenEdited().marked(SECOND, CHECK).read();

            assertThat(message.shown()).isEqualTo("polls are open");
        }

        @Test
        void aSecondListedEmojiApprovesTheEdit() {
            approvedThenEdited().marked(EDITOR, "heavy_check_mark").read();

            assertThat(message.shown()).isEqualTo("polls are open");
        }

        @Test
        void aMarkTakenAwayAndPutBackAcrossTwoReadingsApprovesTheEdit() {
            approvedThenEdited();

            assertThat(message.unmarked(EDITOR, CHECK).read()).isEqualTo(PENDING);
            message.marked(EDITOR, CHECK).read();

            assertThat(message.shown()).isEqualTo("polls are open");
        }

        @Test
        void aMarkInAnotherSkinToneIsNoSecondEmoji() {
            approvedThenEdited().marked(EDITOR, "white_check_mark::skin-tone-4").read();

            assertThat(message.shown()).isEqualTo("polls are closed");
        }

        @Test
        void ofACountOfTwoAnEditNeedsTwo() {
            var two = under(Rules.required().count(2)).standing(PASSER_BY, ReviewerRole.APPROVER);
            two.marked(EDITOR, CHECK).marked(SECOND, CHECK).read();
            two.edited(REPORTER, "polls are open", 1).read();

            two.marked(PASSER_BY, CHECK).read();
            assertThat(two.shown()).isEqualTo("polls are closed");

            two.marked(SECOND, "heavy_check_mark").read();
            assertThat(two.shown()).isEqualTo("polls are open");
        }

        @Test
        void halfAnApprovalDoesNotOutliveAnEdit() {
            var two = under(Rules.required().count(2)).marked(EDITOR, CHECK);
            two.read();
            two.edited(REPORTER, "polls are open", 1).read();

            assertThat(two.marked(SECOND, CHECK).read()).isEqualTo(PENDING);
        }

        @Test
        void anApproversOwnEditPublishesByItself() {
            message.marked(EDITOR, CHECK).read();
            message.edited(SECOND, "polls are open", 1).read();

            assertThat(message.shown()).isEqualTo("polls are open");
        }

        @Test
        void anApproversEditApprovesNothingThatWaits() {
            message.read();

            assertThat(message.edited(EDITOR, "polls are open", 1).read()).isEqualTo(PENDING);
        }

        @Test
        void anApproversOwnEditWaitsWhereHisMarkAloneWouldNotDo() {
            var two = under(Rules.required().count(2)).marked(EDITOR, CHECK).marked(SECOND, CHECK);
            two.read();
            two.edited(EDITOR, "polls are open", 1).read();
            var strict = under(Rules.required().noSelfApproval())
                    .standing(REPORTER, ReviewerRole.APPROVER)
                    .marked(EDITOR, CHECK);
            strict.read();
            strict.edited(REPORTER, "polls are open", 1).read();

            assertThat(two.shown()).isEqualTo("polls are closed");
            assertThat(strict.shown()).isEqualTo("polls are closed");
        }

        @Test
        void anEditByAnApproverWaitsWhileSlackCannotSayThatHeIsOne() {
            message.marked(EDITOR, CHECK).read();
            message.standing(SECOND, ReviewerRole.UNKNOWN)
                    .edited(SECOND, "polls are open", 1)
                    .read();
            assertThat(message.shown()).isEqualTo("polls are closed");
            assertThat(message.settled()).isFalse();

            message.standing(SECOND, ReviewerRole.APPROVER).judgedUnread();

            assertThat(message.shown()).isEqualTo("polls are open");
            assertThat(message.settled()).isTrue();
        }

        @Test
        void aLaterEditIsNotTakenForTheApproversInTheSameSecond() {
            message.marked(EDITOR, CHECK).read();
            message.edited(SECOND, "polls are open", 1).read();

            message.says("polls are rigged").read();

            assertThat(message.shown()).isEqualTo("polls are open");
        }

        @Test
        void anEditAndAnApprovalInOneReadingAreNoApproval() {
            message.read();

            assertThat(message.edited(REPORTER, "polls are open", 1)
                            .marked(EDITOR, CHECK)
                            .read())
                    .isEqualTo(PENDING);
            assertThat(message.reason()).startsWith("edited around its approval");
            assertThat(message.read()).isEqualTo(PENDING);
            assertThat(message.marked(SECOND, CHECK).read()).isEqualTo(APPROVED);
        }

        @Test
        void aMessageFirstSeenEditedAndApprovedIsPending() {
            message.edited(REPORTER, "polls are open", 1).marked(EDITOR, CHECK);

            assertThat(message.read()).isEqualTo(PENDING);
            assertThat(message.reason()).startsWith("edited around its approval");
        }

        @Test
        void aMessageFirstSeenEditedCanBeApprovedLater() {
            message.edited(REPORTER, "polls are open", 1).read();

            assertThat(message.marked(EDITOR, CHECK).read()).isEqualTo(APPROVED);
        }

        @Test
        void publishingEditsSwitchesAllThisOff() {
            var lenient = under(Rules.required().publishesEdits());
            lenient.edited(REPORTER, "a", 1).marked(EDITOR, CHECK);
            assertThat(lenient.read()).isEqualTo(APPROVED);

            lenient.edited(REPORTER, "b", 2).read();
            assertThat(lenient.shown()).isEqualTo("b");

            assertThat(lenient.unmarked(EDITOR, CHECK).read()).isEqualTo(PENDING);
        }

        @Test
        void twoEditsInOneSecondAreTwo() {
            message.edited(REPORTER, "a", 1).read();
            message.marked(EDITOR, CHECK).read();
            message.edited(REPORTER, "b", 1).read();

            assertThat(message.shown()).isEqualTo("a");
        }

        @Test
        void anEditBackToWhatWasApprovedNeedsNothing() {
            approvedThenEdited().edited(REPORTER, "polls are closed", 2).read();

            assertThat(message.shown()).isEqualTo("polls are closed");
            assertThat(message.reason()).isEqualTo("approved by U0EDITOR (white_check_mark)");
            message.edited(REPORTER, "polls are open", 3).read();
            assertThat(message.shown()).isEqualTo("polls are closed");
        }

        @Test
        void previewsAndBlockIdsAreNoEdit() {
            message.has("blocks", "[{\"type\": \"section\", \"block_id\": \"a\", \"text\": \"x\"}]");
            message.marked(EDITOR, CHECK).read();

            message.has("blocks", "[{\"type\": \"section\", \"block_id\": \"b\", \"text\": \"x\"}]");
            message.has("attachments", "[{\"from_url\": \"https://a.example\", \"text\": \"preview\"}]");
            message.read();

            assertThat(message.reason()).doesNotContain("edit");
        }

        @Test
        void otherBlocksAreAnEditThoughTheTextIsTheSame() {
            message.has("blocks", "[{\"type\": \"section\", \"text\": \"x\"}]");
            message.marked(EDITOR, CHECK).read();

            message.has("blocks", "[{\"type\": \"section\", \"text\": \"y\"}]").read();

            assertThat(message.reason()).contains("an edit waits");
        }

        @Test
        void aBotsOwnAttachmentsAreContentButThePreviewsOfItsLinksAreNot() {
            var bot = under(Rules.required().bot("B0FEED")).lacks("user").has("bot_id", "\"B0FEED\"");
            bot.has("attachments", "[{\"text\": \"goal\"}]")
                    .marked(EDITOR, CHECK)
                    .read();

            bot.has("attachments", "[{\"text\": \"goal\"}, {\"from_url\": \"https://a.example\"}]")
                    .read();
            assertThat(bot.reason()).doesNotContain("edit");

            bot.has("attachments", "[{\"text\": \"no goal\"}]").read();
            assertThat(bot.reason()).contains("an edit waits");
            assertThat(bot.read()).isEqualTo(APPROVED);
        }

        @Test
        void addedAndReplacedFilesWaitAndRemovedOnesGoAtOnce() {
            message.files("F1 10", "F2 20").marked(EDITOR, CHECK).read();
            assertThat(message.shownFiles()).containsExactly("F1", "F2");

            message.files("F1 10", "F2 20", "F3 30").read();
            assertThat(message.shownFiles()).containsExactly("F1", "F2");
            assertThat(message.reason()).contains("an edit waits");

            message.files("F2 20").read();
            assertThat(message.shownFiles()).containsExactly("F2");
            assertThat(message.reason()).doesNotContain("edit");

            message.files("F2 21").read();
            assertThat(message.reason()).contains("an edit waits");

            message.marked(SECOND, CHECK).read();
            assertThat(message.reason()).doesNotContain("edit");
        }

        @Test
        void aFileOfWhichATombstoneIsLeftIsGone() {
            message.files("F1 10").marked(EDITOR, CHECK).read();

            message.has("files", "[{\"id\": \"F1\", \"mode\": \"tombstone\"}]").read();

            assertThat(message.shownFiles()).isEmpty();
            assertThat(message.reason()).doesNotContain("edit");
        }
    }

    @Nested
    class NotKnowing {
        @Test
        void aMarkOfAnUnknownPersonCountsOnceHeIsKnown() {
            message.standing(EDITOR, ReviewerRole.UNKNOWN).marked(EDITOR, CHECK);
            assertThat(message.read()).isEqualTo(PENDING);
            assertThat(message.settled()).isFalse();

            message.standing(EDITOR, ReviewerRole.APPROVER);

            assertThat(message.judgedUnread()).isEqualTo(APPROVED);
            assertThat(message.settled()).isTrue();
        }

        @Test
        void nothingIsWithdrawnByAMarkOfAnUnknownPerson() {
            message.marked(EDITOR, CHECK).read();

            message.standing(SECOND, ReviewerRole.UNKNOWN).marked(SECOND, "no_entry");

            assertThat(message.read()).isEqualTo(APPROVED);
        }

        @Test
        void nothingIsPublishedWhileSomebodyUnknownMayHaveRejectedIt() {
            message.marked(EDITOR, CHECK).standing(SECOND, ReviewerRole.UNKNOWN).marked(SECOND, "no_entry");
            assertThat(message.read()).isEqualTo(PENDING);

            message.standing(SECOND, ReviewerRole.NOT_APPROVER);

            assertThat(message.judgedUnread()).isEqualTo(APPROVED);
        }

        @Test
        void aMarkThatWasThereAtAnEditIsNoNewOneOnceItsOwnerIsKnown() {
            message.standing(EDITOR, ReviewerRole.UNKNOWN);
            message.read();
            message.edited(REPORTER, "polls are open", 1).marked(EDITOR, CHECK).read();

            message.standing(EDITOR, ReviewerRole.APPROVER);

            assertThat(message.judgedUnread()).isEqualTo(PENDING);
            assertThat(message.read()).isEqualTo(PENDING);
            assertThat(message.marked(SECOND, CHECK).read()).isEqualTo(APPROVED);
        }

        @Test
        void aMarkThatWasThereWhenFirstSeenEditedIsNoNewOneEither() {
            message.standing(EDITOR, ReviewerRole.UNKNOWN);
            message.edited(REPORTER, "polls are open", 1).marked(EDITOR, CHECK).read();

            message.standing(EDITOR, ReviewerRole.APPROVER);

            assertThat(message.judgedUnread()).isEqualTo(PENDING);
        }

        @Test
        void aMarkThatWasThereAtARejectionIsNoNewOneEither() {
            message.standing(EDITOR, ReviewerRole.UNKNOWN).marked(EDITOR, CHECK);
            message.marked(SECOND, "no_entry").read();

            message.standing(EDITOR, ReviewerRole.APPROVER).read();

            assertThat(message.unmarked(SECOND, "no_entry").read()).isEqualTo(PENDING);
        }

        @Test
        void shortenedReactorsTakeNoApprovalAway() {
            message.marked(EDITOR, CHECK).read();

            message.unmarked(EDITOR, CHECK).marked(PASSER_BY, CHECK).counted(CHECK, 60);

            assertThat(message.read()).isEqualTo(APPROVED);
            assertThat(message.settled()).isFalse();
        }

        @Test
        void shortenedReactorsHideNoApprovalOfAnOlderText() {
            message.marked(PASSER_BY, CHECK).read();
            message.edited(REPORTER, "polls are open", 1).counted(CHECK, 60).read();

            message.marked(EDITOR, CHECK).counted(CHECK, 2);

            assertThat(message.read()).isEqualTo(PENDING);
            assertThat(message.settled()).isTrue();
        }

        @Test
        void aPublicTextStaysWhileNobodyKnowsWhoApprovedItsEdit() {
            approvedThenEdited();
            message.standing(PASSER_BY, ReviewerRole.UNKNOWN)
                    .marked(PASSER_BY, CHECK)
                    .read();
            message.edited(REPORTER, "polls are rigged", 2).read();
            message.standing(PASSER_BY, ReviewerRole.APPROVER).read();

            assertThat(message.shown()).isEqualTo("polls are closed");
        }
    }

    @Nested
    class Delaying {
        private final ReviewedTestMessage late = under(Rules.none().delay(Duration.ofMinutes(5)));

        @Test
        void aMessageLeavesItsDelayInAReadingAfterIt() {
            assertThat(late.aged(Duration.ofSeconds(299)).read()).isEqualTo(DELAYED);
            assertThat(late.aged(Duration.ofMinutes(6)).judgedUnread()).isEqualTo(DELAYED);
            assertThat(late.aged(Duration.ofMinutes(5)).read()).isEqualTo(APPROVED);
        }

        @Test
        void whatChangesInsideTheDelayIsSilent() {
            late.aged(Duration.ofMinutes(1)).read();

            late.edited(REPORTER, "polls are open", 1)
                    .aged(Duration.ofMinutes(6))
                    .read();

            assertThat(late.shown()).isEqualTo("polls are open");
        }

        @Test
        void anAnswerAboutAnApproverPublishesNothingInsideTheDelay() {
            var approved = under(Rules.required().delay(Duration.ofMinutes(5)));
            approved.standing(EDITOR, ReviewerRole.UNKNOWN).marked(EDITOR, CHECK);
            approved.aged(Duration.ofMinutes(1)).read();

            approved.standing(EDITOR, ReviewerRole.APPROVER);

            assertThat(approved.judgedUnread()).isEqualTo(DELAYED);
            assertThat(approved.aged(Duration.ofMinutes(6)).read()).isEqualTo(APPROVED);
        }

        @Test
        void aPublicMessageIsNotDelayedAgain() {
            late.aged(Duration.ofMinutes(6)).read();

            late.under(Rules.none().delay(Duration.ofHours(2)));

            assertThat(late.read()).isEqualTo(APPROVED);
        }

        @Test
        void anEditInsideTheDelayNeedsAnApprovalToo() {
            var approved = under(Rules.required().delay(Duration.ofMinutes(5)));
            approved.marked(EDITOR, CHECK).aged(Duration.ofMinutes(1)).read();
            approved.edited(REPORTER, "polls are open", 1).read();

            approved.aged(Duration.ofMinutes(6)).read();

            assertThat(approved.shown()).isEqualTo("polls are closed");
        }
    }

    @Nested
    class Ignoring {
        @Test
        void nothingIsPostedIntoAClosedChatButWhatWasThereGoesOn() {
            var closedBefore = Rules.required().closed("2026-11-03T18:59:59Z");
            var closedAfter = Rules.required().closed("2026-11-03T19:00:01Z");

            assertThat(under(closedBefore).marked(EDITOR, CHECK).read()).isEqualTo(IGNORED);
            assertThat(under(closedAfter).marked(EDITOR, CHECK).read()).isEqualTo(APPROVED);
        }

        @Test
        void nothingOlderThanSinceCounts() {
            assertThat(under(Rules.none().since("2026-11-03T19:00:00Z")).read()).isEqualTo(APPROVED);
            assertThat(under(Rules.none().since("2026-11-03T19:00:01Z")).read()).isEqualTo(IGNORED);
        }

        @Test
        void onlyListedBotsSpeak() {
            var listed = Rules.none().bot("B0FEED");

            assertThat(under(listed).lacks("user").has("bot_id", "\"B0FEED\"").read())
                    .isEqualTo(APPROVED);
            assertThat(under(listed).lacks("user").has("bot_id", "\"B0OTHER\"").read())
                    .isEqualTo(IGNORED);
            assertThat(under(listed).has("bot_id", "\"B0OTHER\"").read()).isEqualTo(IGNORED);
            assertThat(under(listed).has("subtype", "\"bot_message\"").read()).isEqualTo(IGNORED);
        }

        @ParameterizedTest
        @CsvSource({
            "channel_join, IGNORED",
            "channel_topic, IGNORED",
            "pinned_item, IGNORED",
            "huddle_thread, IGNORED",
            "tombstone, IGNORED",
            "reminder_add, IGNORED",
            "file_share, APPROVED",
            "me_message, APPROVED",
            "thread_broadcast, APPROVED"
        })
        void onlyWhatReportersWriteCounts(String subtype, Verdict verdict) {
            assertThat(under(Rules.none()).has("subtype", '"' + subtype + '"').read())
                    .isEqualTo(verdict);
        }

        @Test
        void aReplyStaysInItsThread() {
            assertThat(under(Rules.none())
                            .has("thread_ts", "\"1793700000.000100\"")
                            .read())
                    .isEqualTo(IGNORED);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "user|null",
                    "user|7",
                    "user|\"USLACKBOT\"",
                    "text|null",
                    "text|{}",
                    "subtype|\"nobody_knows\"",
                    "subtype|[]",
                    "bot_id|12",
                    "blocks|{\"type\": \"section\"}",
                    "blocks|[1, null, \"x\", [2]]",
                    "files|\"none\"",
                    "files|[null, 1, {\"id\": 5, \"size\": 123456789012345678901234567890}]",
                    "attachments|{}",
                    "edited|true",
                    "edited|{\"user\": 1, \"ts\": 1e400}",
                    "thread_ts|1e9",
                    "reactions|{\"name\": \"white_check_mark\"}",
                    "reactions|[null, 3, {\"name\": 4}, {\"name\": \"white_check_mark\", \"users\": [1, null, {}]}]",
                    "reactions|[{\"name\": \"white_check_mark\", \"users\": \"U0EDITOR\", \"count\": 99999999999999999999}]"
                })
        void anOddMessageIsJudgedAndNeverApproved(String member, String value) {
            message.has(member, value);

            assertThat(message.read()).isIn(PENDING, IGNORED);
            assertThat(message.read()).isIn(PENDING, IGNORED);
            assertThat(message.deleted(true).read()).isEqualTo(DELETED);
        }
    }
}
