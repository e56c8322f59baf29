package org.chatpress.slack;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.nio.file.Path;
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
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.chatpress.error.RemoteException;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.MirroredImage;
import org.chatpress.model.Secret;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.HistoryPage;
import org.chatpress.model.slack.HistoryPage.TimeRange;
import org.chatpress.model.slack.SlackImageFile;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.model.slack.SlackMessage.SlackEscapes;
import org.chatpress.slack.RateLimiter.SlackMethod;
import org.chatpress.slack.SlackReader.ThreadPage;
import org.chatpress.slack.SlackReader.UserProfile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads and writes a workspace by Slack's Web API (https://docs.slack.dev/apis/web-api) with a bot token. Thread-safe. */
public final class WebApiSlackClient implements SlackClient {
    private static final Logger LOG = LoggerFactory.getLogger(WebApiSlackClient.class);

    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final String SLACKBOT = "USLACKBOT";

    /** URLs of Slack's hosts without user info, port, query or escapes, none of which may smuggle in another host. */
    private static final Pattern SLACK_IMAGE_URL =
            Pattern.compile("https://([a-z0-9-]+\\.)+slack(-edge)?\\.com/[A-Za-z0-9/._-]+");

    private static final int MAX_EMOJI_URL_LENGTH = 500;

    /** The page size that Slack imposes on commercially distributed apps, whatever they ask for. */
    private static final int DISTRIBUTED_PAGE = 15;

    /** A limit well above {@link #DISTRIBUTED_PAGE}: if a page is shorter nevertheless, Slack imposed it. */
    private static final int FULL_PAGE = 200;

    /** Slack's error codes for a user who does not exist, or whom the bot may not see. */
    private static final Set<String> UNKNOWN_USER = Set.of("user_not_found", "user_not_visible");

    private final WebApiTransport web;
    private final SlackFileDownloader files;
    private final BotNoteVerifier notes;
    private final AtomicBoolean hasWarned = new AtomicBoolean();

    /**
     * Opens no connection yet.
     *
     * @param apiUrl {@code https://slack.com/api/}, except in tests
     * @param clock for responses without a {@code Date} header
     */
    public WebApiSlackClient(Secret token, URI apiUrl, RateLimiter limiter, Clock clock, ProxySettings proxy) {
        this(token, apiUrl, limiter, clock, proxy, TIMEOUT);
    }

    WebApiSlackClient(
            Secret token, URI apiUrl, RateLimiter limiter, Clock clock, ProxySettings proxy, Duration timeout) {
        this.web = new WebApiTransport(token, apiUrl, limiter, clock, proxy, timeout);
        this.files = new SlackFileDownloader(token, apiUrl, proxy, timeout);
        this.notes = new BotNoteVerifier(web);
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
        warnIfAppIsDistributed(limit, page.size(), more);

        List<SlackMessage> valid = validMessages(page);
        List<SlackMessage> messages = newestFirst(valid);
        return new HistoryPage(
                channel,
                coveredRange(messages, until, more, response.receivedAt()),
                messages,
                page.size() - valid.size(),
                more,
                response.receivedAt());
    }

    /**
     * {@inheritDoc}
     *
     * <p>Calls conversations.replies, which also finds messages outside threads. Its documentation allows the ts of a
     * reply, but does not say whether the response then begins with that reply or with the root of its thread, as every
     * page of a thread does. So if another message, a root, comes back, a second call asks for this reply within that
     * thread: at most two messages, since the root comes first again.
     */
    @Override
    public MessageLookup lookUpMessage(ChannelId channel, MessageTs ts) {
        RepliesPage replies = replies(channel, ts, Map.of("limit", "1", "inclusive", "true"));
        Optional<MessageTs> root = replies.messages().flatMap(messages -> otherRoot(messages, ts));
        if (root.isPresent()) {
            replies = replies(
                    channel,
                    root.get(),
                    Map.of("oldest", ts.value(), "latest", ts.value(), "inclusive", "true", "limit", "2"));
        }

        Optional<List<SlackMessage>> thread = replies.messages();
        if (thread.isEmpty()) {
            return new MessageLookup(MessageLookup.State.DELETED, Optional.empty(), replies.readAt());
        }
        if (thread.get().isEmpty()) {
            return new MessageLookup(MessageLookup.State.UNKNOWN, Optional.empty(), replies.readAt());
        }
        Optional<SlackMessage> found = thread.get().stream()
                .filter(message -> message.ts().equals(ts) && !message.isTombstone())
                .findFirst();
        return new MessageLookup(
                found.isPresent() ? MessageLookup.State.FOUND : MessageLookup.State.DELETED, found, replies.readAt());
    }

