package org.chatpress.slackexport;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.chatpress.error.RemoteException;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.MirroredImage;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.HistoryPage;
import org.chatpress.model.slack.HistoryPage.TimeRange;
import org.chatpress.model.slack.SlackImageFile;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.model.slack.SlackMessage.Reaction;
import org.chatpress.slack.SlackClient;
import org.chatpress.slack.SlackReader.ThreadPage;
import org.chatpress.slack.SlackReader.UserProfile;

/**
 * A workspace in which an export happens again, now and faster: messages are posted, edited, deleted and reacted to at
 * times of the replay. Its responses depend only on the export and the clock, so a clock that is set back shows the past
 * again. Messages are read once at the start, uploaded files on demand, while the export is open.
 */
public final class ReplaySlackClient implements SlackClient {
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

    private ReplaySlackClient(
            SlackExport export, Clock clock, Instant start, Map<ChannelId, ReplayChannel> channels, Duration length) {
        this.export = export;
        this.clock = clock;
        this.start = start;
        this.users = export.users();
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
            List<SlackMessage> messages = export.history(channel.id()).messages();
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
    public Duration replayLength() {
        return length;
    }

    /** True after the last change of a message. */
    public boolean isOver() {
        return !clock.instant().isBefore(start.plus(length));
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
    public Optional<ThreadPage> thread(ChannelId channel, MessageTs root) {
        Instant now = clock.instant();
        ReplayChannel replay = replay(channel);
        return find(channel, root).map(ignored -> {
            List<SlackMessage> replies = replay.visibleReplies(root, now).stream()
                    .flatMap(reply -> replay.visible(reply, now).stream())
                    .toList();
            return new ThreadPage(channel, root, replies, now);
        });
    }

    @Override
    public List<Reaction> reactions(ChannelId channel, MessageTs ts) {
        return find(channel, ts)
                .map(SlackMessage::reactions)
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
    public Map<String, String> customEmoji() {
        return Map.of();
    }

    @Override
    public SlackImageFile file(String id) {
        throw RemoteException.rejected("the export does not describe file " + id, null);
    }

    /** Reads a file from the export; REJECTED if the export does not contain it. */
    @Override
    public byte[] download(String url, long size, int maxBytes) {
        Matcher file = FILE_URL.matcher(url);
        return export.readUploadedFile(file.find() ? file.group(1) : url, maxBytes);
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
            ChannelInfo info,
            NavigableMap<MessageTs, ReplayMessage> messages,
            Map<MessageTs, List<ReplayMessage>> threads) {

        static ReplayChannel of(ChannelInfo info, List<SlackMessage> exported, ReplayClock replayClock) {
            var messages = new TreeMap<MessageTs, ReplayMessage>();
            var threads = new HashMap<MessageTs, List<ReplayMessage>>();
            for (SlackMessage message : exported) {
                ReplayMessage replayed = ReplayMessage.of(message, replayClock);
                messages.put(replayed.ts(), replayed);
                replayed.message()
                        .thread()
                        .filter(root -> !root.equals(replayed.ts()))
                        .ifPresent(root -> threads.computeIfAbsent(root, key -> new ArrayList<>())
                                .add(replayed));
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
            return threads.getOrDefault(root, List.of()).stream()
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
