package org.chatpress.support;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.slack.SlackClient;
import org.chatpress.storage.Storage;
import org.chatpress.storage.StoredObject;

/**
 * How long it takes from a post in Slack to the pointer that shows it, in a newsroom's own time: cycles start every
 * second, a call of Slack takes {@link #CALL}, a put {@link #PUT}, nothing else takes any. Slack's rate limits hold.
 */
public final class Latency {
    public static final Duration CALL = Duration.ofMillis(120);
    public static final Duration PUT = Duration.ofMillis(30);

    /** From a post to the doorbell. */
    public static final Duration RING = Duration.ofMillis(200);

    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Pattern POST = Pattern.compile("post (\\d+) of the evening");

    private final TestNewsroom newsroom;
    private final Queue<Post> ahead = new PriorityQueue<>(Comparator.comparing(Post::at));
    private final Queue<Ring> rings = new ArrayDeque<>();
    private boolean hasDoorbell;
    private boolean hasRung;
    private final List<Post> posted = new ArrayList<>();
    private final Map<Integer, Instant> seen = new HashMap<>();
    private final Map<String, List<Instant>> readings = new LinkedHashMap<>();

    /** Something that is said. */
    public record Post(String channel, Instant at) {}

    private record Ring(String channel, String ts, Instant at) {}

    /** @param newsroom one in which nothing has happened yet */
    public Latency(TestNewsroom newsroom) {
        this.newsroom = newsroom;
        newsroom.slack.enforceLimits();
        // Nobody starts on a full second.
        newsroom.clock.advance(Duration.ofMillis(950));
        newsroom.readsInTurn()
                .asksSlackThrough(slack -> slow(SlackClient.class, slack, this::slackIsAsked))
                .usesStoragesThrough(storage -> slow(Storage.class, storage, this::fileIsPut));
    }

    /** Slack rings for each post, and a cycle begins at once. */
    public Latency doorbell() {
        hasDoorbell = true;
        newsroom.bells().onConnectionChange(true);
        return this;
    }

    /** Lists so many channels, {@code C0000} and on. */
    public Latency channels(int number) {
        var entries = new ArrayList<String>();
        for (int i = 0; i < number; i++) {
            newsroom.slack.channel(channel(i));
            newsroom.slack.post(channel(i), TestNewsroom.REPORTER, "good evening");
            entries.add(TestNewsroom.channel(channel(i), "chat-" + i, "approval: none"));
        }
        newsroom.lists(entries.toArray(String[]::new));
        return this;
    }

    public static String channel(int number) {
        return "C%04d".formatted(number);
    }

    /** The channel talks for so long from now on, a message every {@code pause} on average. */
    public Latency talk(String channel, Duration time, Duration pause, Random random) {
        Instant end = newsroom.clock.instant().plus(time);
        Instant at = next(newsroom.clock.instant(), pause, random);
        while (at.isBefore(end)) {
            ahead.add(new Post(channel, at));
            at = next(at, pause, random);
        }
        return this;
    }

    /** Somebody says one thing in the channel, so long from now. */
    public Latency post(String channel, Duration later) {
        ahead.add(new Post(channel, newsroom.clock.instant().plus(later)));
        return this;
    }

    /** Lets the time pass. */
    public Latency run(Duration time) {
        Instant end = newsroom.clock.instant().plus(time);
        Instant tick = newsroom.clock.instant();
        while (tick.isBefore(end)) {
            goOnTo(tick);
            hasRung = false;
            newsroom.cycleNow();
            Instant now = newsroom.clock.instant();
            tick = tick.plus(TICK).isBefore(now) || hasRung ? now : tick.plus(TICK);
            Optional<Instant> ring = nextRing();
            tick = ring.filter(tick::isAfter).orElse(tick);
        }
        return this;
    }

