package org.chatpress.interactive;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.chatpress.approval.policy.ApprovalPolicy.MessageSnapshot;
import org.chatpress.approval.policy.ApprovalRule;
import org.chatpress.approval.policy.ApprovalRule.ReviewerRole;
import org.chatpress.approval.policy.ThreadCommand;
import org.chatpress.approval.policy.ThreadCommands;
import org.chatpress.config.Channel;
import org.chatpress.config.Settings;
import org.chatpress.model.MessageTs;
import org.chatpress.model.PublicMessage;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.model.slack.SlackMessage.SlackEscapes;
import org.chatpress.store.Store;

/**
 * What a person may change of a message for readers, with the values that are in effect.
 *
 * @param fields empty if the person may change nothing; then {@code remarks} say why
 * @param remarks in mrkdwn
 */
record EditableMessage(MessageTs ts, List<Field> fields, List<String> remarks) {
    /** With three inputs each, and the others, they are less than the hundred blocks that Slack accepts. */
    private static final int MAX_FILES = 20;

    private static final int MAX_LINE = 300;
    private static final int MAX_LONG_LINE = 1_000;

    /** Slack accepts no longer text in a form. */
    static final int MAX_TEXT = 3_000;

    /** What Slack encloses in angle brackets: mentions, links, dates. */
    private static final Pattern REFERENCE = Pattern.compile("<[^<>\\n]+>");

    EditableMessage {
        fields = List.copyOf(fields);
        remarks = List.copyOf(remarks);
    }

    /**
     * A value of a message.
     *
     * @param key of a thread command; for a photo or clip, with its number
     * @param maxLength for what a person types; the value in effect may be longer
     * @param mrkdwn the value in effect, as a thread command has it
     * @param isCommand whether a thread command set the value
     */
    record Field(String key, String label, String hint, int maxLength, String mrkdwn, boolean isCommand) {
        boolean isYesOrNo() {
            return key.equals(ThreadCommand.PIN) || key.equals(ThreadCommand.KEY_EVENT);
        }

        /** The value for people. */
        String text() {
            return EditForm.normalized(SlackEscapes.unescape(mrkdwn));
        }

        /**
         * A text that a person typed, in mrkdwn. A mention or link that the value had stays one; nothing else becomes one.
         */
        String toMrkdwn(String typed) {
            String escaped = SlackEscapes.escape(typed);
            Matcher references = REFERENCE.matcher(mrkdwn);
            while (references.find()) {
                String shown = SlackEscapes.escape(SlackEscapes.unescape(references.group()));
                escaped = escaped.replace(shown, references.group());
            }
            return escaped;
        }
    }

    /**
     * What a person may change.
     *
     * @param role the person's role in the channel
     * @param settings say whether photos and clips are published
     */
    static EditableMessage of(
            Store store, Channel channel, MessageTs ts, UserId user, ReviewerRole role, Settings settings) {
        Optional<MessageSnapshot> stored =
                store.messages().snapshot(channel.id(), ts).filter(found -> !found.deleted());
        if (stored.isEmpty()) {
            return refusal(
                    ts,
                    ts.instant().isBefore(channel.source().since())
                            ? "This message is older than `since` in the settings, so readers never see it."
                            : "Chatpress has not read this message yet. Try again in a few seconds.");
        }
        SlackMessage message = stored.get().message();
        if (message.root().isPresent()) {
            return refusal(ts, "Only messages can be edited for readers, not replies in their threads.");
        }
        boolean isAuthor = message.author().equals(Optional.of(user));
        ApprovalRule rule = channel.approval().rule();
        Optional<PublicMessage> shown = store.publicMessages().message(channel.id(), ts);
        var fields = new Fields(
                MessageFiles.of(store, channel.id(), stored.get(), settings),
                shown,
                ThreadCommands.inEffect(
                        store.messages().replies(channel.id(), ts),
                        channel.approval().annotations()));
        if (rule.mayCommand(role)) {
            return fields.editable(ts, fields.all(), needsApproval(rule, isAuthor), "");
        }
        if (isAuthor && !fields.ofFiles().isEmpty()) {
            return fields.editable(
                    ts, fields.ofFiles(), needsApproval(rule, true), "Approvers may change the words, too.");
        }
        return refusal(
                ts,
                role == ReviewerRole.UNKNOWN
                        ? "Slack does not say now who is an approver. Try again in a minute."
                        : "Only approvers of this channel may edit its messages for readers. Authors may describe their own"
                                + " photos and clips.");
    }

    private static EditableMessage refusal(MessageTs ts, String reason) {
        return new EditableMessage(ts, List.of(), List.of(reason));
    }

    /** True if one person's change waits until another person approves it. */
    private static boolean needsApproval(ApprovalRule rule, boolean isAuthor) {
        return rule.required() && (rule.count() > 1 || (isAuthor && !rule.selfApprove()));
    }

    /**
     * The changes as the keys of a note: values in mrkdwn. Without those that would remove what is not there.
     *
     * @param changes the new texts by the keys of fields
     */
    Map<String, String> note(Map<String, String> changes) {
        var note = new LinkedHashMap<String, String>();
        for (Field field : fields) {
            String text = changes.get(field.key());
            if (text != null && (!text.isEmpty() || field.isCommand())) {
                note.put(field.key(), field.toMrkdwn(text));
            }
        }
        return note;
    }

