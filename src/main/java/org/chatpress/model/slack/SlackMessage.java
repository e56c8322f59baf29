package org.chatpress.model.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.chatpress.model.MessageTs;
import org.chatpress.model.UserId;

/**
 * A message as Slack sends it: the JSON, and accessors for the parts in use. Only {@code ts} is guaranteed; members
 * that are missing or of another type are read as empty.
 *
 * @param json the message object; must not be modified
 */
public record SlackMessage(MessageTs ts, JsonNode json) {
    /**
     * The event type of a note's metadata in Slack, and the member that replaces the metadata once it is certain that our
     * app posted it. Slack sends no such member, so JSON that has it was verified.
     */
    public static final String NOTE = "chatpress_note";

    /** Empty unless the JSON is an object with a valid {@code ts}. */
    public static Optional<SlackMessage> of(JsonNode json) {
        String ts = json.path("ts").asText("");
        return json.isObject() && MessageTs.isValid(ts)
                ? Optional.of(new SlackMessage(new MessageTs(ts), json))
                : Optional.empty();
    }

    /** The text in Slack's mrkdwn, with {@code & < >} escaped; may be empty. */
    public String text() {
        return string("text");
    }

    /**
     * The texts of its blocks without formatting: a text per paragraph, list item, cell and so on, none of them blank.
     */
    public List<String> blockTexts() {
        return BlockTexts.textOf(json.path("blocks"));
    }

    /** The attachments that are content of the author, such as a pasted table and what a bot reports. */
    public List<JsonNode> contentAttachments() {
        JsonNode attachments = json.path("attachments");
        return attachments.isEmpty()
                ? List.of()
                : StreamSupport.stream(attachments.spliterator(), false)
                        .filter(attachment -> AttachmentKind.of(attachment) == AttachmentKind.CONTENT)
                        .toList();
    }

    /** The texts of {@link #contentAttachments} without formatting, none of them blank. */
    public List<String> attachmentTexts() {
        return contentAttachments().stream()
                .flatMap(attachment ->
                        BlockTexts.textOf(JsonNodeFactory.instance.arrayNode().add(attachment)).stream())
                .toList();
    }

    /** What an entry of {@code attachments} is. */
    public enum AttachmentKind {
        /** Content of the author. */
        CONTENT,
        /** A preview of a link, which Slack adds seconds after the message. */
        LINK_PREVIEW,
        /** A preview by an app of the workspace, which shows what the app may see. */
        APP_PREVIEW,
        /** A copy of another message, which may be private. */
        MESSAGE_COPY;

        public static AttachmentKind of(JsonNode attachment) {
            boolean isMessage = isSet(attachment, "is_msg_unfurl")
                    || isSet(attachment, "is_share")
                    || isSet(attachment, "is_reply_unfurl")
                    || attachment.has("channel_id")
                    || attachment.has("message_blocks");
            if (isMessage) {
                return MESSAGE_COPY;
            }
            if (isSet(attachment, "is_app_unfurl") || attachment.has("app_unfurl_url")) {
                return APP_PREVIEW;
            }
            return attachment.has("from_url") || attachment.has("original_url") ? LINK_PREVIEW : CONTENT;
        }

        /** True for a value of an unexpected type too: it may mark what is private. */
        private static boolean isSet(JsonNode attachment, String member) {
            return attachment.hasNonNull(member) && attachment.path(member).asBoolean(true);
        }
    }

    /** Slack's subtype; empty for ordinary messages. */
    public String subtype() {
        return string("subtype");
    }

    /** The user who wrote it, or else the bot; empty if Slack names neither. The author of a note is who sent the form. */
    public Optional<UserId> author() {
        return note().map(Note::by).or(() -> user("user")).or(() -> user("bot_id"));
    }

    /** The bot that posted it; empty for users, and for a note, which our bot posts for a user. */
    public Optional<UserId> bot() {
        return note().isPresent() ? Optional.empty() : user("bot_id");
    }

    /** The note that this is; empty for every other message. */
    public Optional<Note> note() {
        JsonNode note = json.path(NOTE);
        String by = note.path("by").asText("");
        if (!UserId.isValid(by)) {
            return Optional.empty();
        }
        var keys = new LinkedHashMap<String, String>();
        note.path("keys")
                .properties()
                .forEach(key -> keys.put(key.getKey(), key.getValue().asText("")));
        return Optional.of(new Note(new UserId(by), keys));
    }

