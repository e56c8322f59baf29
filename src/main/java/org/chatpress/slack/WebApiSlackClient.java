package org.chatpress.slack;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.chatpress.error.RemoteException;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.MirroredImage;
import org.chatpress.model.Secret;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.HistoryPage;
import org.chatpress.model.slack.Reaction;
import org.chatpress.model.slack.SlackEscapes;
import org.chatpress.model.slack.SlackImageFile;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.model.slack.ThreadPage;
import org.chatpress.model.slack.TimeRange;
import org.chatpress.model.slack.UserProfile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A workspace by Slack's Web API, with a bot token (https://docs.slack.dev/apis/web-api). Threads may share it. */
public final class WebApiSlackClient implements SlackClient {
    private static final Logger log = LoggerFactory.getLogger(WebApiSlackClient.class);

    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final String SLACKBOT = "USLACKBOT";

    /** Slack's own hosts, and nothing in the address that could name another: no user, port, query or escape. */
    private static final Pattern OWN_PICTURE =
            Pattern.compile("https://([a-z0-9-]+\\.)+slack(-edge)?\\.com/[A-Za-z0-9/._-]+");

    private static final int LONGEST_EMOJI_ADDRESS = 500;

    /** Distributed apps get so many messages a page, whatever they ask for; we ask for many more. */
    private static final int DISTRIBUTED_PAGE = 15;

    private static final int FULL_PAGE = 200;

    /** Slack answers longer pages of large threads with errors. */
    private static final int REPLIES_PER_PAGE = 200;

    /** Slack's words for a person whom it doesn't know, or doesn't show us. */
    private static final Set<String> NOBODY = Set.of("user_not_found", "user_not_visible");

    private final WebApiTransport web;
    private final SlackFileDownloader files;
    private final AtomicBoolean warnedOfDistribution = new AtomicBoolean();

    /**
     * Connects to nothing yet.
     *
     * @param apiUrl {@code https://slack.com/api/}, or a fake's address
     * @param clock used where Slack's answer bears no date
     * @param noProxy hosts that are reached without a proxy, as the variable NO_PROXY lists them; may be empty
     */
    public WebApiSlackClient(Secret token, URI apiUrl, RateLimiter limiter, Clock clock, String noProxy) {
        this(token, apiUrl, limiter, clock, noProxy, TIMEOUT);
    }

    WebApiSlackClient(Secret token, URI apiUrl, RateLimiter limiter, Clock clock, String noProxy, Duration timeout) {
        this.web = new WebApiTransport(token, apiUrl, limiter, clock, noProxy, timeout);
        this.files = new SlackFileDownloader(token, apiUrl, noProxy, timeout);
    }

    @Override
    public HistoryPage history(ChannelId channel, Optional<MessageTs> until, int limit) {
        var parameters = new LinkedHashMap<String, String>();
        parameters.put("channel", channel.value());
        parameters.put("limit", String.valueOf(limit));
        until.ifPresent(ts -> parameters.put("latest", ts.value()));
        ApiResponse response =
                web.call(SlackMethod.HISTORY, channel.value(), parameters).orThrow();

        JsonNode page = response.array("messages");
        boolean more = hasMore(response.body());
        warnIfDistributed(limit, page.size(), more);

        List<SlackMessage> usable = usable(page);
        List<SlackMessage> messages = newestFirst(usable);
        return new HistoryPage(
                channel,
                window(messages, until, more, response.receivedAt()),
                messages,
                page.size() - usable.size(),
                more,
                response.receivedAt());
    }

