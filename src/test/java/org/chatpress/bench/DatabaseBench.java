package org.chatpress.bench;

import static org.chatpress.bench.MeasuredNewsroom.CHAT;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.SLUG;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.chatpress.bench.MeasuredNewsroom.Cost;
import org.chatpress.config.DatabaseSettings;
import org.chatpress.config.DatabaseSettings.SqliteFile;
import org.chatpress.model.ChannelId;
import org.chatpress.store.Store;
import org.chatpress.support.PostgresqlProcess;
import org.chatpress.support.TestNewsroom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What cycles cost with PostgreSQL, on the same machine and crash-safe as SQLite is. Both take turns, so that a machine
 * that is busy for a while is busy for both.
 */
class DatabaseBench {
    private static final int WARM_UP = 40;
    private static final int CYCLES = 200;

    @TempDir
    Path folder;

    private final Map<String, MeasuredNewsroom> newsrooms = new LinkedHashMap<>();

    @AfterEach
    void close() {
        newsrooms.values().forEach(MeasuredNewsroom::close);
    }

    @Test
    void quietCycle() throws IOException {
        try (PostgresqlProcess server = PostgresqlProcess.startCrashSafe()) {
            open(server, "quiet", 1_000);
            var entries = new ArrayList<String>();
            while (entries.size() < 50) {
                entries.add(TestNewsroom.channel(id(entries.size()), SLUG + "-" + entries.size(), "approval: none"));
            }
            for (MeasuredNewsroom newsroom : newsrooms.values()) {
                for (int i = 1; i < entries.size(); i++) {
                    newsroom.slack.echo(new ChannelId(id(i)), CHAT);
                }
                newsroom.newsroom.lists(entries.toArray(String[]::new));
                newsroom.settle();
            }
            compare("a quiet cycle of 50 channels", newsroom -> {}, Duration.ofSeconds(1));
            close();
            newsrooms.clear();
        }
    }

    @Test
    void newMessage() throws IOException {
        try (PostgresqlProcess server = PostgresqlProcess.startCrashSafe()) {
            open(server, "message", 10_000);
            newsrooms.values().forEach(newsroom -> newsroom.cycle(Duration.ofMillis(100)));
            compare("a new message in a chat of 10,000", MeasuredNewsroom::post, Duration.ofMillis(100));
            close();
            newsrooms.clear();
        }
    }

    private void open(PostgresqlProcess server, String name, int messages) throws IOException {
        Map<String, DatabaseSettings> databases = new LinkedHashMap<>();
        databases.put("SQLite", new SqliteFile(folder.resolve(name + ".db")));
        databases.put("PostgreSQL", server.settings(name));
        for (Map.Entry<String, DatabaseSettings> database : databases.entrySet()) {
            var newsroom = new MeasuredNewsroom(folder.resolve(name + " " + database.getKey()));
            newsroom.newsroom.opens(() -> Store.open(database.getValue(), "a benchmark"));
            newsrooms.put(database.getKey(), newsroom.fill(messages));
        }
    }

    private static String id(int channel) {
        return channel == 0 ? CHANNEL : CHANNEL + channel;
    }

    /** Medians of the cycles that wrote no whole chat's file and read no page of older messages. */
    private void compare(String what, Consumer<MeasuredNewsroom> change, Duration between) {
        Map<String, List<Cost>> costs = new LinkedHashMap<>();
        for (int i = -WARM_UP; i < CYCLES; i++) {
            for (Map.Entry<String, MeasuredNewsroom> newsroom : newsrooms.entrySet()) {
                change.accept(newsroom.getValue());
                Cost cost = newsroom.getValue().cycle(between);
                if (i >= 0 && !cost.wroteWholeChat() && !cost.readOlderPage()) {
                    costs.computeIfAbsent(newsroom.getKey(), none -> new ArrayList<>())
                            .add(cost);
                }
            }
        }
        var table = new ResultTable(what, "wall", "ratio", "CPU", "fastest");
        double base =
                ResultTable.median(costs.get("SQLite").stream().map(Cost::wall).toList());
        costs.forEach((database, all) -> {
            double wall = ResultTable.median(all.stream().map(Cost::wall).toList());
            table.add(
                    database,
                    ResultTable.millis(wall),
                    ResultTable.times(wall / base),
                    ResultTable.millis(
                            ResultTable.median(all.stream().map(Cost::cpu).toList())),
                    ResultTable.millis(
                            all.stream().mapToDouble(Cost::wall).min().orElseThrow()));
        });
        table.print();
    }
}
