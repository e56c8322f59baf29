package org.chatpress.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.chatpress.approval.policy.ApprovalRule;
import org.chatpress.approval.policy.Decision.Verdict;
import org.chatpress.approval.policy.ReviewState.EditorReaction;
import org.chatpress.config.Channel;
import org.chatpress.config.Settings;
import org.chatpress.error.RemoteException;
import org.chatpress.model.MessageTs;
import org.chatpress.model.PublicMessage;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.model.slack.SlackMessage.Reaction;
import org.chatpress.poll.EventDrivenPoller.EventQueue;
import org.chatpress.slack.SlackReader.UserProfile;
import org.chatpress.slackexport.ReplaySlackClient;
import org.chatpress.store.MessageRepository.MessageSummary;
import org.chatpress.store.Store;
import org.chatpress.text.CustomEmoji;
import org.chatpress.text.MessageFormatter;
import org.chatpress.text.MessageFormatter.ResolvedNames;
import org.chatpress.text.pattern.PatternMatcher;

/**
 * The newsroom's half of the demo: shows a channel of the replayed workspace with the verdict on each message, and
 * carries out what a visitor does there. What readers see of it is up to the cycles, as with a real workspace.
 */
final class DemoNewsroom {
    /** More than a phone's photo has; Base64 adds a third. */
    static final int MAX_REQUEST_BYTES = 16 * 1024 * 1024;

    private static final int MAX_TEXT = 4000;
    private static final int MAX_IMAGE_BYTES = 12 * 1024 * 1024;
    private static final int MAX_MESSAGES = 400;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A {@code <} that does not begin a mention or a link in Slack's form, or a {@code >} that ends none. */
    private static final Pattern REFERENCE_OR_MARKUP = Pattern.compile("<(?:[@#!]\\w|https?://)[^<>]*>|[&<>]");

    /** The emoji in a reason: {@code (heavy_check_mark, white_check_mark)}, and {@code ; key by ...}. */
    private static final Pattern EMOJI_OF_REASON =
            Pattern.compile("\\(([\\w+-]+(?:, [\\w+-]+)*)\\)|(?<=; )([\\w+-]+)(?= by )");

    private final Settings settings;
    private final ReplaySlackClient slack;
    private final Store store;
    private final EventQueue events;
    private final Visitor visitor;
    private final MessageFormatter formatter = Application.messageFormatter();

    /**
     * In whose names the visitor acts. An editor's own edits publish by themselves, so the visitor writes as another
     * user where approval is required.
     *
     * @param tour the message that the tour is about; empty: no tour
     */
    record Visitor(UserId reporter, UserId editor, Optional<MessageTs> tour) {}

    DemoNewsroom(Settings settings, ReplaySlackClient slack, Store store, EventQueue events, Visitor visitor) {
        this.settings = settings;
        this.slack = slack;
        this.store = store;
        this.events = events;
        this.visitor = visitor;
    }

    /**
     * A channel as JSON: its messages as Slack shows them, each with its verdict.
     *
     * @param slug an unknown one stands for the first channel
     */
    byte[] state(String slug) {
        Channel channel = channel(slug);
        Map<UserId, String> names = slack.users().values().stream()
                .filter(profile -> !profile.displayName().isEmpty())
                .collect(Collectors.toMap(UserProfile::id, UserProfile::displayName));
        Map<MessageTs, MessageSummary> reviewed = store.messages().newest(channel.id(), MAX_MESSAGES).stream()
                .collect(Collectors.toMap(summary -> summary.message().ts(), Function.identity()));

        ObjectNode state = JSON.createObjectNode()
                .put("channel", slack.channel(channel.id()).name())
                .put("slug", channel.slug().value())
                .put("approval", channel.approval().rule().required())
                .put("ended", slack.isOver())
                .put("timeZone", channel.presentation().timeZone().getId())
                .put("reporter", name(visitor.reporter(), names))
                .put("editor", name(visitor.editor(), names));
        ApprovalRule rule = channel.approval().rule();
        ObjectNode emoji = state.putObject("emoji").put("hold", character(first(rule.hold())));
        emoji.put("reject", character(first(rule.reject())));
        byPreference(rule).stream().findFirst().ifPresent(name -> emoji.put("approve", character(name)));
        ArrayNode approving = state.putArray("approving");
        byPreference(rule).forEach(name -> approving.add(character(name)));
        visitor.tour().ifPresent(ts -> state.put("tour", ts.value()));
        ArrayNode chats = state.putArray("chats");
        settings.channels()
                .forEach(other -> chats.addObject()
                        .put("slug", other.slug().value())
                        .put("name", slack.channel(other.id()).name()));
        ArrayNode messages = state.putArray("messages");
        List<SlackMessage> all = slack.messages(channel.id());
        for (SlackMessage message : all.subList(Math.max(0, all.size() - MAX_MESSAGES), all.size())) {
            if (!message.isTombstone()) {
                Optional<MessageSummary> summary = Optional.ofNullable(reviewed.get(message.ts()));
                messages.add(json(message, summary, channel, names));
            }
        }
        return write(state);
    }