    /**
     * {@inheritDoc}
     *
     * <p>Asked by conversations.replies, which knows messages outside threads too. Its page says that the argument may
     * be the ts of a reply, but not whether the answer then begins with that reply or, as every page of a thread does,
     * with the thread's root. So a root that was not asked for proves nothing yet, and its thread is asked for that
     * reply alone: two messages, since the root comes first again.
     */
    @Override
    public MessageLookup lookUpMessage(ChannelId channel, MessageTs ts) {
        RepliesPage replies = replies(channel, ts, Map.of("limit", "1", "inclusive", "true"));
        Optional<MessageTs> root = replies.messages().flatMap(messages -> rootOfAnother(messages, ts));
        if (root.isPresent()) {
            replies = replies(
                    channel,
                    root.get(),
                    Map.of("oldest", ts.value(), "latest", ts.value(), "inclusive", "true", "limit", "2"));
        }

        Optional<List<SlackMessage>> thread = replies.messages();
        if (thread.isEmpty()) {
            return new MessageLookup(MessageLookup.State.DELETED, Optional.empty(), replies.at());
        }
        if (thread.get().isEmpty()) {
            return new MessageLookup(MessageLookup.State.UNKNOWN, Optional.empty(), replies.at());
        }
        Optional<SlackMessage> found = thread.get().stream()
                .filter(message -> message.ts().equals(ts) && !message.isTombstone())
                .findFirst();
        return new MessageLookup(
                found.isPresent() ? MessageLookup.State.FOUND : MessageLookup.State.DELETED, found, replies.at());
    }

    @Override
    public Optional<ThreadPage> thread(ChannelId channel, MessageTs root) {
        var replies = new TreeMap<MessageTs, SlackMessage>();
        String cursor = "";
        while (true) {
            var parameters = new LinkedHashMap<String, String>();
            parameters.put("channel", channel.value());
            parameters.put("ts", root.value());
            parameters.put("limit", String.valueOf(REPLIES_PER_PAGE));
            if (!cursor.isEmpty()) {
                parameters.put("cursor", cursor);
            }
            ApiResponse response = web.call(SlackMethod.REPLIES, channel.value() + " " + root, parameters);
            if (isUnknownMessage(response)) {
                return Optional.empty();
            }
            List<SlackMessage> page = usable(response.orThrow().array("messages"));
            if (cursor.isEmpty()
                    && page.stream().noneMatch(message -> message.ts().equals(root))) {
                // Every page begins with the root; one without it is half an answer.
                throw response.unreadable("the thread's first message is not in the answer");
            }
            page.stream()
                    .filter(message -> message.root().equals(Optional.of(root)))
                    .forEach(message -> replies.putIfAbsent(message.ts(), message));
            if (!hasMore(response.body())) {
                return Optional.of(new ThreadPage(channel, root, List.copyOf(replies.values()), response.receivedAt()));
            }
            String next = response.body()
                    .path("response_metadata")
                    .path("next_cursor")
                    .asText("");
            if (next.isEmpty() || next.equals(cursor)) {
                throw response.unreadable("there are more replies, and no way to them");
            }
            cursor = next;
        }
    }

    @Override
    public List<Reaction> reactions(ChannelId channel, MessageTs ts) {
        ApiResponse response = web.call(
                        SlackMethod.REACTIONS,
                        channel.value() + " " + ts,
                        Map.of("channel", channel.value(), "timestamp", ts.value(), "full", "true"))
                .orThrow();

        return SlackMessage.of(response.object("message"))
                .filter(message -> message.ts().equals(ts))
                .orElseThrow(() -> response.unreadable("the answer is about another message"))
                .reactions();
    }

    @Override
    public UserProfile userProfile(UserId id) {
        ApiResponse response = web.call(SlackMethod.USER, id.value(), Map.of("user", id.value()));
        JsonNode user = aboutThePerson(response).object("user");

        JsonNode profile = user.path("profile");
        String name = firstText(user.path("real_name"), profile.path("real_name"), user.path("name"));
        if (name.isEmpty()) {
            // Everybody has a user name; who has none here would have none for readers either, for a day.
            throw response.unreadable("no name in the answer");
        }
        return new UserProfile(
                id,
                name,
                firstText(profile.path("title")),
                ownPicture(firstText(profile.path("image_48"))),
                user.path("is_bot").asBoolean(false) || id.value().equals(SLACKBOT));
    }