    /**
     * {@inheritDoc}
     *
     * <p>Slack puts the root on every page. A page with neither the root nor a reply proves nothing.
     */
    @Override
    public Optional<ThreadPage> thread(
            ChannelId channel, MessageTs root, Optional<MessageTs> after, Optional<MessageTs> upTo) {
        var parameters = new LinkedHashMap<String, String>();
        parameters.put("channel", channel.value());
        parameters.put("ts", root.value());
        parameters.put("limit", String.valueOf(MAX_REPLIES));
        parameters.put("include_all_metadata", "true");
        after.ifPresent(ts -> parameters.put("oldest", ts.value()));
        upTo.ifPresent(ts -> parameters.put("latest", ts.next().value()));
        ApiResponse response = web.call(SlackMethod.REPLIES, channel.value() + " " + root, parameters);
        if (isUnknownMessage(response)) {
            return Optional.empty();
        }
        List<SlackMessage> messages = validMessages(response.orThrow().array("messages"));
        var replies = new TreeMap<MessageTs, SlackMessage>();
        messages.stream()
                .filter(message -> message.root().equals(Optional.of(root)))
                .filter(message ->
                        after.filter(ts -> !ts.isBefore(message.ts())).isEmpty())
                .filter(message -> upTo.filter(ts -> ts.isBefore(message.ts())).isEmpty())
                .forEach(message -> replies.putIfAbsent(message.ts(), message));
        boolean hasRoot = messages.stream().anyMatch(message -> message.ts().equals(root));
        if (!hasRoot && (after.isEmpty() || replies.isEmpty())) {
            throw response.unreadable("the response lacks the thread's root");
        }
        boolean more = hasMore(response.body());
        if (more && replies.isEmpty()) {
            throw response.unreadable("has_more without a reply");
        }
        return Optional.of(new ThreadPage(
                channel,
                root,
                after,
                more ? Optional.of(replies.lastKey()) : upTo,
                List.copyOf(replies.values()),
                more,
                response.receivedAt()));
    }

    @Override
    public SlackMessage messageWithReactions(ChannelId channel, MessageTs ts) {
        ApiResponse response = web.call(
                        SlackMethod.REACTIONS,
                        channel.value() + " " + ts,
                        Map.of("channel", channel.value(), "timestamp", ts.value(), "full", "true"))
                .orThrow();

        return SlackMessage.of(response.object("message"))
                .filter(message -> message.ts().equals(ts))
                .orElseThrow(() -> response.unreadable("the response is about another message"));
    }