    /**
     * What a form changes for readers: a reply of our bot that counts as thread commands of the user who sent the form.
     *
     * @param keys values in Slack's mrkdwn, by the keys of thread commands; for the second photo, {@code alt-2}
     */
    public record Note(UserId by, Map<String, String> keys) {
        public Note {
            keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
        }
    }

    /** The root of its thread, which may be this message; empty outside threads. */
    public Optional<MessageTs> thread() {
        String ts = string("thread_ts");
        return MessageTs.isValid(ts) ? Optional.of(new MessageTs(ts)) : Optional.empty();
    }

    /**
     * The root of the thread in which this is a reply, even if also sent to the channel; empty if it is not a reply.
     */
    public Optional<MessageTs> root() {
        return thread().filter(root -> !root.equals(ts));
    }

    /** Whether this is a reply that was not also sent to the channel. */
    public boolean isReply() {
        return root().isPresent() && !subtype().equals("thread_broadcast");
    }

    /** Whether this is the placeholder for a deleted message with replies. */
    public boolean isTombstone() {
        return subtype().equals("tombstone");
    }

    /** The user who last edited it; empty if it was never edited. */
    public Optional<UserId> editor() {
        String id = json.path("edited").path("user").asText("");
        return UserId.isValid(id) ? Optional.of(new UserId(id)) : Optional.empty();
    }

    /** The time of the last edit, to the second; empty if it was never edited. */
    public Optional<Instant> editedAt() {
        String ts = json.path("edited").path("ts").asText("");
        return MessageTs.isValid(ts) ? Optional.of(new MessageTs(ts).instant()) : Optional.empty();
    }

    /** The images among its files, in their order. */
    public List<SlackImageFile> images() {
        var images = new ArrayList<SlackImageFile>();
        json.path("files").forEach(file -> SlackImageFile.of(file).ifPresent(images::add));
        return List.copyOf(images);
    }

    /** The clips of video and sound among its files, in their order. */
    public List<SlackClip> clips() {
        var clips = new ArrayList<SlackClip>();
        json.path("files").forEach(file -> SlackClip.of(file).ifPresent(clips::add));
        return List.copyOf(clips);
    }

    /** Its reactions. Reactions that differ only in the skin tone are merged. */
    public List<Reaction> reactions() {
        return reactions(json.path("reactions"));
    }

    /** Reads Slack's {@code reactions} array. */
    public static List<Reaction> reactions(JsonNode array) {
        var reactions = new ArrayList<Reaction>();
        for (JsonNode node : array) {
            String emoji = baseEmoji(node.path("name").asText(""));
            var users = new LinkedHashSet<UserId>();
            for (JsonNode user : node.path("users")) {
                if (UserId.isValid(user.asText(""))) {
                    users.add(new UserId(user.asText()));
                }
            }
            var reaction =
                    new Reaction(emoji, List.copyOf(users), node.path("count").asInt(users.size()));
            merge(reactions, reaction);
        }
        return List.copyOf(reactions);
    }

    /** Removes the skin tone: {@code thumbsup::skin-tone-3} becomes {@code thumbsup}. */
    public static String baseEmoji(String emoji) {
        int tone = emoji.indexOf("::");
        return tone < 0 ? emoji : emoji.substring(0, tone);
    }

    private static void merge(List<Reaction> reactions, Reaction added) {
        for (int i = 0; i < reactions.size(); i++) {
            Reaction existing = reactions.get(i);
            if (existing.emoji().equals(added.emoji())) {
                var users = new LinkedHashSet<>(existing.users());
                users.addAll(added.users());
                // A user who reacts in two skin tones counts once. Users whom Slack left out are added to the count.
                int leftOut = existing.count()
                        - existing.users().size()
                        + added.count()
                        - added.users().size();
                reactions.set(i, new Reaction(added.emoji(), List.copyOf(users), users.size() + Math.max(0, leftOut)));
                return;
            }
        }
        reactions.add(added);
    }

    private String string(String member) {
        JsonNode node = json.path(member);
        return node.isTextual() ? node.textValue() : "";
    }

    private Optional<UserId> user(String member) {
        String id = string(member);
        return UserId.isValid(id) ? Optional.of(new UserId(id)) : Optional.empty();
    }

