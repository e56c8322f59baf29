package org.chatpress.bench;

import static org.chatpress.bench.MeasuredNewsroom.CHAT;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.SLUG;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.chatpress.bench.MeasuredNewsroom.Cost;
import org.chatpress.config.DatabaseSettings.SqliteFile;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.slack.HistoryPage;
import org.chatpress.poll.plan.PollPlan.ReadPosition;
import org.chatpress.render.json.ChatRenderer;
import org.chatpress.render.json.ChatSource;
import org.chatpress.slack.SlackClient;
import org.chatpress.store.Store;
import org.chatpress.support.Overridden;
import org.chatpress.support.TestNewsroom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What cycles cost: it follows what changed, not how much there is. The database is a real one on the disk. */
class CycleBench {
    private static final int SHORT = 100;
    private static final int LONG = 10_000;
    /** A lap fills a page once, so that in the end no chat has seen fuller pages than another. */
    private static final int LAP = 40;

    /** Slack rings for each change: what is done now and then falls into few of so many cycles. */
    private static final Duration BETWEEN_CYCLES = Duration.ofMillis(100);

    @TempDir
    Path folder;

    private final List<MeasuredNewsroom> newsrooms = new ArrayList<>();

    @AfterEach
    void close() {
        newsrooms.forEach(MeasuredNewsroom::close);
    }

    @Test
    void oneChange() throws IOException {
        var table = new ResultTable("one change", "CPU", "ratio", "wall", "ratio", "bytes", "ratio", "then idle");
        List<Integer> sizes = List.of(SHORT, 1_000, 5_000, LONG);
        measure(table, "new message, chat of %d", 9, sizes, "approval: none", (newsroom, i) -> newsroom.post());
        List<Integer> ends = List.of(SHORT, LONG);
        measure(
                table,
                "edit in a chat of %d",
                2,
                ends,
                "approval: none",
                (newsroom, i) -> newsroom.edit(MeasuredNewsroom.ts(2 * i)));
        measure(
                table,
                "late approval in one of %d",
                2,
                ends,
                TestNewsroom.approval(""),
                (newsroom, i) -> newsroom.approve(MeasuredNewsroom.ts(2 * i)));
        // A takedown writes the whole chat's file at once, too: the time has it, the bytes don't.
        measure(
                table,
                "takedown in a chat of %d",
                1,
                ends,
                "approval: none",
                (newsroom, i) -> newsroom.delete(MeasuredNewsroom.ts(2 * i)));
        table.print();
    }

    /** Side by side, so that a machine that is busy for a while is busy for all; the first laps don't count. */
    private void measure(
            ResultTable table,
            String what,
            int laps,
            List<Integer> sizes,
            String rule,
            BiConsumer<MeasuredNewsroom, Integer> change)
            throws IOException {
        Map<Integer, MeasuredNewsroom> chats = new LinkedHashMap<>();
        Map<Integer, Costs> changes = new LinkedHashMap<>();
        Map<Integer, Costs> idle = new LinkedHashMap<>();
        for (int lap = -2; lap < laps; lap++) {
            for (int size : sizes) {
                // A short chat starts again, or it would soon be long.
                if (size == SHORT || !chats.containsKey(size)) {
                    chats.put(size, opened(size, rule));
                }
            }
            for (int i = 0; i < LAP; i++) {
                for (int size : sizes) {
                    MeasuredNewsroom newsroom = chats.get(size);
                    change.accept(newsroom, size == SHORT ? i : i + LAP * (lap + 2));
                    Cost cost = newsroom.cycle(BETWEEN_CYCLES);
                    Cost none = newsroom.cycle(BETWEEN_CYCLES);
                    if (lap >= 0) {
                        changes.computeIfAbsent(size, s -> new Costs()).add(cost);
                        idle.computeIfAbsent(size, s -> new Costs()).add(none);
                    }
                }
            }
        }
        Costs base = changes.get(SHORT);
        for (int size : sizes) {
            Costs costs = changes.get(size);
            table.add(
                    what.formatted(size),
                    ResultTable.millis(costs.cpu()),
                    ResultTable.times(costs.cpu() / base.cpu()),
                    ResultTable.millis(costs.wall()),
                    ResultTable.times(costs.wall() / base.wall()),
                    String.valueOf(Math.round(costs.bytes())),
                    ResultTable.times(costs.bytes() / base.bytes()),
                    ResultTable.millis(idle.get(size).cpu()));
        }
    }

    private MeasuredNewsroom opened(int size, String rule) throws IOException {
        var newsroom = new MeasuredNewsroom(folder.resolve("desk" + newsrooms.size()));
        newsrooms.add(newsroom);
        newsroom.newsroom.says(rule);
        newsroom.fill(size);
        if (!rule.equals("approval: none")) {
            // Every other one waits for its approval.
            IntStream.range(0, size).filter(i -> i % 2 == 1).forEach(i -> newsroom.approve(MeasuredNewsroom.ts(i)));
        }
        newsroom.cycle(BETWEEN_CYCLES);
        return newsroom;
    }