    @Override
    public UserProfile userProfile(UserId id) {
        ApiResponse response = web.call(SlackMethod.USER, id.value(), Map.of("user", id.value()));
        JsonNode user = orThrowIfUnknown(response).object("user");

        JsonNode profile = user.path("profile");
        String name = UserProfile.name(user);
        if (name.isEmpty()) {
            // Every user has a name. Storing an empty one would hide the author's name for a day.
            throw response.unreadable("no name in the response");
        }
        return new UserProfile(
                id,
                name,
                textOf(profile.path("title")),
                slackImageUrlOrEmpty(textOf(profile.path("image_48"))),
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
    public Optional<Duration> clockDifference() {
        return web.clockDifference();
    }

    @Override
    public BotIdentity identity() {
        ApiResponse response = web.call(SlackMethod.IDENTITY, "", Map.of()).orThrow();

        String user = response.body().path("user_id").asText("");
        if (!UserId.isValid(user)) {
            throw response.unreadable("no user_id in the response");
        }
        return new BotIdentity(new UserId(user), textOf(response.body().path("team")), response.scopes());
    }

    @Override
    public ChannelInfo channel(ChannelId channel) {
        JsonNode info = web.call(SlackMethod.CHANNEL, channel.value(), Map.of("channel", channel.value()))
                .orThrow()
                .object("channel");
        return channelInfo(channel, info, info.path("is_member").asBoolean(false));
    }

    /** Lists the public and private channels that the bot is in, without archived ones, by name. */
    public List<ChannelInfo> memberChannels() {
        var channels = new ArrayList<ChannelInfo>();
        String cursor = "";
        do {
            ApiResponse response = web.call(
                            SlackMethod.MEMBER_CHANNELS,
                            "",
                            Map.of(
                                    "types",
                                    "public_channel,private_channel",
                                    "exclude_archived",
                                    "true",
                                    "limit",
                                    "200",
                                    "cursor",
                                    cursor))
                    .orThrow();
            for (JsonNode info : response.array("channels")) {
                String id = info.path("id").asText("");
                if (ChannelId.isValid(id)) {
                    channels.add(channelInfo(new ChannelId(id), info, true));
                }
            }
            cursor = response.body()
                    .path("response_metadata")
                    .path("next_cursor")
                    .asText("");
        } while (!cursor.isEmpty());
        channels.sort(Comparator.comparing(ChannelInfo::name));
        return List.copyOf(channels);
    }

    private static ChannelInfo channelInfo(ChannelId id, JsonNode info, boolean isMember) {
        return new ChannelInfo(
                id,
                textOf(info.path("name")),
                isMember,
                info.path("is_archived").asBoolean(false));
    }

    @Override
    public SlackImageFile file(String id) {
        ApiResponse response =
                web.call(SlackMethod.FILE, id, Map.of("file", id)).orThrow();
        return SlackImageFile.of(response.object("file"))
                .filter(file -> !file.isStub())
                .orElseThrow(() ->
                        RemoteException.rejected("file " + id + " is not an image, or not stored in Slack", null));
    }

    @Override
    public byte[] download(String url, long size, int maxBytes) {
        return files.download(url, size, maxBytes);
    }

    @Override
    public void download(String url, long size, long maxBytes, Path target, BooleanSupplier isCancelled) {
        files.download(url, size, maxBytes, target, isCancelled);
    }

    /** {@inheritDoc} Emoji whose image is on another host than Slack's are left out. */
    @Override
    public CustomEmojiList customEmoji() {
        ApiResponse response = web.call(SlackMethod.EMOJI, "", Map.of()).orThrow();
        var emoji = new TreeMap<String, String>();
        response.object("emoji").properties().forEach(entry -> {
            String target = textOf(entry.getValue());
            boolean isShort = target.length() <= MAX_EMOJI_URL_LENGTH;
            if (isShort && (target.startsWith("alias:") || isSlackImageUrl(target))) {
                emoji.put(entry.getKey(), target);
            }
        });
        return new CustomEmojiList(emoji, response.receivedAt());
    }

    @Override
    public MirroredImage publicImage(String url) {
        return files.publicImage(url);
    }

    @Override
    public void addReaction(ChannelId channel, MessageTs ts, String emoji) {
        setReaction(SlackMethod.ADD_REACTION, channel, ts, emoji, "already_reacted");
    }

    @Override
    public void removeReaction(ChannelId channel, MessageTs ts, String emoji) {
        setReaction(SlackMethod.REMOVE_REACTION, channel, ts, emoji, "no_reaction");
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
    public void cancelCalls() {
        web.cancelCalls();
        files.cancelCalls();
    }

    @Override
    public void close() {
        web.close();
        files.close();
    }

    /** @param noChange Slack's error code if there is nothing to do */
    private void setReaction(SlackMethod method, ChannelId channel, MessageTs ts, String emoji, String noChange) {
        ApiResponse response = web.call(
                method,
                channel.value() + " " + ts,
                Map.of("channel", channel.value(), "timestamp", ts.value(), "name", emoji));
        if (!response.error().equals(noChange)) {
            response.orThrow();
        }
    }

    /**
     * The range of time that a page covers. A page without a valid ts has no lower end. If older messages exist, it covers
     * nothing, so that no message is taken for deleted.
     */
    private static TimeRange coveredRange(
            List<SlackMessage> newestFirst, Optional<MessageTs> until, boolean more, Instant readAt) {
        if (!more) {
            return new TimeRange(Optional.empty(), until);
        }
        if (newestFirst.isEmpty()) {
            MessageTs end = until.orElse(MessageTs.at(readAt));
            return new TimeRange(Optional.of(end), Optional.of(end));
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

    /** Slack documents this order, but does not always keep it. Keeps the first of two messages with the same ts. */
    private static List<SlackMessage> newestFirst(List<SlackMessage> messages) {
        var byTs = new LinkedHashMap<MessageTs, SlackMessage>();
        messages.forEach(message -> byTs.putIfAbsent(message.ts(), message));
        return byTs.values().stream()
                .sorted(Comparator.comparing(SlackMessage::ts).reversed())
                .toList();
    }

    private void warnIfAppIsDistributed(int limit, int size, boolean more) {
        boolean isShortened = limit >= FULL_PAGE && size > 0 && size <= DISTRIBUTED_PAGE && more;
        if (isShortened && !hasWarned.getAndSet(true)) {
            LOG.warn(
                    "Slack returned {} messages instead of {}: it treats this app as commercially distributed, and may"
                            + " allow it one history call a minute. Create an internal app in your own workspace.",
                    size,
                    limit);
        }
    }

    /** A response of conversations.replies; no list of messages if Slack does not know the ts. */
    private record RepliesPage(Optional<List<SlackMessage>> messages, Instant readAt) {}

    private RepliesPage replies(ChannelId channel, MessageTs ts, Map<String, String> range) {
        var parameters = new LinkedHashMap<>(range);
        parameters.put("channel", channel.value());
        parameters.put("ts", ts.value());
        parameters.put("include_all_metadata", "true");
        ApiResponse response = web.call(SlackMethod.REPLIES, channel.value() + " " + ts, parameters);
        if (isUnknownMessage(response)) {
            return new RepliesPage(Optional.empty(), response.receivedAt());
        }
        return new RepliesPage(Optional.of(validMessages(response.orThrow().array("messages"))), response.receivedAt());
    }

    private static boolean isUnknownMessage(ApiResponse response) {
        return response.error().equals("thread_not_found") || response.error().equals("message_not_found");
    }

    /** If the requested message is missing: the root in its place, in whose thread it may be a reply. */
    private static Optional<MessageTs> otherRoot(List<SlackMessage> messages, MessageTs requested) {
        if (messages.stream().anyMatch(message -> message.ts().equals(requested))) {
            return Optional.empty();
        }
        return messages.stream()
                .filter(message -> message.thread().equals(Optional.of(message.ts())))
                .map(SlackMessage::ts)
                .filter(root -> root.isBefore(requested))
                .findFirst();
    }

    /** A REJECTED user is stored with an empty name, so only the errors of {@link #UNKNOWN_USER} may end as REJECTED. */
    private static ApiResponse orThrowIfUnknown(ApiResponse response) {
        try {
            return response.orThrow();
        } catch (RemoteException e) {
            if (e.kind() == RemoteException.Kind.REJECTED && !UNKNOWN_USER.contains(response.error())) {
                throw RemoteException.transientFailure(e.getMessage(), e);
            }
            throw e;
        }
    }

    private List<SlackMessage> validMessages(JsonNode messages) {
        var valid = new ArrayList<SlackMessage>();
        for (JsonNode node : messages) {
            SlackMessage.of(node).map(notes::verified).ifPresent(valid::add);
        }
        return valid;
    }

    private static String slackImageUrlOrEmpty(String url) {
        return isSlackImageUrl(url) ? url : "";
    }

    /** Whether the image is on one of Slack's hosts. A gravatar URL would carry the MD5 of an e-mail address. */
    static boolean isSlackImageUrl(String url) {
        return SLACK_IMAGE_URL.matcher(url).matches()
                && !url.toLowerCase(Locale.ROOT).contains("gravatar");
    }

    /** The first string that is not blank; empty if there is none. */
    private static String textOf(JsonNode node) {
        return node.isTextual() && !node.textValue().isBlank() ? node.textValue() : "";
    }
}
