package org.chatpress.slackexport;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.chatpress.error.ErrorMessages;
import org.chatpress.error.RemoteException;
import org.chatpress.model.ChannelId;
import org.chatpress.model.ImageFormat;
import org.chatpress.model.MessageTs;
import org.chatpress.model.MirroredImage;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.HistoryPage;
import org.chatpress.model.slack.HistoryPage.TimeRange;
import org.chatpress.model.slack.SlackImageFile;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.slack.SlackClient;
import org.chatpress.slack.SlackReader.ThreadPage;
import org.chatpress.slack.SlackReader.UserProfile;

/**
 * A workspace in which an export happens again, now and faster: messages are posted, edited, deleted and reacted to at
 * times of the replay. Its responses depend only on the export and the clock, so a clock that is set back shows the past
 * again. Messages are read once at the start, uploaded files on demand, while the export is open.
 *
 * <p>A visitor of the demo can take part: post, edit, delete and react. A message that the visitor changes no longer
 * changes by itself. Thread-safe.
 */
public final class ReplaySlackClient implements SlackClient {
    private static final int MAX_CLIP_BYTES = 100 * 1024 * 1024;

    private static final BotIdentity IDENTITY =
            new BotIdentity(new UserId("U0REPLAY"), "replay of an export", Set.of());

    /** Slack's URL of a file has the ids of the workspace and of the file. */
    private static final Pattern FILE_URL = Pattern.compile("/files-pri/[A-Z0-9]+-([A-Z0-9]+)/");

    private final SlackExport export;
    private final Clock clock;
    private final Instant start;
    private final Map<UserId, UserProfile> users;
    private final Map<ChannelId, ReplayChannel> channels;
    private final Duration length;

    /** The images that the visitor uploaded, by id. */
    private final Map<String, byte[]> uploads = new ConcurrentHashMap<>();

    private ReplaySlackClient(
            SlackExport export, Clock clock, Instant start, Map<ChannelId, ReplayChannel> channels, Duration length) {
        this.export = export;
        this.clock = clock;
        this.start = start;
        this.users = new ConcurrentHashMap<>(export.users());
        this.channels = channels;
        this.length = length;
    }

    /** Posts the first message at {@code start} and runs {@code speed} times faster; long gaps are shortened. */
    public static ReplaySlackClient atSpeed(double speed, SlackExport export, Clock clock, Instant start) {
        return of(export, clock, start, messages -> ReplayClock.atSpeed(speed, start, messages));
    }

    /** Posts the first message at {@code start} and the last at most {@code length} later. */
    public static ReplaySlackClient withLength(Duration length, SlackExport export, Clock clock, Instant start) {
        return of(export, clock, start, messages -> ReplayClock.withLength(length, start, messages));
    }

    private static ReplaySlackClient of(
            SlackExport export, Clock clock, Instant start, Function<Set<MessageTs>, ReplayClock> replayClockFor) {
        var histories = new LinkedHashMap<ChannelInfo, List<SlackMessage>>();
        var times = new TreeSet<MessageTs>();
        for (ChannelInfo channel : export.channels()) {
            List<SlackMessage> messages = export.history(channel.id());
            histories.put(channel, messages);
            messages.forEach(message -> times.add(message.ts()));
        }

        ReplayClock replayClock = replayClockFor.apply(times);
        var channels = new LinkedHashMap<ChannelId, ReplayChannel>();
        histories.forEach((info, messages) -> channels.put(info.id(), ReplayChannel.of(info, messages, replayClock)));
        return new ReplaySlackClient(export, clock, start, channels, length(start, channels));
    }

    private static Duration length(Instant start, Map<ChannelId, ReplayChannel> channels) {
        return channels.values().stream()
                .flatMap(channel -> channel.messages.values().stream())
                .map(ReplayMessage::finalTime)
                .max(Comparator.naturalOrder())
                .map(end -> Duration.between(start, end))
                .orElse(Duration.ZERO);
    }

    /** The channels, those with most messages first. */
    public List<ChannelInfo> channels() {
        return channels.values().stream()
                .sorted(Comparator.comparing(channel -> -channel.messages.size()))
                .map(ReplayChannel::info)
                .toList();
    }

    /** The time from the first message to the last change of a message. */
    Duration replayLength() {
        return length;
    }

    /** True after the last change of a message. */
    public boolean isOver() {
        return !clock.instant().isBefore(start.plus(length));
    }

