package org.chatpress.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.chatpress.model.ChannelId;
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

/** Channels whose pages cost what they hold, however long they are: so that a figure is the program's own. */
final class InstantSlack implements SlackClient {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Clock clock;
    private final Map<ChannelId, NavigableMap<MessageTs, String>> channels = new HashMap<>();
    private int pagesOfOlderOnes;

    InstantSlack(Clock clock) {
        this.clock = clock;
    }

    /** Says the same in one channel as in another: many long channels need not be held in memory. */
    void echo(ChannelId channel, ChannelId other) {
        channels.put(channel, messages(other));
    }

    /** Posts a message, or puts another text in its place. */
    void post(ChannelId channel, MessageTs ts, UserId user, String text) {
        messages(channel).put(ts, """
                {"type": "message", "ts": "%s", "user": "%s", "text": "%s"}""".formatted(ts, user, text));
    }

    void react(ChannelId channel, MessageTs ts, UserId user, String emoji) {
        messages(channel).compute(ts, (same, message) -> message.replaceFirst("}$", """
                , "reactions": [{"name": "%s", "users": ["%s"], "count": 1}]}""".formatted(emoji, user)));
    }

    void delete(ChannelId channel, MessageTs ts) {
        messages(channel).remove(ts);
    }

    /** How often it was asked for older messages than the newest, since this was last asked. */
    int pagesOfOlderOnes() {
        int all = pagesOfOlderOnes;
        pagesOfOlderOnes = 0;
        return all;
    }

    @Override
    public HistoryPage history(ChannelId channel, Optional<MessageTs> until, int limit) {
        NavigableMap<MessageTs, String> all = messages(channel);
        pagesOfOlderOnes += until.isPresent() ? 1 : 0;
        NavigableMap<MessageTs, String> older =
                until.map(ts -> all.headMap(ts, false)).orElse(all);
        var page = new ArrayList<SlackMessage>();
        for (String message : older.descendingMap().values()) {
            if (page.size() == limit) {
                break;
            }
            page.add(parsed(message));
        }
        boolean more = !page.isEmpty() && !page.get(page.size() - 1).ts().equals(all.firstKey());
        Optional<MessageTs> from = more ? Optional.of(page.get(page.size() - 1).ts()) : Optional.empty();
        return new HistoryPage(channel, new TimeRange(from, until), page, 0, more, clock.instant());
    }

    @Override
    public MessageLookup lookUpMessage(ChannelId channel, MessageTs ts) {
        Optional<SlackMessage> there =
                Optional.ofNullable(messages(channel).get(ts)).map(InstantSlack::parsed);
        return new MessageLookup(
                there.isPresent() ? MessageLookup.State.FOUND : MessageLookup.State.DELETED, there, clock.instant());
    }

    @Override
    public UserProfile userProfile(UserId id) {
        return new UserProfile(id, "Rosa Reporter", "", "", false);
    }

    @Override
    public Optional<ThreadPage> thread(
            ChannelId channel, MessageTs root, Optional<MessageTs> after, Optional<MessageTs> upTo) {
        throw new AssertionError("nobody replies");
    }

    @Override
    public SlackMessage messageWithReactions(ChannelId channel, MessageTs ts) {
        throw new AssertionError("every reaction has all its users");
    }

    @Override
    public Set<UserId> groupMembers(String groupId) {
        return Set.of();
    }

    @Override
    public CustomEmojiList customEmoji() {
        return new CustomEmojiList(Map.of(), Instant.EPOCH);
    }

    @Override
    public Optional<Duration> clockDifference() {
        return Optional.of(Duration.ZERO);
    }

    @Override
    public BotIdentity identity() {
        return new BotIdentity(new UserId("U0CHATPRESS"), "Newsroom", Set.of());
    }

    @Override
    public ChannelInfo channel(ChannelId channel) {
        throw new AssertionError("nobody asks");
    }

    @Override
    public SlackImageFile file(String id) {
        throw new AssertionError("no message has a file");
    }

    @Override
    public void download(String url, long size, long maxBytes, Path target, BooleanSupplier isCancelled) {
        throw new AssertionError("no message has a file");
    }

    @Override
    public byte[] download(String url, long size, int maxBytes) {
        throw new AssertionError("no message has a file");
    }

    @Override
    public MirroredImage publicImage(String url) {
        throw new AssertionError("no profile has an avatar");
    }

    @Override
    public void addReaction(ChannelId channel, MessageTs ts, String emoji) {}

    @Override
    public void removeReaction(ChannelId channel, MessageTs ts, String emoji) {}

    @Override
    public void postReply(ChannelId channel, MessageTs root, String text) {}

    @Override
    public void close() {}

    private NavigableMap<MessageTs, String> messages(ChannelId channel) {
        return channels.computeIfAbsent(channel, id -> new TreeMap<>());
    }

    private static SlackMessage parsed(String json) {
        try {
            return SlackMessage.of(JSON.readTree(json)).orElseThrow();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