    @Test
    void quietCycles() throws IOException {
        var newsroom = new MeasuredNewsroom(folder.resolve("quiet"));
        newsrooms.add(newsroom);
        newsroom.fill(5_000);
        var table = new ResultTable("a quiet cycle, one each second", "CPU", "wall");
        var entries = new ArrayList<String>();
        for (int channels : List.of(1, 10, 50)) {
            while (entries.size() < channels) {
                String id = entries.isEmpty() ? CHANNEL : CHANNEL + entries.size();
                newsroom.slack.echo(new ChannelId(id), CHAT);
                entries.add(TestNewsroom.channel(id, SLUG + "-" + entries.size(), "approval: none"));
            }
            newsroom.newsroom.lists(entries.toArray(String[]::new));
            newsroom.settle();
            var costs = new ArrayList<Cost>();
            for (int i = 0; i < 240; i++) {
                costs.add(newsroom.cycle(Duration.ofSeconds(1)));
            }
            table.add(
                    channels + " channels of 5,000 messages",
                    ResultTable.millis(Costs.mean(costs.stream().map(Cost::cpu).toList())),
                    ResultTable.millis(Costs.mean(costs.stream().map(Cost::wall).toList())));
        }
        table.print();
    }

    @Test
    void throughput() throws IOException {
        int size = 5_000;
        Map<String, List<Double>> times = new LinkedHashMap<>();
        for (int round = 0; round < 7; round++) {
            Map<String, Double> stages = stages(folder.resolve("stages" + round), size);
            stages.forEach((stage, time) ->
                    times.computeIfAbsent(stage, s -> new ArrayList<>()).add(time));
        }
        var table = new ResultTable(size + " messages", "a CPU second");
        times.forEach((stage, all) -> table.add(
                stage,
                String.format(Locale.ROOT, "%,.0f", size / ResultTable.median(all.subList(2, all.size())) * 1e9)));
        table.print();
    }

    /** What each stage took of the processor for all of them; Slack is the fake one, in the same process. */
    private static Map<String, Double> stages(Path home, int size) throws IOException {
        var stages = new LinkedHashMap<String, Double>();
        var slack = new AtomicReference<SlackClient>();
        var random = new SplittableRandom(1);
        try (var newsroom = new TestNewsroom(Files.createDirectory(home));
                var another = Store.open(new SqliteFile(home.resolve("another.db")), "a bench")) {
            newsroom.usesStoragesThrough(real -> new InstantStorage()).asksSlackThrough(real -> {
                slack.set(real);
                return real;
            });
            for (int i = 0; i < size; i++) {
                newsroom.slack.post(CHANNEL, TestNewsroom.REPORTER, MeasuredNewsroom.words(random));
            }
            Store store = newsroom.store();
            var readings = new ArrayList<HistoryPage>();
            stages.put("pull", timed(() -> {
                Optional<MessageTs> until = Optional.empty();
                do {
                    readings.add(slack.get().history(CHAT, until, 999));
                    until = readings.get(readings.size() - 1).range().from();
                } while (until.isPresent());
            }));
            stages.put(
                    "store",
                    timed(() -> readings.forEach(page -> another.messages()
                            .savePage(page, TestNewsroom.START, ReadPosition.UNREAD, ReadPosition.UNREAD))));
            stages.put("all: pull, store, approve, render, publish", timed(newsroom::cycle));
            ChatSource unrendered = Overridden.of(
                            ChatSource.class, store.publicMessages().chat(CHAT))
                    .with("indexKey", digest -> Optional.empty())
                    .with("pages", none -> List.of())
                    .get();
            stages.put("render", timed(() -> ChatRenderer.render(unrendered, true)));
        }
        return stages;
    }

    private static double timed(Runnable work) {
        long start = MeasuredNewsroom.cpu();
        work.run();
        return MeasuredNewsroom.cpu() - start;
    }

    /** Cycles that wrote the whole chat's file, or read a page of older messages, are left out of the times if others are there. */
    private static final class Costs {
        private final List<Cost> all = new ArrayList<>();

        void add(Cost cost) {
            all.add(cost);
        }

        double wall() {
            return mean(ofTheChange().stream().map(Cost::wall).toList());
        }

        double cpu() {
            return mean(ofTheChange().stream().map(Cost::cpu).toList());
        }

        double bytes() {
            return mean(all.stream().map(Cost::bytes).toList());
        }

        private List<Cost> ofTheChange() {
            List<Cost> justTheChange = all.stream()
                    .filter(cost -> !cost.wroteWholeChat() && !cost.readOlderPage())
                    .toList();
            return justTheChange.isEmpty() ? all : justTheChange;
        }

        static double mean(List<Double> values) {
            return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        }
    }
}
