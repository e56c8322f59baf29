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
import org.chatpress.model.slack.Reaction;
import org.chatpress.model.slack.SlackImageFile;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.model.slack.ThreadPage;
import org.chatpress.model.slack.TimeRange;
import org.chatpress.model.slack.UserProfile;
import org.chatpress.slack.SlackClient;

/**
 * A workspace in which everything in an export happens again, now and faster: messages appear, are edited, reacted to
 * and deleted, and their times are those of the replay. What it says follows from the export and the clock alone, so
 * that a clock set back shows the past again. The messages are read once, at the beginning; uploaded files when they are
 * asked for, from the export, as long as it is open.
 */
public final class ReplaySlackClient implements SlackClient {
    private static final BotIdentity IDENTITY =
            new BotIdentity(new UserId("U0REPLAY"), "replay of an export", Set.of());

    /** In Slack's address of a file its id follows that of the workspace. */
    private static final Pattern FILE = Pattern.compile("/files-pri/[A-Z0-9]+-([A-Z0-9]+)/");

    private final SlackExport export;
    private final Clock clock;
    private final Instant start;
    private final Map<UserId, UserProfile> people;
    private final Map<ChannelId, Replay> replays;
    private final Duration length;

    private ReplaySlackClient(
            SlackExport export, Clock clock, Instant start, Map<ChannelId, Replay> replays, Duration length) {
        this.export = export;
        this.clock = clock;
        this.start = start;
        this.people = export.users();
        this.replays = replays;
        this.length = length;
    }

    /** Starts with the first message at {@code start}; time runs {@code speed} times faster, long silences are cut. */
    public static ReplaySlackClient atSpeed(double speed, SlackExport export, Clock clock, Instant start) {
        return of(export, clock, start, messages -> ReplayClock.atSpeed(speed, start, messages));
    }

    /** Starts with the first message at {@code start}; the last comes at most so long after it. */
    public static ReplaySlackClient withLength(Duration length, SlackExport export, Clock clock, Instant start) {
        return of(export, clock, start, messages -> ReplayClock.withLength(length, start, messages));
    }

    private static ReplaySlackClient of(
            SlackExport export, Clock clock, Instant start, Function<Set<MessageTs>, ReplayClock> timelineOf) {
        var histories = new LinkedHashMap<ChannelInfo, List<SlackMessage>>();
        var times = new TreeSet<MessageTs>();
        for (ChannelInfo channel : export.channels()) {
            List<SlackMessage> messages = export.history(channel.id()).messages();
            histories.put(channel, messages);
            messages.forEach(message -> times.add(message.ts()));
        }

        ReplayClock timeline = timelineOf.apply(times);
        var replays = new LinkedHashMap<ChannelId, Replay>();
        histories.forEach((channel, messages) -> replays.put(channel.id(), Replay.of(channel, messages, timeline)));
        return new ReplaySlackClient(export, clock, start, replays, length(start, replays));
    }

    private static Duration length(Instant start, Map<ChannelId, Replay> replays) {
        return replays.values().stream()
                .flatMap(replay -> replay.messages.values().stream())
                .map(ReplayMessage::finalTime)
                .max(Comparator.naturalOrder())
                .map(end -> Duration.between(start, end))
                .orElse(Duration.ZERO);
    }

    /** The channels, the busiest first. */
    public List<ChannelInfo> channels() {
        return replays.values().stream()
                .sorted(Comparator.comparing(replay -> -replay.messages.size()))
                .map(Replay::info)
                .toList();
    }

    /** From the first message until nothing more happens to any. */
    public Duration replayLength() {
        return length;
    }

    /** True when nothing more will happen. */
    public boolean isOver() {
        return !clock.instant().isBefore(start.plus(length));
    }

