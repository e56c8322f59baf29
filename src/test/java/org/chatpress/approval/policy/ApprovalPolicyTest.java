package org.chatpress.approval.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.approval.policy.Decision.Verdict.APPROVED;
import static org.chatpress.approval.policy.Decision.Verdict.DELAYED;
import static org.chatpress.approval.policy.Decision.Verdict.DELETED;
import static org.chatpress.approval.policy.Decision.Verdict.HELD;
import static org.chatpress.approval.policy.Decision.Verdict.IGNORED;
import static org.chatpress.approval.policy.Decision.Verdict.PENDING;
import static org.chatpress.approval.policy.Decision.Verdict.PRIVATE;
import static org.chatpress.approval.policy.Decision.Verdict.REJECTED;
import static org.chatpress.approval.policy.Decision.Verdict.WITHDRAWN;
import static org.chatpress.approval.policy.ReviewedTestMessage.BOT;
import static org.chatpress.approval.policy.ReviewedTestMessage.CHECK;
import static org.chatpress.approval.policy.ReviewedTestMessage.EDITOR;
import static org.chatpress.approval.policy.ReviewedTestMessage.PASSER_BY;
import static org.chatpress.approval.policy.ReviewedTestMessage.REPORTER;
import static org.chatpress.approval.policy.ReviewedTestMessage.SECOND;
import static org.chatpress.approval.policy.ReviewedTestMessage.TS;

import java.time.Duration;
import org.chatpress.approval.policy.ApprovalRule.ReviewerRole;
import org.chatpress.approval.policy.Decision.Verdict;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The approval policy, one message at a time, through a series of reviews. */
class ApprovalPolicyTest {
    private final ReviewedTestMessage message = new ReviewedTestMessage(Rules.required());

    private static ReviewedTestMessage under(Rules rules) {
        return new ReviewedTestMessage(rules);
    }

    /** An approved message that was then edited by a user who is not an approver. */
    private ReviewedTestMessage approvedThenEdited() {
        message.react(EDITOR, CHECK).read();
        message.edited(REPORTER, "polls are open", 1).read();
        return message;
    }

    @Nested
    class Approving {
        @Test
        void aMessageWaitsForAnApprovalAndEndsWithIt() {
            assertThat(message.read()).isEqualTo(PENDING);

            assertThat(message.react(EDITOR, CHECK).read()).isEqualTo(APPROVED);
            assertThat(message.reason()).isEqualTo("approved by U0EDITOR (white_check_mark)");
            assertThat(message.shown()).isEqualTo("polls are closed");

            assertThat(message.unreact(EDITOR, CHECK).read()).isEqualTo(PENDING);
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
            assertThat(message.react(EDITOR, emoji).read()).isEqualTo(verdict);
        }

        @ParameterizedTest
        @CsvSource({"APPROVER, APPROVED", "NOT_APPROVER, PENDING", "BOT, PENDING", "UNKNOWN, PENDING"})
        void onlyApproversApprove(ReviewerRole role, Verdict verdict) {
            message.role(PASSER_BY, role);

            assertThat(message.react(PASSER_BY, CHECK).read()).isEqualTo(verdict);
        }

        @Test
        void anApprovalStaysValidWhenItsUserStopsBeingAnApprover() {
            message.react(EDITOR, CHECK).read();

            message.role(EDITOR, ReviewerRole.NOT_APPROVER);

            assertThat(message.read()).isEqualTo(APPROVED);
        }

        @Test
        void aReactionDoesNotApproveLaterWhenItsUserBecomesAnApprover() {
            message.react(PASSER_BY, CHECK).read();

            message.role(PASSER_BY, ReviewerRole.APPROVER);

            assertThat(message.read()).isEqualTo(PENDING);
        }

        @Test
        void aReactionThatIsAddedAgainCountsByTheUsersRoleNow() {
            message.react(PASSER_BY, CHECK).read();
            message.role(PASSER_BY, ReviewerRole.APPROVER);
            message.unreact(PASSER_BY, CHECK).read();

            assertThat(message.react(PASSER_BY, CHECK).read()).isEqualTo(APPROVED);
        }

        @Test
        void anEmojiThatTheSettingsAddApprovesWhatItsUserSaw() {
            message.react(EDITOR, "tada").read();

            assertThat(message.under(Rules.required().emoji("tada")).read()).isEqualTo(APPROVED);
            assertThat(message.shown()).isEqualTo("polls are closed");
        }

