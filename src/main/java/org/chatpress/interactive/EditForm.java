package org.chatpress.interactive;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.slack.api.model.block.InputBlock;
import com.slack.api.model.block.composition.OptionObject;
import com.slack.api.model.block.element.CheckboxesElement;
import com.slack.api.model.block.element.PlainTextInputElement;
import com.slack.api.model.view.View;
import com.slack.api.model.view.ViewClose;
import com.slack.api.model.view.ViewSubmit;
import com.slack.api.model.view.ViewTitle;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.chatpress.approval.policy.ThreadCommand;
import org.chatpress.config.Channel;
import org.chatpress.interactive.EditableMessage.Field;
import org.chatpress.model.ChannelId;
import org.chatpress.model.Hashes;
import org.chatpress.model.Json;
import org.chatpress.model.MessageTs;

/**
 * The form "Edit for readers" as Slack shows it and sends it back. Slack keeps a digest of each value that the form was
 * opened with, so that a submission tells what the person changed, and whether it was changed otherwise meanwhile.
 */
final class EditForm {
    /** The {@code callback_id} of the form and of its shortcut. */
    static final String CALLBACK = "edit";

    /** The value of a ticked box, and of the thread command that it stands for. */
    static final String YES = "yes";

    /** The {@code action_id} of every input. */
    private static final String VALUE = "value";

    private static final int DIGEST_LENGTH = 8;

    private final ChannelId channel;
    private final MessageTs ts;
    private final int revision;
    private final Map<String, String> digests;

    private EditForm(ChannelId channel, MessageTs ts, int revision, Map<String, String> digests) {
        this.channel = channel;
        this.ts = ts;
        this.revision = revision;
        this.digests = digests;
    }

    /** A form with the current values of a message. */
    static EditForm of(Channel channel, EditableMessage message) {
        return of(channel.id(), message, 0);
    }

    private static EditForm of(ChannelId channel, EditableMessage message, int revision) {
        var digests = new LinkedHashMap<String, String>();
        message.fields().forEach(field -> digests.put(field.key(), digest(field.text())));
        return new EditForm(channel, message.ts(), revision, digests);
    }

    /** The form that a submission comes from; empty if it is none that this class made. */
    static Optional<EditForm> submitted(JsonNode view) {
        String text = view.path("private_metadata").asText("");
        if (!view.path("callback_id").asText("").equals(CALLBACK) || !text.startsWith("{")) {
            return Optional.empty();
        }
        JsonNode metadata = Json.parse(text);
        String channel = metadata.path("channel").asText("");
        String ts = metadata.path("ts").asText("");
        var digests = new LinkedHashMap<String, String>();
        metadata.path("values")
                .properties()
                .forEach(value -> digests.put(value.getKey(), value.getValue().asText()));
        if (!ChannelId.isValid(channel) || !MessageTs.isValid(ts) || digests.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new EditForm(
                new ChannelId(channel),
                new MessageTs(ts),
                metadata.path("revision").asInt(),
                digests));
    }

    ChannelId channel() {
        return channel;
    }

    MessageTs ts() {
        return ts;
    }

    /**
     * What the person changed.
     *
     * @param values the new texts, by key
     * @param conflicts the keys of those that have changed otherwise since the form was opened
     */
    record Changes(Map<String, String> values, List<String> conflicts) {}

    /** Compares a submission with what the form was opened with, and with the message now. */
    Changes changes(JsonNode view, EditableMessage current) {
        var values = new LinkedHashMap<String, String>();
        var conflicts = new ArrayList<String>();
        for (Field field : current.fields()) {
            String opened = digests.getOrDefault(field.key(), "");
            Optional<String> submitted = submitted(view, field);
            if (submitted.isEmpty()
                    || digest(submitted.get()).equals(opened)
                    || submitted.get().equals(field.text())) {
                continue;
            }
            values.put(field.key(), submitted.get());
            if (!digest(field.text()).equals(opened)) {
                conflicts.add(field.key());
            }
        }
        return new Changes(values, conflicts);
    }