    private ObjectNode json(
            SlackMessage message, Optional<MessageSummary> reviewed, Channel channel, Map<UserId, String> names) {
        var text = formatter.format(
                message,
                new ResolvedNames(names, Map.of(), CustomEmoji.none()),
                channel.presentation().timeZone(),
                PatternMatcher.NONE);
        Optional<Verdict> verdict = reviewed.flatMap(MessageSummary::verdict);
        boolean isPublic = verdict.equals(Optional.of(Verdict.APPROVED));
        ObjectNode json = JSON.createObjectNode()
                .put("ts", message.ts().value())
                .put("author", author(message, names))
                .put("html", text.html())
                .put("text", message.text())
                .put("edited", message.editedAt().isPresent())
                .put("reply", message.root().isPresent())
                .put("verdict", verdict.map(Verdict::name).orElse("NEW"))
                .put("reason", reviewed.map(summary -> reason(summary, names)).orElse(""))
                .put(
                        "editWaits",
                        isPublic && message.editedAt().isPresent() && !isShown(message, text.text(), channel));
        ArrayNode reactions = json.putArray("reactions");
        for (Reaction reaction : message.reactions()) {
            reactions
                    .addObject()
                    .put("name", reaction.emoji())
                    .put("character", character(reaction.emoji()))
                    .put("count", reaction.count())
                    .put(
                            "users",
                            reaction.users().stream().map(id -> name(id, names)).collect(Collectors.joining(", ")));
        }
        ArrayNode images = json.putArray("images");
        message.images()
                .forEach(image -> images.addObject().put("id", image.id()).put("alt", image.alt()));
        return json;
    }

    private static String author(SlackMessage message, Map<UserId, String> names) {
        String botName = message.json().path("username").asText();
        return botName.isEmpty() ? message.author().map(id -> name(id, names)).orElse("someone") : botName;
    }

    private String reason(MessageSummary summary, Map<UserId, String> names) {
        String reason = UserId.replaceAll(summary.reason(), id -> name(id, names));
        return EMOJI_OF_REASON
                .matcher(reason)
                .replaceAll(match -> Matcher.quoteReplacement(
                        match.group(1) == null
                                ? character(match.group(2))
                                : "with "
                                        + List.of(match.group(1).split(", ")).stream()
                                                .map(this::character)
                                                .collect(Collectors.joining(" "))));
    }

    private String character(String emoji) {
        return formatter.emojiCharacters(emoji).orElse(":" + emoji + ":");
    }

    /** True if readers see this text. */
    private boolean isShown(SlackMessage message, String text, Channel channel) {
        MessageTs root = message.isReply() ? message.root().orElseThrow() : message.ts();
        Optional<PublicMessage> shown = store.publicMessages().message(channel.id(), root);
        if (message.isReply()) {
            shown = shown.flatMap(thread -> thread.replies().stream()
                    .filter(reply -> reply.ts().equals(message.ts()))
                    .findFirst());
        }
        return shown.map(PublicMessage::text).filter(text::equals).isPresent();
    }

    /**
     * Carries out a visitor's action: {@code {"action": "approve", "chat": "...", "ts": "..."}}.
     *
     * @return {@code {"ts": "..."}}, the message that was posted or changed
     * @throws RemoteException REJECTED if the request is invalid
     */
    byte[] act(byte[] request) {
        JsonNode json = parse(request);
        Channel channel = channel(json.path("chat").asText());
        MessageTs ts = act(json, channel);
        events.onEvent(channel.id(), ts);
        return write(JSON.createObjectNode().put("ts", ts.value()));
    }

    private synchronized MessageTs act(JsonNode json, Channel channel) {
        String action = json.path("action").asText();
        if (action.equals("post")) {
            return post(json, channel);
        }
        MessageTs ts = Optional.of(json.path("ts").asText())
                .filter(MessageTs::isValid)
                .map(MessageTs::new)
                .orElseThrow(() -> invalid("ts is missing"));
        ApprovalRule rule = channel.approval().rule();
        switch (action) {
            case "approve" -> approve(ts, channel);
            case "unapprove" -> rule.emoji().forEach(emoji -> slack.setReaction(channel.id(), ts, emoji, Set.of()));
            case "hold" -> react(ts, channel, rule.hold());
            case "unhold" -> rule.hold().forEach(emoji -> slack.setReaction(channel.id(), ts, emoji, Set.of()));
            case "reject" -> react(ts, channel, rule.reject());
            case "unreject" -> rule.reject().forEach(emoji -> slack.setReaction(channel.id(), ts, emoji, Set.of()));
            case "edit" -> slack.edit(channel.id(), ts, text(json, false));
            case "delete" -> slack.delete(channel.id(), ts);
            default -> throw invalid("unknown action");
        }
        return ts;
    }