        @Test
        void anEmojiThatTheSettingsAddDoesNotApproveALaterEdit() {
            message.react(EDITOR, "tada").read();
            message.edited(REPORTER, "polls are open", 1).read();
            message.read();

            message.under(Rules.required().emoji("tada"));
            assertThat(message.read()).isEqualTo(PENDING);
            assertThat(message.reason()).isEqualTo("may have been approved before its last edit; needs a new approval");

            message.unreact(EDITOR, "tada").read();
            assertThat(message.react(EDITOR, "tada").read()).isEqualTo(APPROVED);
        }

        @Test
        void anEmojiThatTheSettingsAddDoesNotApproveWhatWasTakenDownAfterIt() {
            message.react(EDITOR, "tada").react(SECOND, "no_entry").read();
            message.unreact(SECOND, "no_entry").read();

            assertThat(message.under(Rules.required().emoji("tada")).read()).isEqualTo(PENDING);
            assertThat(message.react(SECOND, "tada").read()).isEqualTo(APPROVED);
        }

        @Test
        void anApprovalByTheAuthorThatTheSettingsAllowDoesNotApproveALaterEdit() {
            var alone = under(Rules.required().noSelfApproval()).role(REPORTER, ReviewerRole.APPROVER);
            alone.react(REPORTER, CHECK).read();
            alone.edited(EDITOR, "polls are open", 1).read();
            alone.edited(PASSER_BY, "polls are shut", 2).read();

            assertThat(alone.under(Rules.required()).read()).isEqualTo(PENDING);
        }

        @Test
        void theReasonNamesReactionsThatDoNotCount() {
            message.react(PASSER_BY, CHECK).react(EDITOR, "tada").read();

            assertThat(message.reason())
                    .isEqualTo("waits for an approval; not by an approver: U0PASSERBY (white_check_mark)");
        }

        @Test
        void theNamesOfOneEmojiCountAsOne() {
            var thumbs = under(Rules.required().emoji("+1").count(2));
            thumbs.react(EDITOR, "thumbsup").react(SECOND, "+1");

            assertThat(thumbs.read()).isEqualTo(APPROVED);
            assertThat(thumbs.reason()).isEqualTo("approved by U0EDITOR, U0SECOND (+1)");
        }

        @Test
        void twoEmojiOfOnePersonAreOneApproval() {
            var two = under(Rules.required().count(2));
            two.react(EDITOR, CHECK).react(EDITOR, "heavy_check_mark");
            two.react(EDITOR, "white_check_mark::skin-tone-2");

            assertThat(two.read()).isEqualTo(PENDING);
            assertThat(two.reason()).isEqualTo("approved by 1 of 2 people");
            assertThat(two.react(SECOND, "heavy_check_mark").read()).isEqualTo(APPROVED);
        }

        @Test
        void whereTwoMustApproveTheMessageGoesWithOneApproval() {
            var two = under(Rules.required().count(2));
            two.react(EDITOR, CHECK).react(SECOND, CHECK).read();

            assertThat(two.unreact(SECOND, CHECK).read()).isEqualTo(PENDING);
        }

        @Test
        void theAuthorsOwnReactionApprovesUnlessTheRulesForbidIt() {
            message.role(REPORTER, ReviewerRole.APPROVER);
            var strict = under(Rules.required().noSelfApproval()).role(REPORTER, ReviewerRole.APPROVER);

            assertThat(message.react(REPORTER, CHECK).read()).isEqualTo(APPROVED);
            assertThat(strict.react(REPORTER, CHECK).read()).isEqualTo(PENDING);
            assertThat(strict.react(EDITOR, CHECK).read()).isEqualTo(APPROVED);
        }
    }

    @Nested
    class Hiding {
        @Test
        void theStrongestReasonDecides() {
            var all = under(Rules.required()).react(EDITOR, CHECK);
            assertThat(all.read()).isEqualTo(APPROVED);
            assertThat(all.react(EDITOR, "hourglass").read()).isEqualTo(HELD);
            assertThat(all.react(EDITOR, "no_entry").read()).isEqualTo(REJECTED);
            assertThat(all.says("&lt;#&gt; polls").read()).isEqualTo(PRIVATE);
            assertThat(all.under(Rules.required().withdraws(TS)).read()).isEqualTo(WITHDRAWN);
            assertThat(all.deleted(true).read()).isEqualTo(DELETED);
        }

