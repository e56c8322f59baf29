package org.chatpress.approval;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.chatpress.approval.policy.ApprovalPolicy;
import org.chatpress.approval.policy.Decision;
import org.chatpress.approval.policy.EditorReaction;
import org.chatpress.approval.policy.MessageSnapshot;
import org.chatpress.approval.policy.ReviewerRole;
import org.chatpress.config.Channel;
import org.chatpress.model.BotFeedback;
import org.chatpress.model.slack.SlackMessage;

/** What our bot answers in Slack to the editors of a message, by what was decided of it. Pure. */
final class EditorFeedback {
    /** An edit waits for a new approval. */
    static final String EDIT_WAITING = "pencil2";

    /** Readers don't see all that was approved. */
    static final String CANNOT_SHOW = "warning";

    private static final String HOW =
            " To publish it as it is now, approve it again: by another approver's emoji, or by yours, taken away and put"
                    + " back half a minute later.";

    private EditorFeedback() {}

    static BotFeedback feedbackFor(Channel channel, MessageSnapshot snapshot, Decision decision) {
        SlackMessage message = snapshot.message();
        return switch (decision.verdict()) {
            case APPROVED -> ofPublic(channel, message, decision);
            case PENDING -> {
                boolean edited = message.editedAt().isPresent()
                        && !decision.reviewState().stale().isEmpty();
                yield edited
                        ? waits("This was edited around its approval, and is not public." + HOW)
                        : BotFeedback.NONE;
            }
            case IGNORED ->
                bearsApproval(channel, decision)
                        ? cannotShow("This is approved, but can't be published: " + decision.reason() + ".")
                        : BotFeedback.NONE;
            case DELETED, NOTE, WITHDRAWN, PRIVATE, REJECTED, HELD, DELAYED -> BotFeedback.NONE;
        };
    }

    private static BotFeedback ofPublic(Channel channel, SlackMessage message, Decision decision) {
        BotFeedback marks =
                channel.approval().liveReaction().map(BotFeedback::emoji).orElse(BotFeedback.NONE);
        if (ApprovalPolicy.isEditWaiting(message, decision.reviewState())) {
            marks = marks.plus(waits("This was edited after its approval: readers still see what was approved." + HOW));
        }
        List<String> files = filesNobodySees(decision.publicVersion().orElse(message));
        return files.isEmpty()
                ? marks
                : marks.plus(cannotShow("Readers don't see " + String.join(", ", files) + ": only photos are shown."));
    }

    private static BotFeedback waits(String text) {
        return BotFeedback.emoji(EDIT_WAITING).plus(BotFeedback.reply("edit", text));
    }

    private static BotFeedback cannotShow(String text) {
        return BotFeedback.emoji(CANNOT_SHOW).plus(BotFeedback.reply("cannot show: " + text, text));
    }

    private static boolean bearsApproval(Channel channel, Decision decision) {
        return decision.reviewState().reactions().entrySet().stream()
                .filter(mark -> mark.getValue() == ReviewerRole.APPROVER)
                .map(mark -> mark.getKey())
                .map(EditorReaction::emoji)
                .anyMatch(channel.approval().rule().emoji()::contains);
    }

    private static List<String> filesNobodySees(SlackMessage message) {
        var names = new ArrayList<String>();
        for (JsonNode file : message.json().path("files")) {
            String type = file.path("mimetype").asText("");
            if (!type.isEmpty()
                    && !type.startsWith("image/")
                    && !file.path("mode").asText().equals("tombstone")) {
                names.add(file.path("name").asText("a file"));
            }
        }
        return names;
    }
}