    @Override
    public HistoryPage history(ChannelId channel, Optional<MessageTs> until, int limit) {
        Instant now = clock.instant();
        Replay replay = replay(channel);
        var page = new ArrayList<SlackMessage>();
        int most = Math.min(limit, MAX_MESSAGES);
        for (ReplayMessage candidate : replay.newestFirst(until)) {
            // As in Slack, a channel's history doesn't hold the replies of its threads.
            if (candidate.message().isReply()) {
                continue;
            }
            Optional<SlackMessage> seen = replay.seen(candidate, now);
            if (seen.isPresent() && page.size() == most) {
                MessageTs oldest = page.get(most - 1).ts();
                return new HistoryPage(channel, new TimeRange(Optional.of(oldest), until), page, 0, true, now);
            }
            seen.ifPresent(page::add);
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
        Replay replay = replay(channel);
        return find(channel, root).map(found -> {
            List<SlackMessage> replies = replay.repliesThere(root, now).stream()
                    .flatMap(reply -> replay.seen(reply, now).stream())
                    .toList();
            return new ThreadPage(channel, root, replies, now);
        });
    }

    @Override
    public List<Reaction> reactions(ChannelId channel, MessageTs ts) {
        return find(channel, ts)
                .map(SlackMessage::reactions)
                .orElseThrow(
                        () -> RemoteException.rejected("no message " + ts + " in " + channel + " of the export", null));
    }

    @Override
    public UserProfile userProfile(UserId id) {
        UserProfile profile = people.get(id);
        if (profile == null) {
            throw RemoteException.rejected("nobody in the export's users.json has the id " + id, null);
        }
        return profile;
    }

    /** An export has no list of custom emoji. */
    @Override
    public Map<String, String> customEmoji() {
        return Map.of();
    }

    @Override
    public SlackImageFile file(String id) {
        throw RemoteException.rejected("the export does not describe file " + id, null);
    }

    /** An uploaded file, if the export holds it. */
    @Override
    public byte[] download(String url, long size, int maxBytes) {
        Matcher file = FILE.matcher(url);
        return export.readUploadedFile(file.find() ? file.group(1) : url, maxBytes);
    }

    @Override
    public MirroredImage publicImage(String url) {
        throw RemoteException.rejected("the export holds no avatars or emoji, so not " + url, null);
    }

    /** Does nothing, like the other two writes: nobody sees the bot's feedback in a replay. */
    @Override
    public void addReaction(ChannelId channel, MessageTs ts, String emoji) {}

    @Override
    public void removeReaction(ChannelId channel, MessageTs ts, String emoji) {}

    @Override
    public void postReply(ChannelId channel, MessageTs root, String text) {}

    /** Always REJECTED: exports don't say who is in a user group. */
    @Override
    public Set<UserId> groupMembers(String groupId) {
        throw RemoteException.rejected("an export holds no user groups, so not " + groupId, null);
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
        Replay replay = replay(channel);
        return Optional.ofNullable(replay.messages.get(ts)).flatMap(message -> replay.seen(message, clock.instant()));
    }

    private Replay replay(ChannelId channel) {
        Replay replay = replays.get(channel);
        if (replay == null) {
            throw RemoteException.actionRequired(
                    "no channel " + channel + " in the export",
                    "Take an id from the export's channels.json or groups.json.",
                    null);
        }
        return replay;
    }

    /** One channel's messages by their ts in the replay, and the replies of each thread by its root's. */
    private record Replay(
            ChannelInfo info,
            NavigableMap<MessageTs, ReplayMessage> messages,
            Map<MessageTs, List<ReplayMessage>> threads) {

        static Replay of(ChannelInfo info, List<SlackMessage> exported, ReplayClock timeline) {
            var messages = new TreeMap<MessageTs, ReplayMessage>();
            var threads = new HashMap<MessageTs, List<ReplayMessage>>();
            for (SlackMessage one : exported) {
                ReplayMessage replayed = ReplayMessage.of(one, timeline);
                messages.put(replayed.ts(), replayed);
                replayed.message()
                        .thread()
                        .filter(root -> !root.equals(replayed.ts()))
                        .ifPresent(root -> threads.computeIfAbsent(root, key -> new ArrayList<>())
                                .add(replayed));
            }
            return new Replay(info, messages, threads);
        }

        Iterable<ReplayMessage> newestFirst(Optional<MessageTs> until) {
            return until.map(ts -> messages.headMap(ts, false))
                    .orElse(messages)
                    .descendingMap()
                    .values();
        }

        /** The message as it is now, if there is anything to see of it. */
        Optional<SlackMessage> seen(ReplayMessage message, Instant now) {
            List<ReplayMessage> there = repliesThere(message.ts(), now);
            if (!message.isPosted(now) || (!message.exists(now) && there.isEmpty())) {
                return Optional.empty();
            }

            ObjectNode json = message.exists(now) ? message.json(now) : tombstone(message.ts());
            if (threads.containsKey(message.ts())) {
                countReplies(json, there);
            }
            // A reply that was also sent to the channel brings a copy of its root.
            if (json.path("root") instanceof ObjectNode root
                    && message.message().thread().isPresent()) {
                countReplies(root, repliesThere(message.message().thread().get(), now));
            }
            return Optional.of(new SlackMessage(message.ts(), json));
        }

        private List<ReplayMessage> repliesThere(MessageTs root, Instant now) {
            return threads.getOrDefault(root, List.of()).stream()
                    .filter(reply -> reply.exists(now))
                    .toList();
        }

        /** What Slack leaves in the place of a deleted message that has replies. */
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

        /** The export counts the replies of the whole thread; now there may be fewer. */
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