    /**
     * A reaction to a message. Slack may shorten the list of users, but not the count
     * (https://docs.slack.dev/reference/methods/reactions.get).
     *
     * @param emoji the short name without colons and skin tone
     */
    public record Reaction(String emoji, List<UserId> users, int count) {
        public Reaction {
            users = List.copyOf(users);
        }

        /** Whether Slack listed as many users as it counted. */
        public boolean hasAllUsers() {
            return users.size() >= count;
        }
    }

    /**
     * Extracts the texts of a message's Block Kit blocks without formatting: a text per paragraph, list item, cell and
     * so on.
     */
    private static final class BlockTexts {
        /** Interactive elements and others without text for readers. */
        private static final Set<String> IGNORED_TYPES =
                Set.of("actions", "context_actions", "input", "call", "file", "divider", "button");

        private static final Set<String> TEXT_MEMBERS = Set.of(
                "text",
                "pretext",
                "title",
                "subtitle",
                "body",
                "description",
                "caption",
                "alt_text",
                "fallback",
                "value",
                "url");

        /** Members that refer to users, channels and the like, whose names are not in the message. */
        private static final Set<String> REFERENCE_MEMBERS =
                Set.of("user_id", "channel_id", "usergroup_id", "team_id", "range", "timestamp");

        private static final String RICH_TEXT_PREFIX = "rich_text_";

        private final List<String> texts = new ArrayList<>();
        private final StringBuilder text = new StringBuilder();

        private BlockTexts() {}

        /** The texts that are not blank. */
        static List<String> textOf(JsonNode blocks) {
            var texts = new BlockTexts();
            blocks.forEach(texts::read);
            return List.copyOf(texts.texts);
        }

        private void read(JsonNode node) {
            String type = node.path("type").asText();
            if (IGNORED_TYPES.contains(type)) {
                return;
            }
            if (type.startsWith(RICH_TEXT_PREFIX)) {
                endText();
                node.path("elements").forEach(this::appendInline);
                endText();
                return;
            }
            for (Map.Entry<String, JsonNode> member : node.properties()) {
                if (TEXT_MEMBERS.contains(member.getKey()) && member.getValue().isValueNode()) {
                    endText();
                    text.append(member.getValue().asText());
                    endText();
                }
            }
            node.forEach(this::read);
        }

        /** Appends an inline element to the current text. */
        private void appendInline(JsonNode node) {
            String type = node.path("type").asText();
            if (type.startsWith(RICH_TEXT_PREFIX)) {
                read(node);
                return;
            }
            if (type.equals("emoji")) {
                text.append(':').append(node.path("name").asText()).append(':');
                return;
            }
            for (Map.Entry<String, JsonNode> member : node.properties()) {
                if (TEXT_MEMBERS.contains(member.getKey()) && member.getValue().isValueNode()) {
                    text.append(member.getValue().asText());
                } else if (REFERENCE_MEMBERS.contains(member.getKey())) {
                    text.append('@');
                }
            }
            node.forEach(this::appendInline);
        }

        private void endText() {
            if (!text.toString().isBlank()) {
                texts.add(text.toString());
            }
            text.setLength(0);
        }
    }

    /**
     * The escapes of Slack's texts. Slack escapes {@code &}, {@code <} and {@code >} and nothing else: whatever else
     * looks like an HTML entity was typed. Source: <a
     * href="https://docs.slack.dev/messaging/formatting-message-text">Formatting message text</a>.
     */
    public static final class SlackEscapes {
        public static final String AMPERSAND = "&amp;";
        public static final String LESS = "&lt;";
        public static final String GREATER = "&gt;";

        private SlackEscapes() {}

        /** A plain text as Slack's API expects and returns it. */
        public static String escape(String plain) {
            return plain.replace("&", AMPERSAND).replace("<", LESS).replace(">", GREATER);
        }

        /** Undoes {@link #escape} once: what was escaped twice stays escaped once. */
        public static String unescape(String escaped) {
            if (escaped.indexOf('&') < 0) {
                return escaped;
            }
            // The ampersand comes last; otherwise the text it completes would be unescaped too.
            return escaped.replace(LESS, "<").replace(GREATER, ">").replace(AMPERSAND, "&");
        }
    }
}