        @Test
        void aRejectedMessageNeedsANewApproval() {
            message.react(EDITOR, CHECK).read();
            message.react(SECOND, "no_entry").read();

            assertThat(message.unreact(SECOND, "no_entry").read()).isEqualTo(PENDING);
            assertThat(message.reason()).isEqualTo("was taken down; needs a new approval");
            assertThat(message.react(SECOND, CHECK).read()).isEqualTo(APPROVED);
        }

        @Test
        void aMessageFirstSeenRejectedAndApprovedNeedsANewApproval() {
            message.react(EDITOR, CHECK).react(SECOND, "no_entry").read();

            assertThat(message.unreact(SECOND, "no_entry").read()).isEqualTo(PENDING);
            assertThat(message.read()).isEqualTo(PENDING);
        }

        @Test
        void anEditOfARejectedMessageNeedsItsOwnApproval() {
            message.react(EDITOR, "no_entry").read();
            message.react(SECOND, CHECK).read();
            message.edited(REPORTER, "polls are open", 1).read();

            assertThat(message.unreact(EDITOR, "no_entry").read()).isEqualTo(PENDING);
        }

        @Test
        void onlyApproversReject() {
            message.react(EDITOR, CHECK).react(PASSER_BY, "no_entry").react(BOT, "no_entry");

            assertThat(message.read()).isEqualTo(APPROVED);
        }

        @Test
        void approversAndTheAuthorHoldAMessageUntilTheyRemoveTheReaction() {
            for (String holder : new String[] {SECOND, REPORTER}) {
                var held = under(Rules.required()).react(EDITOR, CHECK);
                held.read();

                assertThat(held.react(holder, "hourglass").read()).isEqualTo(HELD);
                assertThat(held.unreact(holder, "hourglass").read()).isEqualTo(APPROVED);
                assertThat(held.react(PASSER_BY, "hourglass").read()).isEqualTo(APPROVED);
            }
        }

        @Test
        void afterAHoldReadersSeeTheApprovedVersion() {
            message.react(EDITOR, CHECK).read();
            message.react(REPORTER, "hourglass").read();
            message.edited(REPORTER, "polls are open", 1).read();

            assertThat(message.unreact(REPORTER, "hourglass").read()).isEqualTo(APPROVED);
            assertThat(message.shown()).isEqualTo("polls are closed");
        }

        @Test
        void theAuthorHoldsEvenIfSlackDoesNotTellTheRole() {
            message.role(REPORTER, ReviewerRole.UNKNOWN).react(EDITOR, CHECK);

            assertThat(message.react(REPORTER, "hourglass").read()).isEqualTo(HELD);
        }

        @ParameterizedTest
        @CsvSource({"no_entry, REJECTED", "hourglass, HELD"})
        void whereNoApprovalIsRequiredEveryPersonRejectsAndHolds(String emoji, Verdict verdict) {
            var open = under(Rules.none());
            assertThat(open.read()).isEqualTo(APPROVED);
            assertThat(open.reason()).isEqualTo("no approval required");

            assertThat(open.react(BOT, emoji).read()).isEqualTo(APPROVED);
            assertThat(open.react(PASSER_BY, emoji).read()).isEqualTo(verdict);
            assertThat(open.unreact(PASSER_BY, emoji).read()).isEqualTo(APPROVED);
        }