    /** Adds a member to the workspace. */
    public void addUser(UserProfile profile) {
        users.put(profile.id(), profile);
    }

    public Map<UserId, UserProfile> users() {
        return Map.copyOf(users);
    }

    /** What a channel and its threads show now, oldest first. */
    public List<SlackMessage> messages(ChannelId channel) {
        Instant now = clock.instant();
        ReplayChannel replay = replay(channel);
        return replay.messages.values().stream()
                .flatMap(message -> replay.visible(message, now).stream())
                .toList();
    }

    /**
     * Posts a message now.
     *
     * @param text mrkdwn, with {@code & < >} escaped
     */
    public synchronized MessageTs post(ChannelId channel, UserId author, String text) {
        return post(channel, author, text, json -> {});
    }

    /** Posts a message with an image. */
    public synchronized MessageTs upload(ChannelId channel, UserId author, String text, String alt, byte[] image) {
        ImageFormat format = ImageFormat.of(image)
                .orElseThrow(() -> RemoteException.rejected("the file is not a JPEG, PNG, GIF or WebP image", null));
        String id = "F0UPLOAD" + (uploads.size() + 1);
        uploads.put(id, image.clone());
        String name = id.toLowerCase(Locale.ROOT) + "." + format.extension();
        return post(
                channel,
                author,
                text,
                json -> json.putArray("files")
                        .addObject()
                        .put("id", id)
                        .put("name", name)
                        .put("mimetype", format.contentType())
                        .put("mode", "hosted")
                        .put("size", image.length)
                        .put("alt_txt", alt)
                        .put("url_private", "https://files.example/files-pri/T0REPLAY-" + id + "/" + name));
    }

    private MessageTs post(ChannelId channel, UserId author, String text, Consumer<ObjectNode> details) {
        ReplayChannel replay = replay(channel);
        MessageTs ts = MessageTs.at(clock.instant());
        while (replay.messages.containsKey(ts)) {
            ts = MessageTs.at(ts.instant().plus(1, ChronoUnit.MICROS));
        }
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("type", "message")
                .put("user", author.value())
                .put("text", text)
                .put("ts", ts.value());
        details.accept(json);
        replay.messages.put(ts, ReplayMessage.unchanging(json));
        return ts;
    }

    /** Replaces the text of a message, in the name of its author. */
    public void edit(ChannelId channel, MessageTs ts, String text) {
        change(channel, ts, json -> {
            json.put("text", text).remove("blocks");
            json.putObject("edited")
                    .put("user", json.path("user").asText())
                    .put("ts", "%d.000000".formatted(clock.instant().getEpochSecond()));
        });
    }

    public synchronized void delete(ChannelId channel, MessageTs ts) {
        required(channel, ts);
        replay(channel).messages.computeIfPresent(ts, (same, message) -> message.deletedAt(clock.instant()));
    }

    /** Replaces all reactions with an emoji by those of these users; none: removes them. */
    public void setReaction(ChannelId channel, MessageTs ts, String emoji, Set<UserId> users) {
        change(channel, ts, json -> {
            ArrayNode reactions = json.withArray("reactions");
            for (int i = reactions.size() - 1; i >= 0; i--) {
                if (reactions.get(i).path("name").asText().equals(emoji)) {
                    reactions.remove(i);
                }
            }
            if (!users.isEmpty()) {
                ObjectNode reaction = reactions.addObject().put("name", emoji).put("count", users.size());
                ArrayNode names = reaction.putArray("users");
                users.forEach(user -> names.add(user.value()));
            }
            if (reactions.isEmpty()) {
                json.remove("reactions");
            }
        });
    }

    private synchronized void change(ChannelId channel, MessageTs ts, Consumer<ObjectNode> change) {
        ObjectNode json = required(channel, ts).json().deepCopy();
        change.accept(json);
        replay(channel).messages.put(ts, ReplayMessage.unchanging(json));
    }

    private SlackMessage required(ChannelId channel, MessageTs ts) {
        return find(channel, ts)
                .filter(message -> !message.isTombstone())
                .orElseThrow(() -> RemoteException.rejected("there is no message " + ts + " in " + channel, null));
    }