    /** Empty if the form did not have the field. */
    private Optional<String> submitted(JsonNode view, Field field) {
        JsonNode input =
                view.path("state").path("values").path(blockId(field.key())).path(VALUE);
        if (input.isMissingNode() || !digests.containsKey(field.key())) {
            return Optional.empty();
        }
        return Optional.of(
                field.isYesOrNo()
                        ? (input.path("selected_options").isEmpty() ? "" : YES)
                        : normalized(input.path("value").asText("")));
    }

    static String normalized(String text) {
        return text.replace("\r\n", "\n").strip();
    }

    View view(EditableMessage message) {
        BlockBuilder blocks = BlockBuilder.forView();
        message.remarks().forEach(blocks::context);
        return view(message, blocks, Map.of());
    }

    /** The form again, with the person's changes and beside them what changed meanwhile. */
    static View afterConflict(EditForm submitted, EditableMessage current, Changes changes) {
        BlockBuilder blocks = BlockBuilder.forView()
                .section(
                        ":warning: This was changed while you were editing. Your text is below. To save it nevertheless, submit"
                                + " it again.");
        for (Field field : current.fields()) {
            if (changes.conflicts().contains(field.key())) {
                blocks.context(field.label() + " is now:").plain(field.text());
            }
        }
        return of(submitted.channel, current, submitted.revision + 1).view(current, blocks, changes.values());
    }

    private View view(EditableMessage message, BlockBuilder blocks, Map<String, String> changed) {
        for (Field field : message.fields()) {
            if (blocks.remaining() > 0) {
                blocks.add(input(field, changed.getOrDefault(field.key(), field.text())));
            }
        }
        return modal().callbackId(CALLBACK)
                .submit(ViewSubmit.builder().type("plain_text").text("Save").build())
                .privateMetadata(metadata())
                .blocks(blocks.build())
                .build();
    }

    /** A form that only says something. */
    static View message(String mrkdwn) {
        return modal().blocks(BlockBuilder.forView().section(mrkdwn).build()).build();
    }

    /** The block to show an error at. */
    String firstBlockId() {
        return blockId(digests.keySet().iterator().next());
    }

    private static View.ViewBuilder modal() {
        return View.builder()
                .type("modal")
                .title(ViewTitle.builder()
                        .type("plain_text")
                        .text("Edit for readers")
                        .build())
                .close(ViewClose.builder().type("plain_text").text("Close").build());
    }

    private InputBlock input(Field field, String value) {
        var block = InputBlock.builder()
                .blockId(blockId(field.key()))
                .optional(true)
                .label(BlockBuilder.plainText(field.label()));
        if (!field.hint().isEmpty()) {
            block.hint(BlockBuilder.plainText(field.hint()));
        }
        if (field.isYesOrNo()) {
            var option = OptionObject.builder()
                    .text(BlockBuilder.plainText(field.label()))
                    .value(YES)
                    .build();
            var checkbox = CheckboxesElement.builder().actionId(VALUE).options(List.of(option));
            return block.element((value.equals(YES) ? checkbox.initialOptions(List.of(option)) : checkbox).build())
                    .build();
        }
        return block.element(PlainTextInputElement.builder()
                        .actionId(VALUE)
                        .multiline(field.key().equals(ThreadCommand.EDIT))
                        // Slack refuses a form with a value that is longer than the field allows.
                        .maxLength(Math.max(field.maxLength(), value.length()))
                        .initialValue(value.isEmpty() ? null : value)
                        .build())
                .build();
    }

    /** Slack keeps what was typed into a block of the same id, so each revision of the form has ids of its own. */
    private String blockId(String key) {
        return key + "." + revision;
    }

    private String metadata() {
        ObjectNode metadata = JsonNodeFactory.instance.objectNode();
        metadata.put("channel", channel.value()).put("ts", ts.value()).put("revision", revision);
        ObjectNode values = metadata.putObject("values");
        digests.forEach(values::put);
        return metadata.toString();
    }

    private static String digest(String text) {
        return Hashes.sha256(text.getBytes(StandardCharsets.UTF_8)).substring(0, DIGEST_LENGTH);
    }
}