    private MessageTs post(JsonNode json, Channel channel) {
        if (!json.hasNonNull("image")) {
            return slack.post(channel.id(), visitor.reporter(), text(json, false));
        }
        byte[] image;
        try {
            image = json.path("image").binaryValue();
        } catch (IOException e) {
            throw invalid("image is not Base64");
        }
        if (image == null || image.length > MAX_IMAGE_BYTES) {
            throw invalid("the image is larger than " + MAX_IMAGE_BYTES / 1024 / 1024 + " MB");
        }
        return slack.upload(
                channel.id(),
                visitor.reporter(),
                text(json, true),
                json.path("alt").asText(),
                image);
    }

    private void react(MessageTs ts, Channel channel, Set<String> emoji) {
        slack.setReaction(channel.id(), ts, first(emoji), Set.of(visitor.editor()));
    }

    /**
     * Adds an approver's reaction that the message does not have, since only a new one approves an edit. When no other
     * would be left, the earlier ones go.
     */
    private void approve(MessageTs ts, Channel channel) {
        ApprovalRule rule = channel.approval().rule();
        if (!rule.required()) {
            throw invalid("this chat needs no approval");
        }
        for (Set<String> hiding : List.of(rule.reject(), rule.hold())) {
            hiding.forEach(emoji -> slack.setReaction(channel.id(), ts, emoji, Set.of()));
        }
        Map<String, Set<UserId>> present = new HashMap<>();
        slack.messageWithReactions(channel.id(), ts)
                .reactions()
                .forEach(reaction -> present.put(reaction.emoji(), new LinkedHashSet<>(reaction.users())));
        var approvers = new ArrayList<UserId>(List.of(visitor.editor()));
        rule.approvers().people().stream()
                .filter(person -> !person.equals(visitor.editor()))
                .forEach(approvers::add);
        List<EditorReaction> absent = approvers.stream()
                .flatMap(person -> byPreference(rule).stream().map(emoji -> new EditorReaction(person, emoji)))
                .filter(reaction ->
                        !present.getOrDefault(reaction.emoji(), Set.of()).contains(reaction.user()))
                .toList();
        boolean isLast = absent.size() == 1;
        for (String emoji : rule.emoji()) {
            Set<UserId> users = isLast ? new LinkedHashSet<>() : present.getOrDefault(emoji, new LinkedHashSet<>());
            absent.stream()
                    .limit(1)
                    .filter(added -> added.emoji().equals(emoji))
                    .forEach(added -> users.add(added.user()));
            slack.setReaction(channel.id(), ts, emoji, users);
        }
    }

    /** An image of a message; empty if there is none with this id. */
    Optional<byte[]> image(String id) {
        try {
            return Optional.of(slack.image(id, MAX_IMAGE_BYTES));
        } catch (RemoteException e) {
            return Optional.empty();
        }
    }

    private Channel channel(String slug) {
        return settings.channels().stream()
                .filter(channel -> channel.slug().value().equals(slug))
                .findFirst()
                .orElse(settings.channels().get(0));
    }

    /** The text of a request as Slack would send it. */
    private static String text(JsonNode json, boolean mayBeBlank) {
        String text = json.path("text").asText();
        if (text.length() > MAX_TEXT || (text.isBlank() && !mayBeBlank)) {
            throw invalid("a message has 1 to " + MAX_TEXT + " characters");
        }
        return REFERENCE_OR_MARKUP.matcher(text.strip()).replaceAll(match -> switch (match.group()) {
            case "&" -> "&amp;";
            case "<" -> "&lt;";
            case ">" -> "&gt;";
            default -> Matcher.quoteReplacement(match.group());
        });
    }

    private static String name(UserId id, Map<UserId, String> names) {
        return names.getOrDefault(id, id.value());
    }

    /** The emoji that approve, those that the visitor uses first in front. */
    private static Set<String> byPreference(ApprovalRule rule) {
        return new TreeSet<>(rule.emoji()).descendingSet();
    }

    private static String first(Set<String> names) {
        return new TreeSet<>(names).first();
    }

    private static JsonNode parse(byte[] json) {
        try {
            JsonNode parsed = JSON.readTree(json);
            if (parsed == null || !parsed.isObject()) {
                throw invalid("not a JSON object");
            }
            return parsed;
        } catch (IOException e) {
            throw invalid("not JSON");
        }
    }

    private static byte[] write(JsonNode json) {
        try {
            return JSON.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static RemoteException invalid(String problem) {
        return RemoteException.rejected(problem, null);
    }
}