    @Override
    public HistoryPage history(ChannelId channel, Optional<MessageTs> until, int limit) {
        Instant now = clock.instant();
        ReplayChannel replay = replay(channel);
        var page = new ArrayList<SlackMessage>();
        int maxMessages = Math.min(limit, MAX_MESSAGES);
        for (ReplayMessage candidate : replay.newestFirst(until)) {
            // As in Slack, the history of a channel does not contain replies in its threads.
            if (candidate.message().isReply()) {
                continue;
            }
            Optional<SlackMessage> visible = replay.visible(candidate, now);
            if (visible.isPresent() && page.size() == maxMessages) {
                MessageTs oldest = page.get(maxMessages - 1).ts();
                return new HistoryPage(channel, new TimeRange(Optional.of(oldest), until), page, 0, true, now);
            }
            visible.ifPresent(page::add);
        }
        return new HistoryPage(channel, new TimeRange(Optional.empty(), until), page, 0, false, now);
    }

    @Override
    public MessageLookup lookUpMessage(ChannelId channel, MessageTs ts) {
        return find(channel, ts)
                .filter(message -> !message.isTombstone())
                .map(message -> new MessageLookup(MessageLookup.State.FOUND, Optional.of(message), clock.instant()))
                .orElse(new MessageLookup(MessageLookup.State.DELETED, Optional.empty(), clock.instant()));
    }

    @Override
    public Optional<ThreadPage> thread(
            ChannelId channel, MessageTs root, Optional<MessageTs> after, Optional<MessageTs> upTo) {
        Instant now = clock.instant();
        ReplayChannel replay = replay(channel);
        return find(channel, root).map(ignored -> {
            List<SlackMessage> replies = replay.visibleReplies(root, now).stream()
                    .flatMap(reply -> replay.visible(reply, now).stream())
                    .filter(reply ->
                            after.filter(ts -> !ts.isBefore(reply.ts())).isEmpty())
                    .filter(reply -> upTo.filter(ts -> ts.isBefore(reply.ts())).isEmpty())
                    .toList();
            return new ThreadPage(channel, root, after, upTo, replies, false, now);
        });
    }

    @Override
    public SlackMessage messageWithReactions(ChannelId channel, MessageTs ts) {
        return find(channel, ts)
                .orElseThrow(
                        () -> RemoteException.rejected("the export has no message " + ts + " in " + channel, null));
    }

    @Override
    public UserProfile userProfile(UserId id) {
        UserProfile profile = users.get(id);
        if (profile == null) {
            throw RemoteException.rejected("users.json of the export has no user " + id, null);
        }
        return profile;
    }

    /** Empty: exports do not contain custom emoji. */
    @Override
    public CustomEmojiList customEmoji() {
        return new CustomEmojiList(Map.of(), clock.instant());
    }

    @Override
    public SlackImageFile file(String id) {
        throw RemoteException.rejected("the export does not describe file " + id, null);
    }

    /** Reads a file from the export; REJECTED if the export does not contain it. */
    @Override
    public byte[] download(String url, long size, int maxBytes) {
        Matcher file = FILE_URL.matcher(url);
        return image(file.find() ? file.group(1) : url, maxBytes);
    }

    /** Reads the whole file into memory, so files beyond 100 MiB are refused. */
    @Override
    public void download(String url, long size, long maxBytes, Path target, BooleanSupplier isCancelled) {
        byte[] bytes = download(url, size, (int) Math.min(maxBytes, MAX_CLIP_BYTES));
        try {
            Files.write(target, bytes);
        } catch (IOException e) {
            throw RemoteException.transientFailure("cannot write " + target + ": " + ErrorMessages.describe(e), e);
        }
    }

    /** An image of a message, by the id of its file; REJECTED if there is none. */
    public byte[] image(String id, int maxBytes) {
        byte[] upload = uploads.get(id);
        return upload == null ? export.readUploadedFile(id, maxBytes) : upload.clone();
    }

    @Override
    public MirroredImage publicImage(String url) {
        throw RemoteException.rejected("an export contains no avatars or emoji, so not " + url, null);
    }

    /** Does nothing, like the other two writes: a replay does not show the bot's feedback. */
    @Override
    public void addReaction(ChannelId channel, MessageTs ts, String emoji) {}

    @Override
    public void removeReaction(ChannelId channel, MessageTs ts, String emoji) {}

    @Override
    public void postReply(ChannelId channel, MessageTs root, String text) {}

    /** Always REJECTED: exports do not contain user groups. */
    @Override
    public Set<UserId> groupMembers(String groupId) {
        throw RemoteException.rejected("an export contains no user groups, so not " + groupId, null);
    }

    /** Its clock is the program's. */
    @Override
    public Optional<Duration> clockDifference() {
        return Optional.of(Duration.ZERO);
    }