    /** The fields of a message, from its thread's commands and what readers see or, if it is not public, would see. */
    private static final class Fields {
        private final MessageFiles files;
        private final Optional<PublicMessage> shown;
        private final ThreadCommands commands;
        private final String words;

        Fields(MessageFiles files, Optional<PublicMessage> shown, ThreadCommands commands) {
            this.files = files;
            this.shown = shown;
            this.commands = commands;
            this.words = commands.newest(ThreadCommand.EDIT)
                    .map(ThreadCommand::value)
                    .orElseGet(() -> words(files.message()));
        }

        /** The words that readers see: a bot's text is what notifications show, if the message has blocks. */
        private static String words(SlackMessage message) {
            List<String> blocks = message.bot().isPresent() ? message.blockTexts() : List.of();
            return blocks.isEmpty() ? message.text() : SlackEscapes.escape(String.join("\n", blocks));
        }

        /** Those of these fields whose values are short enough for a form, with a remark on each of the others. */
        EditableMessage editable(MessageTs ts, List<Field> fields, boolean needsApproval, String remark) {
            var remarks = new ArrayList<>(remarks(needsApproval));
            var editable = new ArrayList<Field>();
            for (Field field : fields) {
                if (field.text().length() <= MAX_TEXT) {
                    editable.add(field);
                } else {
                    String key = field.key().replaceFirst("-([0-9]+)$", ": $1");
                    remarks.add(field.label() + ": too long for a form. Reply `" + key + ":` and the new text in the"
                            + " thread.");
                }
            }
            if (!remark.isEmpty()) {
                remarks.add(remark);
            }
            return new EditableMessage(ts, editable, remarks);
        }

        List<Field> all() {
            var fields = new ArrayList<Field>();
            boolean isEdited = commands.newest(ThreadCommand.EDIT).isPresent();
            fields.add(new Field(
                    ThreadCommand.EDIT, "Words", "Empty: the words as they were posted.", MAX_TEXT, words, isEdited));
            fields.add(line(ThreadCommand.HEADLINE, "Headline", ""));
            fields.add(line(ThreadCommand.BYLINE, "Byline", "In place of the author's name."));
            fields.add(line(ThreadCommand.TAGS, "Tags", "Separated by commas."));
            String hint = "Readers see it with its time. Earlier ones stay.";
            fields.add(new Field(ThreadCommand.CORRECTION, "New correction", hint, MAX_LONG_LINE, "", false));
            fields.add(yesOrNo(ThreadCommand.PIN, "Pin to the top"));
            fields.add(yesOrNo(ThreadCommand.KEY_EVENT, "Mark as a key event"));
            fields.addAll(ofFiles());
            return fields;
        }

        /** Those that describe photos and clips, which have the numbers that thread commands give them. */
        List<Field> ofFiles() {
            var descriptions = new LinkedHashMap<String, String>();
            files.photos().forEach(photo -> descriptions.put(photo.id(), photo.alt()));
            files.clips().forEach(clip -> descriptions.put(clip.id(), clip.alt()));
            var fields = new ArrayList<Field>();
            int number = 0;
            for (Map.Entry<String, String> file : descriptions.entrySet()) {
                number++;
                if (number > MAX_FILES) {
                    break;
                }
                String label = files.label(file.getKey());
                fields.add(file(ThreadCommand.ALT, number, label + ": description (alt text)", file.getValue()));
                fields.add(file(ThreadCommand.CAPTION, number, label + ": caption", ""));
                fields.add(file(ThreadCommand.CREDIT, number, label + ": credit", ""));
            }
            return fields;
        }

        private List<String> remarks(boolean needsApproval) {
            var remarks = new ArrayList<String>();
            if (shown.isEmpty()) {
                remarks.add("This message is not public. What you save counts once it is.");
            }
            if (!files.message().contentAttachments().isEmpty()) {
                remarks.add("New words replace its tables and attachments, too.");
            }
            if (needsApproval) {
                remarks.add("New words wait for an approval: react to the reply that the app posts.");
            }
            boolean isPinned =
                    shown.filter(message -> message.annotations().pinned()).isPresent();
            if (isPinned && !isYes(ThreadCommand.PIN)) {
                remarks.add("A :pushpin: reaction pins this message. To unpin it, remove the reaction.");
            }
            return remarks;
        }

        private Field line(String key, String label, String hint) {
            Optional<ThreadCommand> command = commands.newest(key);
            String value = command.map(ThreadCommand::value).orElse("");
            return new Field(key, label, hint, MAX_LINE, value, command.isPresent());
        }

        private Field yesOrNo(String key, String label) {
            return new Field(key, label, "", 0, isYes(key) ? EditForm.YES : "", isYes(key));
        }

        private boolean isYes(String key) {
            return commands.newest(key).filter(ThreadCommand::isYes).isPresent();
        }

        private Field file(String key, int number, String label, String otherwise) {
            Optional<String> command = commands.photoText(key, number);
            return new Field(
                    key + "-" + number,
                    label,
                    "",
                    MAX_LONG_LINE,
                    command.orElse(SlackEscapes.escape(BlockBuilder.shortened(otherwise, MAX_LONG_LINE))),
                    command.isPresent());
        }
    }
}