        @Test
        void rolesAreLookedUpAgainOnceApprovalIsRequired() {
            var open = under(Rules.none()).role(EDITOR, ReviewerRole.NOT_APPROVER);
            open.react(EDITOR, "no_entry").read();

            open.under(Rules.required()).role(EDITOR, ReviewerRole.APPROVER).react(SECOND, CHECK);

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
        void aMessageThatStartsWithThePrefixIsPrivateHoweverItArrives(String text) {
            assertThat(under(Rules.none()).says(text.replace("\\n", "\n")).read())
                    .isEqualTo(PRIVATE);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "*&lt;#&gt; a*",
                    "*<#>* a",
                    "_*~&lt;#&gt; a~*_",
                    "`&lt;#&gt;` a",
                    "```&lt;#&gt; a```",
                    "&gt; &lt;#&gt; a",
                    "&gt;&gt;&gt;&lt;#&gt; a",
                    "> *&lt;#&gt;* a",
                    "\u2022 &lt;#&gt; a",
                    "&lt;\u200b#&gt; a",
                    "\uff1c#\uff1e a",
                    "\u3164&lt;#&gt; a",
                    "polls are closed\\n&gt; &lt;#&gt; a",
                    "&gt; polls are closed\\n&lt;#&gt; a",
                    "polls are closed\\n```\\n&lt;#&gt; a\\n```"
                })
        void aMessageIsPrivateIfThePrefixIsBehindMarkup(String text) {
            assertThat(under(Rules.none()).says(text.replace("\\n", "\n")).read())
                    .isEqualTo(PRIVATE);
        }

        @ParameterizedTest
        @CsvSource({
            "priv\u00e9:, priv\u00e9: a",
            "priv\u00e9:, Priv\u00e9: a",
            "priv\u00e9:, PRIV\u00c9: a",
            "priv\u00e9:, prive\u0301: a",
            "PRIVE\u0301:, priv\u00e9: a",
            "priv\u00e9:, *Priv\u00e9:* a",
            "interne Ma\u00dfe, INTERNE MASSE a",
            "*intern*, *intern* a",
            "> , > a",
            "-, - a"
        })
        void thePrefixIsComparedAsPeopleReadIt(String prefix, String text) {
            assertThat(under(Rules.none().privatePrefix(prefix)).says(text).read())
                    .isEqualTo(PRIVATE);
        }

