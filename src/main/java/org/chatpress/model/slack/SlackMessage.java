package org.chatpress.model.slack;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import org.chatpress.model.MessageTs;
import org.chatpress.model.UserId;

/**
 * A message as Slack tells it: its raw JSON, and the parts of it that we ask for. Nothing but {@code ts} is sure to be
 * there; what is missing or of another type reads as empty.
 *
 * @param ts the key within the channel
 * @param json the raw message object; never changed
 */
public record SlackMessage(MessageTs ts, JsonNode json) {
    /** Reads the raw JSON of one message; empty if it is no object with a usable {@code ts}. */
    public static Optional<SlackMessage> of(JsonNode json) {
        String ts = json.path("ts").asText("");
        return json.isObject() && MessageTs.isValid(ts)
                ? Optional.of(new SlackMessage(new MessageTs(ts), json))
                : Optional.empty();
    }

    /** Slack's mrkdwn, with {@code & < >} escaped; may be empty. */
    public String text() {
        return string("text");
    }

    /**
     * The words of its blocks as they stand in the JSON: a text for each paragraph, item, cell and the like, none of
     * them blank.
     */
    public List<String> blockTexts() {
        return BlockTexts.textOf(json.path("blocks"));
    }

    /** Slack's subtype; empty for what people type. */
    public String subtype() {
        return string("subtype");
    }

    /** Who wrote it: the person, else the bot; empty where Slack names neither. */
    public Optional<UserId> author() {
        return user("user").or(() -> user("bot_id"));
    }

    /** The bot that posted it; empty for people. */
    public Optional<UserId> bot() {
        return user("bot_id");
    }

    /** The root of the thread it belongs to, itself where it is the root; empty outside threads. */
    public Optional<MessageTs> thread() {
        String ts = string("thread_ts");
        return MessageTs.isValid(ts) ? Optional.of(new MessageTs(ts)) : Optional.empty();
    }

    /** The message whose thread it is a reply in, sent to the channel too or not; empty if it is no reply. */
    public Optional<MessageTs> root() {
        return thread().filter(root -> !root.equals(ts));
    }

    /** True for a reply that stays in its thread; a reply that was also sent to the channel is none. */
    public boolean isReply() {
        return root().isPresent() && !subtype().equals("thread_broadcast");
    }

    /** True for what Slack leaves in the place of a deleted message that has replies. */
    public boolean isTombstone() {
        return subtype().equals("tombstone");
    }

    /** Who edited it last; empty if it was never edited. */
    public Optional<UserId> editor() {
        String id = json.path("edited").path("user").asText("");
        return UserId.isValid(id) ? Optional.of(new UserId(id)) : Optional.empty();
    }

    /** When it was edited last, to the second; empty if it never was. */
    public Optional<Instant> editedAt() {
        String ts = json.path("edited").path("ts").asText("");
        return MessageTs.isValid(ts) ? Optional.of(new MessageTs(ts).instant()) : Optional.empty();
    }

    /** Its images, in its order. */
    public List<SlackImageFile> images() {
        var images = new ArrayList<SlackImageFile>();
        json.path("files").forEach(file -> SlackImageFile.of(file).ifPresent(images::add));
        return List.copyOf(images);
    }

    /** Its reactions, emoji names without skin tones; those that differ only in the tone are one. */
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

    /** {@code thumbsup::skin-tone-3} is {@code thumbsup}. */
    public static String baseEmoji(String emoji) {
        int tone = emoji.indexOf("::");
        return tone < 0 ? emoji : emoji.substring(0, tone);
    }

    private static void merge(List<Reaction> reactions, Reaction added) {
        for (int i = 0; i < reactions.size(); i++) {
            Reaction there = reactions.get(i);
            if (there.emoji().equals(added.emoji())) {
                var users = new LinkedHashSet<>(there.users());
                users.addAll(added.users());
                // One person may react in two tones: people are what counts, so the missing ones are added up.
                int missing = there.count()
                        - there.users().size()
                        + added.count()
                        - added.users().size();
                reactions.set(i, new Reaction(added.emoji(), List.copyOf(users), users.size() + Math.max(0, missing)));
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
}