    /** What each post took, in seconds, shortest first; one that was never seen took for ever. */
    public List<Double> seconds(Predicate<Post> which) {
        var seconds = new ArrayList<Double>();
        for (int i = 0; i < posted.size(); i++) {
            if (which.test(posted.get(i))) {
                Instant at = seen.get(i);
                seconds.add(
                        at == null
                                ? Double.POSITIVE_INFINITY
                                : Duration.between(posted.get(i).at(), at).toMillis() / 1000.0);
            }
        }
        return seconds.stream().sorted().toList();
    }

    /** Likewise, of posts in channels that had talked so long by then. */
    public List<Double> secondsOnceTalkedFor(Duration time) {
        var first = new HashMap<String, Instant>();
        posted.forEach(post -> first.putIfAbsent(post.channel(), post.at()));
        return seconds(post -> post.at().isAfter(first.get(post.channel()).plus(time)));
    }

    /** The longest time between two readings of a channel's newest messages, of all channels, from then on. */
    public Duration longestWaitSince(Instant then) {
        return readings.values().stream()
                .map(times -> longestWait(times.stream().filter(at -> !at.isBefore(then))))
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    /** The value that so many of a hundred don't exceed. */
    public static double percentile(int percent, List<Double> sorted) {
        return sorted.get(Math.max(0, (int) Math.ceil(sorted.size() * percent / 100.0) - 1));
    }

    private Duration longestWait(Stream<Instant> readings) {
        List<Instant> times =
                Stream.concat(readings, Stream.of(newsroom.clock.instant())).toList();
        return IntStream.range(1, times.size())
                .mapToObj(i -> Duration.between(times.get(i - 1), times.get(i)))
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    private static Instant next(Instant at, Duration pause, Random random) {
        double factor = 0.25 + 1.5 * random.nextDouble();
        return at.plusMillis(Math.round(pause.toMillis() * factor));
    }

    private Optional<Instant> nextRing() {
        if (!hasDoorbell) {
            return Optional.empty();
        }
        Optional<Instant> posted =
                Optional.ofNullable(ahead.peek()).map(post -> post.at().plus(RING));
        return Optional.ofNullable(rings.peek()).map(Ring::at).or(() -> posted);
    }

    private void goOnTo(Instant then) {
        while (!ahead.isEmpty() && !ahead.peek().at().isAfter(then)) {
            Post post = ahead.remove();
            newsroom.clock.set(post.at());
            String ts = newsroom.slack.post(
                    post.channel(), TestNewsroom.REPORTER, "post %d of the evening".formatted(posted.size()));
            posted.add(post);
            rings.add(new Ring(post.channel(), ts, post.at().plus(RING)));
        }
        while (!rings.isEmpty() && !rings.peek().at().isAfter(then)) {
            Ring ring = rings.remove();
            if (hasDoorbell) {
                hasRung = true;
                newsroom.bells().onEvent(new ChannelId(ring.channel()), new MessageTs(ring.ts()));
            }
        }
        newsroom.clock.set(then);
    }

    private void slackIsAsked(String method, Object[] arguments) {
        if (method.equals("close")) {
            return;
        }
        goOnTo(newsroom.clock.instant().plus(CALL));
        if (method.equals("history") && arguments[1].equals(Optional.empty())) {
            readings.computeIfAbsent(((ChannelId) arguments[0]).value(), channel -> new ArrayList<>())
                    .add(newsroom.clock.instant());
        }
    }

    private synchronized void fileIsPut(String method, Object[] arguments) {
        if (!method.equals("put") && !method.equals("putUnlessChanged")) {
            return;
        }
        goOnTo(newsroom.clock.instant().plus(PUT));
        StoredObject object = (StoredObject) arguments[0];
        if (object.key().value().endsWith("/live.json")) {
            Matcher posts = POST.matcher(new String(object.bytes(), StandardCharsets.UTF_8));
            while (posts.find()) {
                seen.putIfAbsent(Integer.valueOf(posts.group(1)), newsroom.clock.instant());
            }
        }
    }

    /** Something that happens at each call of a thing, before the call itself. */
    private interface Before {
        void happens(String method, Object[] arguments);
    }

    private static <T> T slow(Class<T> type, T real, Before before) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    before.happens(method.getName(), arguments);
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
