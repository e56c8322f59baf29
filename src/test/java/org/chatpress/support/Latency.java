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
import org.chatpress.storage.Storage.StoredObject;

/**
 * Measures the time from a post in Slack to the pointer that shows it, on a simulated clock: cycles start every second, a
 * call to Slack takes {@link #CALL}, an upload {@link #PUT}, nothing else takes any time. Slack's rate limits apply.
 */
public final class Latency {
    public static final Duration CALL = Duration.ofMillis(120);
    public static final Duration PUT = Duration.ofMillis(30);

    /** From a post to its socket event. */
    public static final Duration EVENT_DELAY = Duration.ofMillis(200);

    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Pattern POST = Pattern.compile("post (\\d+) of the evening");

    private final TestNewsroom newsroom;
    private final Queue<Post> upcoming = new PriorityQueue<>(Comparator.comparing(Post::at));
    private final Queue<Event> pending = new ArrayDeque<>();
    private boolean sendsEvents;
    private boolean eventArrived;
    private final List<Post> posted = new ArrayList<>();
    private final Map<Integer, Instant> seen = new HashMap<>();
    private final Map<String, List<Instant>> polls = new LinkedHashMap<>();

    /** A message to be posted at this time. */
    public record Post(String channel, Instant at) {}

    private record Event(String channel, String ts, Instant at) {}

    /** @param newsroom a new one */
    public Latency(TestNewsroom newsroom) {
        this.newsroom = newsroom;
        newsroom.faults.enforceLimits();
        // Programs do not start on a full second.
        newsroom.clock.advance(Duration.ofMillis(950));
        newsroom.pollsWhenDue()
                .asksSlackThrough(slack -> slow(SlackClient.class, slack, this::beforeSlackCall))
                .usesStoragesThrough(storage -> slow(Storage.class, storage, this::beforePut));
    }

    /** Slack sends an event for each post, which starts a cycle at once. */
    public Latency withEvents() {
        sendsEvents = true;
        newsroom.events().onConnectionChange(true);
        return this;
    }

    /** Lists so many channels, from {@code C0000} on. */
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

    /** Posts in the channel for this time from now on, a message every {@code pause} on average. */
    public Latency postRegularly(String channel, Duration time, Duration pause, Random random) {
        Instant end = newsroom.clock.instant().plus(time);
        Instant at = next(newsroom.clock.instant(), pause, random);
        while (at.isBefore(end)) {
            upcoming.add(new Post(channel, at));
            at = next(at, pause, random);
        }
        return this;
    }

    /** Posts one message in the channel, so long from now. */
    public Latency post(String channel, Duration later) {
        upcoming.add(new Post(channel, newsroom.clock.instant().plus(later)));
        return this;
    }

    /** Lets the time pass. */
    public Latency run(Duration time) {
        Instant end = newsroom.clock.instant().plus(time);
        Instant tick = newsroom.clock.instant();
        while (tick.isBefore(end)) {
            advanceTo(tick);
            eventArrived = false;
            newsroom.cycleNow();
            Instant now = newsroom.clock.instant();
            tick = tick.plus(TICK).isBefore(now) || eventArrived ? now : tick.plus(TICK);
            Optional<Instant> event = nextEvent();
            tick = event.filter(tick::isAfter).orElse(tick);
        }
        return this;
    }

    /** The seconds that each post took, shortest first; infinity if it was never published. */
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

    /** The same for posts in channels whose first post was at least this long before. */
    public List<Double> secondsOnceActiveFor(Duration time) {
        var first = new HashMap<String, Instant>();
        posted.forEach(post -> first.putIfAbsent(post.channel(), post.at()));
        return seconds(post -> post.at().isAfter(first.get(post.channel()).plus(time)));
    }

    /** The longest time between two polls of a channel from then on, over all channels. */
    public Duration longestWaitSince(Instant then) {
        return polls.values().stream()
                .map(times -> longestWait(times.stream().filter(at -> !at.isBefore(then))))
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    /** The value that this percentage does not exceed. */
    public static double percentile(int percent, List<Double> sorted) {
        return sorted.get(Math.max(0, (int) Math.ceil(sorted.size() * percent / 100.0) - 1));
    }

    private Duration longestWait(Stream<Instant> polls) {
        List<Instant> times =
                Stream.concat(polls, Stream.of(newsroom.clock.instant())).toList();
        return IntStream.range(1, times.size())
                .mapToObj(i -> Duration.between(times.get(i - 1), times.get(i)))
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    private static Instant next(Instant at, Duration pause, Random random) {
        double factor = 0.25 + 1.5 * random.nextDouble();
        return at.plusMillis(Math.round(pause.toMillis() * factor));
    }

    private Optional<Instant> nextEvent() {
        if (!sendsEvents) {
            return Optional.empty();
        }
        Optional<Instant> posted =
                Optional.ofNullable(upcoming.peek()).map(post -> post.at().plus(EVENT_DELAY));
        return Optional.ofNullable(pending.peek()).map(Event::at).or(() -> posted);
    }

    private void advanceTo(Instant then) {
        while (!upcoming.isEmpty() && !upcoming.peek().at().isAfter(then)) {
            Post post = upcoming.remove();
            newsroom.clock.set(post.at());
            String ts = newsroom.slack.post(
                    post.channel(), TestNewsroom.REPORTER, "post %d of the evening".formatted(posted.size()));
            posted.add(post);
            pending.add(new Event(post.channel(), ts, post.at().plus(EVENT_DELAY)));
        }
        while (!pending.isEmpty() && !pending.peek().at().isAfter(then)) {
            Event event = pending.remove();
            if (sendsEvents) {
                eventArrived = true;
                newsroom.events().onEvent(new ChannelId(event.channel()), new MessageTs(event.ts()));
            }
        }
        newsroom.clock.set(then);
    }

    private void beforeSlackCall(String method, Object[] arguments) {
        if (method.equals("close")) {
            return;
        }
        advanceTo(newsroom.clock.instant().plus(CALL));
        if (method.equals("history") && arguments[1].equals(Optional.empty())) {
            polls.computeIfAbsent(((ChannelId) arguments[0]).value(), channel -> new ArrayList<>())
                    .add(newsroom.clock.instant());
        }
    }

    private synchronized void beforePut(String method, Object[] arguments) {
        if (!method.equals("put") && !method.equals("putUnlessChanged")) {
            return;
        }
        advanceTo(newsroom.clock.instant().plus(PUT));
        StoredObject object = (StoredObject) arguments[0];
        if (object.key().value().endsWith("/live.json")) {
            Matcher posts = POST.matcher(new String(object.bytes(), StandardCharsets.UTF_8));
            while (posts.find()) {
                seen.putIfAbsent(Integer.valueOf(posts.group(1)), newsroom.clock.instant());
            }
        }
    }

    /** Runs before each call of an object. */
    private interface Before {
        void call(String method, Object[] arguments);
    }

    private static <T> T slow(Class<T> type, T real, Before before) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    before.call(method.getName(), arguments);
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
