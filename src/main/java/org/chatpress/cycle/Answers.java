package org.chatpress.cycle;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.chatpress.approval.Approval;
import org.chatpress.approval.Judgement;
import org.chatpress.approval.Mark;
import org.chatpress.approval.Situation;
import org.chatpress.approval.Standing;
import org.chatpress.config.Settings.Channel;
import org.chatpress.model.BotMarks;
import org.chatpress.model.Message;

/** What our bot answers in Slack to the editors of a message, by what was decided of it. Pure. */
final class Answers {
    /** An edit waits for a new approval. */
    static final String WAITS = "pencil2";

    /** Readers don't see all that was approved. */
    static final String CANNOT_SHOW = "warning";

    private static final String HOW =
            " To publish it as it is now, approve it again: by another approver's emoji, or by yours, taken away and put"
                    + " back half a minute later.";

    private Answers() {}

    static BotMarks of(Channel channel, Situation situation, Judgement judgement) {
        Message message = situation.message();
        return switch (judgement.verdict()) {
            case APPROVED -> ofPublic(channel, message, judgement);
            case PENDING -> {
                boolean edited = message.editedAt().isPresent()
                        && !judgement.memory().stale().isEmpty();
                yield edited ? waits("This was edited around its approval, and is not public." + HOW) : BotMarks.NONE;
            }
            case IGNORED ->
                bearsApproval(channel, judgement)
                        ? cannotShow("This is approved, but can't be published: " + judgement.reason() + ".")
                        : BotMarks.NONE;
            case DELETED, NOTE, WITHDRAWN, PRIVATE, REJECTED, HELD, DELAYED -> BotMarks.NONE;
        };
    }

    private static BotMarks ofPublic(Channel channel, Message message, Judgement judgement) {
        BotMarks marks = channel.liveMark().map(BotMarks::emoji).orElse(BotMarks.NONE);
        if (Approval.editWaits(message, judgement.memory())) {
            marks = marks.and(waits("This was edited after its approval: readers still see what was approved." + HOW));
        }
        List<String> files = filesNobodySees(judgement.shown().orElse(message));
        return files.isEmpty()
                ? marks
                : marks.and(cannotShow("Readers don't see " + String.join(", ", files) + ": only photos are shown."));
    }

    private static BotMarks waits(String text) {
        return BotMarks.emoji(WAITS).and(BotMarks.note("edit", text));
    }

    private static BotMarks cannotShow(String text) {
        return BotMarks.emoji(CANNOT_SHOW).and(BotMarks.note("cannot show: " + text, text));
    }

    private static boolean bearsApproval(Channel channel, Judgement judgement) {
        return judgement.memory().marks().entrySet().stream()
                .filter(mark -> mark.getValue() == Standing.APPROVER)
                .map(mark -> mark.getKey())
                .map(Mark::emoji)
                .anyMatch(channel.approval().emoji()::contains);
    }

    private static List<String> filesNobodySees(Message message) {
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