    @Override
    public Set<UserId> groupMembers(String groupId) {
        ApiResponse response = web.call(SlackMethod.GROUP, groupId, Map.of("usergroup", groupId))
                .orThrow();

        var members = new LinkedHashSet<UserId>();
        for (JsonNode user : response.array("users")) {
            if (UserId.isValid(user.asText(""))) {
                members.add(new UserId(user.asText()));
            }
        }
        return Set.copyOf(members);
    }

    @Override
    public BotIdentity identity() {
        ApiResponse response = web.call(SlackMethod.IDENTITY, "", Map.of()).orThrow();

        String user = response.body().path("user_id").asText("");
        if (!UserId.isValid(user)) {
            throw response.unreadable("no user_id in the answer");
        }
        return new BotIdentity(new UserId(user), firstText(response.body().path("team")), response.scopes());
    }

    @Override
    public ChannelInfo channel(ChannelId channel) {
        JsonNode info = web.call(SlackMethod.CHANNEL, channel.value(), Map.of("channel", channel.value()))
                .orThrow()
                .object("channel");

        return new ChannelInfo(
                channel,
                firstText(info.path("name")),
                info.path("is_private").asBoolean(false),
                info.path("is_member").asBoolean(false),
                info.path("is_archived").asBoolean(false));
    }

    @Override
    public SlackImageFile file(String id) {
        ApiResponse response =
                web.call(SlackMethod.FILE, id, Map.of("file", id)).orThrow();
        return SlackImageFile.of(response.object("file"))
                .filter(file -> !file.isStub())
                .orElseThrow(() -> RemoteException.rejected("file " + id + " is no image whose bytes Slack has", null));
    }

    @Override
    public byte[] download(String url, long size, int maxBytes) {
        return files.download(url, size, maxBytes);
    }

    /** {@inheritDoc} What is at another host than Slack's own is left out. */
    @Override
    public Map<String, String> customEmoji() {
        JsonNode list = web.call(SlackMethod.EMOJI, "", Map.of()).orThrow().object("emoji");
        var emoji = new TreeMap<String, String>();
        list.properties().forEach(entry -> {
            String standsFor = firstText(entry.getValue());
            boolean isShort = standsFor.length() <= LONGEST_EMOJI_ADDRESS;
            if (isShort && (standsFor.startsWith("alias:") || isOwnPicture(standsFor))) {
                emoji.put(entry.getKey(), standsFor);
            }
        });
        return emoji;
    }

    @Override
    public MirroredImage publicImage(String url) {
        return files.publicImage(url);
    }

    @Override
    public void addReaction(ChannelId channel, MessageTs ts, String emoji) {
        mark(SlackMethod.ADD_REACTION, channel, ts, emoji, "already_reacted");
    }

    @Override
    public void removeReaction(ChannelId channel, MessageTs ts, String emoji) {
        mark(SlackMethod.REMOVE_REACTION, channel, ts, emoji, "no_reaction");
    }

    @Override
    public void postReply(ChannelId channel, MessageTs root, String text) {
        web.call(
                        SlackMethod.POST_MESSAGE,
                        channel.value() + " " + root,
                        Map.of(
                                "channel",
                                channel.value(),
                                "thread_ts",
                                root.value(),
                                "text",
                                SlackEscapes.escape(text),
                                "unfurl_links",
                                "false",
                                "unfurl_media",
                                "false"))
                .orThrow();
    }

    @Override
    public void close() {
        web.close();
        files.close();
    }

    /** @param done Slack's word for "it is so already" */
    private void mark(SlackMethod method, ChannelId channel, MessageTs ts, String emoji, String done) {
        ApiResponse response = web.call(
                method,
                channel.value() + " " + ts,
                Map.of("channel", channel.value(), "timestamp", ts.value(), "name", emoji));
        if (!response.error().equals(done)) {
            response.orThrow();
        }
    }

    /**
     * What a page covers. A page without a usable ts has no lower end, so while older messages exist it covers nothing:
     * nobody may miss a message in it.
     */
    private static TimeRange window(
            List<SlackMessage> newestFirst, Optional<MessageTs> until, boolean more, Instant at) {
        if (!more) {
            return new TimeRange(Optional.empty(), until);
        }
        if (newestFirst.isEmpty()) {
            MessageTs nowhere = until.orElse(MessageTs.at(at));
            return new TimeRange(Optional.of(nowhere), Optional.of(nowhere));
        }
        return new TimeRange(Optional.of(newestFirst.get(newestFirst.size() - 1).ts()), until);
    }