        @ParameterizedTest
        @CsvSource({
            "<#>, <#C1|general> a",
            "<#>, 1 &lt; 2 #&gt;",
            "intern:, internal: a",
            "intern:, a intern: b",
            "'intern', 'a\nintern: b'",
            "'', intern: a"
        })
        void othersArePublic(String prefix, String text) {
            assertThat(under(Rules.none().privatePrefix(prefix)).says(text).read())
                    .isEqualTo(APPROVED);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{'type':'rich_text','elements':[{'type':'rich_text_section','elements':[{'type':'text','text':' <#> a'}]}]}",
                    "{'type':'section','text':{'type':'mrkdwn','text':'*&lt;#&gt; a*'}}",
                    "{'type':'rich_text','elements':[{'type':'rich_text_quote','elements':["
                            + "{'type':'text','text':'<','style':{'bold':true}},{'type':'text','text':'#> a'}]}]}",
                    "{'type':'section','text':{'type':'mrkdwn','text':'&lt;#&gt; a'}}",
                    "{'type':'table','rows':[[{'type':'raw_text','text':'<#> a'}]]}",
                })
        void aMessageIsPrivateIfAPartOfItsBlocksStartsWithThePrefix(String block) {
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
        void blocksWithTextAreEnoughForAMessageButButtonsAreNot() {
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
        void anEditThatAddsThePrefixHidesAndOneThatRemovesItNeedsAnApproval() {
            message.react(EDITOR, CHECK).read();

            assertThat(message.edited(REPORTER, "&lt;#&gt; polls", 1).read()).isEqualTo(PRIVATE);
            assertThat(message.edited(REPORTER, "polls are closed", 2).read()).isEqualTo(PENDING);
            assertThat(message.react(SECOND, CHECK).read()).isEqualTo(APPROVED);
        }

        @Test
        void aDeletedMessageThatReappearsNeedsANewApproval() {
            message.react(EDITOR, CHECK).read();
            message.deleted(true).read();

            assertThat(message.deleted(false).react(SECOND, CHECK).read()).isEqualTo(PENDING);
            assertThat(message.react(SECOND, "heavy_check_mark").read()).isEqualTo(APPROVED);
        }

        @Test
        void aWithdrawnMessageNeedsANewApproval() {
            message.react(EDITOR, CHECK).read();
            message.under(Rules.required().withdraws(TS)).read();

            assertThat(message.under(Rules.required()).read()).isEqualTo(PENDING);
            assertThat(message.react(SECOND, CHECK).read()).isEqualTo(APPROVED);
        }
    }

    @Nested
    class Editing {
        @Test
        void theApprovedVersionStaysPublicWhileAnEditWaits() {
            approvedThenEdited();

            assertThat(message.read()).isEqualTo(APPROVED);
            assertThat(message.shown()).isEqualTo("polls are closed");
            assertThat(message.reason()).endsWith("; an edit waits for a new approval");
        }

        @Test
        void anotherApproverApprovesTheEdit() {
            approvedThenEdited().react(SECOND, CHECK).read();

            assertThat(message.shown()).isEqualTo("polls are open");
        }

        @Test
        void aSecondListedEmojiApprovesTheEdit() {
            approvedThenEdited().react(EDITOR, "heavy_check_mark").read();

            assertThat(message.shown()).isEqualTo("polls are open");
        }

        @Test
        void aReactionRemovedInOneReviewAndAddedInTheNextApprovesTheEdit() {
            approvedThenEdited();

            assertThat(message.unreact(EDITOR, CHECK).read()).isEqualTo(PENDING);
            message.react(EDITOR, CHECK).read();

            assertThat(message.shown()).isEqualTo("polls are open");
        }

        @Test
        void anotherSkinToneIsNotASecondEmoji() {
            approvedThenEdited().react(EDITOR, "white_check_mark::skin-tone-4").read();

            assertThat(message.shown()).isEqualTo("polls are closed");
        }

        @Test
        void whereTwoMustApproveAnEditNeedsTwo() {
            var two = under(Rules.required().count(2)).role(PASSER_BY, ReviewerRole.APPROVER);
            two.react(EDITOR, CHECK).react(SECOND, CHECK).read();
            two.edited(REPORTER, "polls are open", 1).read();

            two.react(PASSER_BY, CHECK).read();
            assertThat(two.shown()).isEqualTo("polls are closed");

            two.react(SECOND, "heavy_check_mark").read();
            assertThat(two.shown()).isEqualTo("polls are open");
        }

        @Test
        void oneOfTwoApprovalsEndsWithAnEdit() {
            var two = under(Rules.required().count(2)).react(EDITOR, CHECK);
            two.read();
            two.edited(REPORTER, "polls are open", 1).read();

            assertThat(two.react(SECOND, CHECK).read()).isEqualTo(PENDING);
        }

        @Test
        void anApproversEditIsPublishedAtOnce() {
            message.react(EDITOR, CHECK).read();
            message.edited(SECOND, "polls are open", 1).read();

            assertThat(message.shown()).isEqualTo("polls are open");
        }

        @Test
        void anApproversEditDoesNotApproveAPendingMessage() {
            message.read();

            assertThat(message.edited(EDITOR, "polls are open", 1).read()).isEqualTo(PENDING);
        }

        @Test
        void anApproversEditWaitsWhereOneApprovalIsNotEnough() {
            var two = under(Rules.required().count(2)).react(EDITOR, CHECK).react(SECOND, CHECK);
            two.read();
            two.edited(EDITOR, "polls are open", 1).read();
            var strict = under(Rules.required().noSelfApproval())
                    .role(REPORTER, ReviewerRole.APPROVER)
                    .react(EDITOR, CHECK);
            strict.read();
            strict.edited(REPORTER, "polls are open", 1).read();

            assertThat(two.shown()).isEqualTo("polls are closed");
            assertThat(strict.shown()).isEqualTo("polls are closed");
        }

        @Test
        void anEditWaitsUntilSlackTellsTheEditorsRole() {
            message.react(EDITOR, CHECK).read();
            message.role(SECOND, ReviewerRole.UNKNOWN)
                    .edited(SECOND, "polls are open", 1)
                    .read();
            assertThat(message.shown()).isEqualTo("polls are closed");
            assertThat(message.isFinal()).isFalse();

            message.role(SECOND, ReviewerRole.APPROVER).reviewUnread();

            assertThat(message.shown()).isEqualTo("polls are open");
            assertThat(message.isFinal()).isTrue();
        }

        @Test
        void aSecondEditInTheSameSecondIsNotTheApprovers() {
            message.react(EDITOR, CHECK).read();
            message.edited(SECOND, "polls are open", 1).read();

            message.says("polls are rigged").read();

            assertThat(message.shown()).isEqualTo("polls are open");
        }

        @Test
        void anApprovalFirstSeenWithAnEditDoesNotCount() {
            message.read();

            assertThat(message.edited(REPORTER, "polls are open", 1)
                            .react(EDITOR, CHECK)
                            .read())
                    .isEqualTo(PENDING);
            assertThat(message.reason()).startsWith("may have been approved before its last edit");
            assertThat(message.read()).isEqualTo(PENDING);
            assertThat(message.react(SECOND, CHECK).read()).isEqualTo(APPROVED);
        }

        @Test
        void aMessageFirstSeenEditedAndApprovedIsPending() {
            message.edited(REPORTER, "polls are open", 1).react(EDITOR, CHECK);

            assertThat(message.read()).isEqualTo(PENDING);
            assertThat(message.reason()).startsWith("may have been approved before its last edit");
        }

        @Test
        void aMessageFirstSeenEditedCanBeApprovedLater() {
            message.edited(REPORTER, "polls are open", 1).read();

            assertThat(message.react(EDITOR, CHECK).read()).isEqualTo(APPROVED);
        }

        @Test
        void onEditPublishSwitchesAllThisOff() {
            var lenient = under(Rules.required().publishesEdits());
            lenient.edited(REPORTER, "a", 1).react(EDITOR, CHECK);
            assertThat(lenient.read()).isEqualTo(APPROVED);

            lenient.edited(REPORTER, "b", 2).read();
            assertThat(lenient.shown()).isEqualTo("b");

            assertThat(lenient.unreact(EDITOR, CHECK).read()).isEqualTo(PENDING);
        }

        @Test
        void twoEditsInOneSecondAreTwoEdits() {
            message.edited(REPORTER, "a", 1).read();
            message.react(EDITOR, CHECK).read();
            message.edited(REPORTER, "b", 1).read();

            assertThat(message.shown()).isEqualTo("a");
        }

        @Test
        void anEditBackToTheApprovedVersionNeedsNoApproval() {
            approvedThenEdited().edited(REPORTER, "polls are closed", 2).read();

            assertThat(message.shown()).isEqualTo("polls are closed");
            assertThat(message.reason()).isEqualTo("approved by U0EDITOR (white_check_mark)");
            message.edited(REPORTER, "polls are open", 3).read();
            assertThat(message.shown()).isEqualTo("polls are closed");
        }

        @Test
        void linkPreviewsAndBlockIdsAreNotEdits() {
            message.has("blocks", "[{\"type\": \"section\", \"block_id\": \"a\", \"text\": \"x\"}]");
            message.react(EDITOR, CHECK).read();

            message.has("blocks", "[{\"type\": \"section\", \"block_id\": \"b\", \"text\": \"x\"}]");
            message.has("attachments", "[{\"from_url\": \"https://a.example\", \"text\": \"preview\"}]");
            message.read();

            assertThat(message.reason()).doesNotContain("edit");
        }

        @Test
        void changedBlocksAreAnEditEvenIfTheTextIsTheSame() {
            message.has("blocks", "[{\"type\": \"section\", \"text\": \"x\"}]");
            message.react(EDITOR, CHECK).read();

            message.has("blocks", "[{\"type\": \"section\", \"text\": \"y\"}]").read();

            assertThat(message.reason()).contains("an edit waits");
        }

        @Test
        void aBotsAttachmentsNeedApprovalAndItsLinkPreviewsDoNot() {
            var bot = under(Rules.required().bot("B0FEED")).lacks("user").has("bot_id", "\"B0FEED\"");
            bot.has("attachments", "[{\"text\": \"goal\"}]")
                    .react(EDITOR, CHECK)
                    .read();

            bot.has("attachments", "[{\"text\": \"goal\"}, {\"from_url\": \"https://a.example\"}]")
                    .read();
            assertThat(bot.reason()).doesNotContain("edit");

            bot.has("attachments", "[{\"text\": \"no goal\"}]").read();
            assertThat(bot.reason()).contains("an edit waits");
            assertThat(bot.read()).isEqualTo(APPROVED);
        }

        @Test
        void addedAndReplacedFilesWaitAndRemovedFilesGoAtOnce() {
            message.files("F1 10", "F2 20").react(EDITOR, CHECK).read();
            assertThat(message.shownFiles()).containsExactly("F1", "F2");

            message.files("F1 10", "F2 20", "F3 30").read();
            assertThat(message.shownFiles()).containsExactly("F1", "F2");
            assertThat(message.reason()).contains("an edit waits");

            message.files("F2 20").read();
            assertThat(message.shownFiles()).containsExactly("F2");
            assertThat(message.reason()).doesNotContain("edit");

            message.files("F2 21").read();
            assertThat(message.reason()).contains("an edit waits");

            message.react(SECOND, CHECK).read();
            assertThat(message.reason()).doesNotContain("edit");
        }

        @Test
        void aFileWithATombstoneIsRemoved() {
            message.files("F1 10").react(EDITOR, CHECK).read();

            message.has("files", "[{\"id\": \"F1\", \"mode\": \"tombstone\"}]").read();

            assertThat(message.shownFiles()).isEmpty();
            assertThat(message.reason()).doesNotContain("edit");
        }
    }

    @Nested
    class UnknownRoles {
        @Test
        void aReactionCountsOnceItsUsersRoleIsKnown() {
            message.role(EDITOR, ReviewerRole.UNKNOWN).react(EDITOR, CHECK);
            assertThat(message.read()).isEqualTo(PENDING);
            assertThat(message.isFinal()).isFalse();

            message.role(EDITOR, ReviewerRole.APPROVER);

            assertThat(message.reviewUnread()).isEqualTo(APPROVED);
            assertThat(message.isFinal()).isTrue();
        }

        @Test
        void aUserWithoutAKnownRoleHidesNothing() {
            message.react(EDITOR, CHECK).read();

            message.role(SECOND, ReviewerRole.UNKNOWN).react(SECOND, "no_entry");

            assertThat(message.read()).isEqualTo(APPROVED);
        }

        @Test
        void nothingIsPublishedWhileAUserWithoutAKnownRoleMayReject() {
            message.react(EDITOR, CHECK).role(SECOND, ReviewerRole.UNKNOWN).react(SECOND, "no_entry");
            assertThat(message.read()).isEqualTo(PENDING);

            message.role(SECOND, ReviewerRole.NOT_APPROVER);

            assertThat(message.reviewUnread()).isEqualTo(APPROVED);
        }

        @Test
        void aReactionSeenWithAnEditIsNotNewOnceItsUserIsKnown() {
            message.role(EDITOR, ReviewerRole.UNKNOWN);
            message.read();
            message.edited(REPORTER, "polls are open", 1).react(EDITOR, CHECK).read();

            message.role(EDITOR, ReviewerRole.APPROVER);

            assertThat(message.reviewUnread()).isEqualTo(PENDING);
            assertThat(message.read()).isEqualTo(PENDING);
            assertThat(message.react(SECOND, CHECK).read()).isEqualTo(APPROVED);
        }

        @Test
        void aReactionOnAMessageFirstSeenEditedIsNotNewOnceItsUserIsKnown() {
            message.role(EDITOR, ReviewerRole.UNKNOWN);
            message.edited(REPORTER, "polls are open", 1).react(EDITOR, CHECK).read();

            message.role(EDITOR, ReviewerRole.APPROVER);

            assertThat(message.reviewUnread()).isEqualTo(PENDING);
        }

        @Test
        void aReactionSeenWithARejectionIsNotNewOnceItsUserIsKnown() {
            message.role(EDITOR, ReviewerRole.UNKNOWN).react(EDITOR, CHECK);
            message.react(SECOND, "no_entry").read();

            message.role(EDITOR, ReviewerRole.APPROVER).read();

            assertThat(message.unreact(SECOND, "no_entry").read()).isEqualTo(PENDING);
        }

        @Test
        void aTruncatedUserListRemovesNoApproval() {
            message.react(EDITOR, CHECK).read();

            message.unreact(EDITOR, CHECK).react(PASSER_BY, CHECK).counted(CHECK, 60);

            assertThat(message.read()).isEqualTo(APPROVED);
            assertThat(message.isFinal()).isFalse();
        }

        @Test
        void aReactionHiddenByATruncatedListIsOlderThanTheEdit() {
            message.react(PASSER_BY, CHECK).read();
            message.edited(REPORTER, "polls are open", 1).counted(CHECK, 60).read();

            message.react(EDITOR, CHECK).counted(CHECK, 2);

            assertThat(message.read()).isEqualTo(PENDING);
            assertThat(message.isFinal()).isTrue();
        }

        @Test
        void thePublicVersionStaysWhileTheApproverOfItsEditIsUnknown() {
            approvedThenEdited();
            message.role(PASSER_BY, ReviewerRole.UNKNOWN)
                    .react(PASSER_BY, CHECK)
                    .read();
            message.edited(REPORTER, "polls are rigged", 2).read();
            message.role(PASSER_BY, ReviewerRole.APPROVER).read();

            assertThat(message.shown()).isEqualTo("polls are closed");
        }
    }

    @Nested
    class Delaying {
        private final ReviewedTestMessage late = under(Rules.none().delay(Duration.ofMinutes(5)));

        @Test
        void aDelayEndsWithAPageReadAfterIt() {
            assertThat(late.aged(Duration.ofSeconds(299)).read()).isEqualTo(DELAYED);
            assertThat(late.aged(Duration.ofMinutes(6)).reviewUnread()).isEqualTo(DELAYED);
            assertThat(late.aged(Duration.ofMinutes(5)).read()).isEqualTo(APPROVED);
        }

        @Test
        void readersDoNotSeeEditsInsideTheDelay() {
            late.aged(Duration.ofMinutes(1)).read();

            late.edited(REPORTER, "polls are open", 1)
                    .aged(Duration.ofMinutes(6))
                    .read();

            assertThat(late.shown()).isEqualTo("polls are open");
        }

        @Test
        void aRoleThatBecomesKnownEndsNoDelay() {
            var approved = under(Rules.required().delay(Duration.ofMinutes(5)));
            approved.role(EDITOR, ReviewerRole.UNKNOWN).react(EDITOR, CHECK);
            approved.aged(Duration.ofMinutes(1)).read();

            approved.role(EDITOR, ReviewerRole.APPROVER);

            assertThat(approved.reviewUnread()).isEqualTo(DELAYED);
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
            approved.react(EDITOR, CHECK).aged(Duration.ofMinutes(1)).read();
            approved.edited(REPORTER, "polls are open", 1).read();

            approved.aged(Duration.ofMinutes(6)).read();

            assertThat(approved.shown()).isEqualTo("polls are closed");
        }
    }

    @Nested
    class Ignoring {
        @Test
        void onlyOlderMessagesArePublicInAClosedChat() {
            var closedBefore = Rules.required().closed("2026-11-03T18:59:59Z");
            var closedAfter = Rules.required().closed("2026-11-03T19:00:01Z");

            assertThat(under(closedBefore).react(EDITOR, CHECK).read()).isEqualTo(IGNORED);
            assertThat(under(closedAfter).react(EDITOR, CHECK).read()).isEqualTo(APPROVED);
        }

        @Test
        void nothingOlderThanSinceIsPublic() {
            assertThat(under(Rules.none().since("2026-11-03T19:00:00Z")).read()).isEqualTo(APPROVED);
            assertThat(under(Rules.none().since("2026-11-03T19:00:01Z")).read()).isEqualTo(IGNORED);
        }

        @Test
        void onlyListedBotsArePublic() {
            var listed = Rules.none().bot("B0FEED");

            assertThat(under(listed).lacks("user").has("bot_id", "\"B0FEED\"").read())
                    .isEqualTo(APPROVED);
            assertThat(under(listed).lacks("user").has("bot_id", "\"B0OTHER\"").read())
                    .isEqualTo(IGNORED);
            assertThat(under(listed).has("bot_id", "\"B0OTHER\"").read()).isEqualTo(IGNORED);
            assertThat(under(listed).has("subtype", "\"bot_message\"").read()).isEqualTo(IGNORED);
            assertThat(under(listed)
                            .lacks("user")
                            .has("subtype", "\"bot_message\"")
                            .has("username", "\"Wire\"")
                            .read())
                    .as("by an old webhook")
                    .isEqualTo(IGNORED);
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
        void systemMessagesAreIgnored(String subtype, Verdict verdict) {
            assertThat(under(Rules.none()).has("subtype", '"' + subtype + '"').read())
                    .isEqualTo(verdict);
        }

        @Test
        void aReplyIsIgnored() {
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
        void aMalformedMessageIsReviewedAndNeverApproved(String member, String value) {
            message.has(member, value);

            assertThat(message.read()).isIn(PENDING, IGNORED);
            assertThat(message.read()).isIn(PENDING, IGNORED);
            assertThat(message.deleted(true).read()).isEqualTo(DELETED);
        }
    }
}