    @Override
    public BotIdentity identity() {
        return IDENTITY;
    }

    @Override
    public ChannelInfo channel(ChannelId channel) {
        return replay(channel).info;
    }

    @Override
    public void close() {}

    private Optional<SlackMessage> find(ChannelId channel, MessageTs ts) {
        ReplayChannel replay = replay(channel);
        return Optional.ofNullable(replay.messages.get(ts))
                .flatMap(message -> replay.visible(message, clock.instant()));
    }

    private ReplayChannel replay(ChannelId channel) {
        ReplayChannel replay = channels.get(channel);
        if (replay == null) {
            throw RemoteException.actionRequired(
                    "the export has no channel " + channel,
                    "Use an id from channels.json or groups.json of the export.",
                    null);
        }
        return replay;
    }

    /**
     * A channel of the replay. All ts are those of the replay.
     *
     * @param threads the replies of each thread, by the ts of its root
     */
    private record ReplayChannel(
            ChannelInfo info, NavigableMap<MessageTs, ReplayMessage> messages, Map<MessageTs, Set<MessageTs>> threads) {

        static ReplayChannel of(ChannelInfo info, List<SlackMessage> exported, ReplayClock replayClock) {
            var messages = new ConcurrentSkipListMap<MessageTs, ReplayMessage>();
            var threads = new ConcurrentHashMap<MessageTs, Set<MessageTs>>();
            for (SlackMessage message : exported) {
                ReplayMessage replayed = ReplayMessage.of(message, replayClock);
                messages.put(replayed.ts(), replayed);
                replayed.message()
                        .thread()
                        .filter(root -> !root.equals(replayed.ts()))
                        .ifPresent(root -> threads.computeIfAbsent(root, key -> new ConcurrentSkipListSet<>())
                                .add(replayed.ts()));
            }
            return new ReplayChannel(info, messages, threads);
        }

        Iterable<ReplayMessage> newestFirst(Optional<MessageTs> until) {
            return until.map(ts -> messages.headMap(ts, false))
                    .orElse(messages)
                    .descendingMap()
                    .values();
        }

        /** The message as Slack would send it now; empty before it is posted and after it is deleted. */
        Optional<SlackMessage> visible(ReplayMessage message, Instant now) {
            List<ReplayMessage> replies = visibleReplies(message.ts(), now);
            if (!message.isPosted(now) || (!message.exists(now) && replies.isEmpty())) {
                return Optional.empty();
            }

            ObjectNode json = message.exists(now) ? message.json(now) : tombstone(message.ts());
            if (threads.containsKey(message.ts())) {
                countReplies(json, replies);
            }
            // A reply that was also sent to the channel contains a copy of its root.
            if (json.path("root") instanceof ObjectNode root
                    && message.message().thread().isPresent()) {
                countReplies(root, visibleReplies(message.message().thread().get(), now));
            }
            return Optional.of(new SlackMessage(message.ts(), json));
        }

        private List<ReplayMessage> visibleReplies(MessageTs root, Instant now) {
            return threads.getOrDefault(root, Set.of()).stream()
                    .map(messages::get)
                    .filter(reply -> reply.exists(now))
                    .toList();
        }

        /** What Slack sends in place of a deleted message that has replies. */
        private static ObjectNode tombstone(MessageTs ts) {
            return JsonNodeFactory.instance
                    .objectNode()
                    .put("type", "message")
                    .put("subtype", "tombstone")
                    .put("user", "USLACKBOT")
                    .put("text", "This message was deleted.")
                    .put("hidden", true)
                    .put("ts", ts.value());
        }

        /** Replaces the counts of the export, which include replies that are not visible yet. */
        private static void countReplies(ObjectNode root, List<ReplayMessage> replies) {
            root.remove(List.of("thread_ts", "reply_count", "reply_users", "reply_users_count", "latest_reply"));
            root.remove(List.of("replies", "last_read"));
            if (replies.isEmpty()) {
                return;
            }

            var users = new LinkedHashSet<String>();
            replies.forEach(reply -> reply.message().author().ifPresent(author -> users.add(author.value())));
            root.put("thread_ts", root.path("ts").asText());
            root.put("reply_count", replies.size());
            ArrayNode names = root.putArray("reply_users");
            users.forEach(names::add);
            root.put("reply_users_count", users.size());
            root.put("latest_reply", replies.get(replies.size() - 1).ts().value());
        }
    }
}