    private static boolean hasMore(JsonNode body) {
        return body.path("has_more").asBoolean(false)
                || !body.path("response_metadata")
                        .path("next_cursor")
                        .asText("")
                        .isEmpty();
    }

    /** Slack promises this order; of two with the same ts the first is kept. */
    private static List<SlackMessage> newestFirst(List<SlackMessage> messages) {
        var byTs = new LinkedHashMap<MessageTs, SlackMessage>();
        messages.forEach(message -> byTs.putIfAbsent(message.ts(), message));
        return byTs.values().stream()
                .sorted(Comparator.comparing(SlackMessage::ts).reversed())
                .toList();
    }

    private void warnIfDistributed(int limit, int size, boolean more) {
        boolean cut = limit >= FULL_PAGE && size > 0 && size <= DISTRIBUTED_PAGE && more;
        if (cut && !warnedOfDistribution.getAndSet(true)) {
            log.warn(
                    "Slack sent {} messages where {} were asked for: your Slack app is treated as distributed, and may"
                            + " soon ask once a minute only. Make an internal app in your own workspace instead.",
                    size,
                    limit);
        }
    }

    /** What conversations.replies says; no messages at all if Slack says that there is no such one. */
    private record RepliesPage(Optional<List<SlackMessage>> messages, Instant at) {}

    private RepliesPage replies(ChannelId channel, MessageTs ts, Map<String, String> range) {
        var parameters = new LinkedHashMap<>(range);
        parameters.put("channel", channel.value());
        parameters.put("ts", ts.value());
        ApiResponse response = web.call(SlackMethod.REPLIES, channel.value() + " " + ts, parameters);
        if (isUnknownMessage(response)) {
            return new RepliesPage(Optional.empty(), response.receivedAt());
        }
        return new RepliesPage(Optional.of(usable(response.orThrow().array("messages"))), response.receivedAt());
    }

    private static boolean isUnknownMessage(ApiResponse response) {
        return response.error().equals("thread_not_found") || response.error().equals("message_not_found");
    }

    /** The root of a thread in which the asked message may be a reply, where the answer lacks that message. */
    private static Optional<MessageTs> rootOfAnother(List<SlackMessage> messages, MessageTs asked) {
        if (messages.stream().anyMatch(message -> message.ts().equals(asked))) {
            return Optional.empty();
        }
        return messages.stream()
                .filter(message -> message.thread().equals(Optional.of(message.ts())))
                .map(SlackMessage::ts)
                .filter(root -> root.isBefore(asked))
                .findFirst();
    }

    /** Whoever is refused has no name from then on; so no other error of Slack's may pass for "nobody is called so". */
    private static ApiResponse aboutThePerson(ApiResponse response) {
        try {
            return response.orThrow();
        } catch (RemoteException e) {
            if (e.kind() == RemoteException.Kind.REJECTED && !NOBODY.contains(response.error())) {
                throw RemoteException.transientFailure(e.getMessage(), e);
            }
            throw e;
        }
    }

    private static List<SlackMessage> usable(JsonNode messages) {
        var usable = new ArrayList<SlackMessage>();
        for (JsonNode node : messages) {
            SlackMessage.of(node).ifPresent(usable::add);
        }
        return usable;
    }

    private static String ownPicture(String address) {
        return isOwnPicture(address) ? address : "";
    }

    static boolean isOwnPicture(String address) {
        return OWN_PICTURE.matcher(address).matches()
                && !address.toLowerCase(Locale.ROOT).contains("gravatar");
    }

    /** The first that is a text and not blank; empty if none is. */
    private static String firstText(JsonNode... nodes) {
        for (JsonNode node : nodes) {
            if (node.isTextual() && !node.textValue().isBlank()) {
                return node.textValue();
            }
        }
        return "";
    }
}
