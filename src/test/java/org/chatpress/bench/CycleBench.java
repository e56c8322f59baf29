package org.chatpress.bench;

import static org.chatpress.support.Newsroom.REPORTER;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.chatpress.model.MessageTs;
import org.chatpress.support.Newsroom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One new message costs no more in a long chat than in a short one: 1.5 times the time, 1.3 times the bytes at most. */
class CycleBench {
    private static final int SHORT = 100;
    private static final List<Integer> SIZES = List.of(SHORT, 1_000, 5_000, 10_000);
    private static final int ROUNDS = 60;

    @TempDir
    Path folder;

    @Test
    void aNewMessageAndNone() throws Exception {
        Map<Integer, Newsroom> newsrooms = new LinkedHashMap<>();
        for (int size : SIZES) {
            newsrooms.put(size, chat(size));
        }
        Map<Integer, List<Double>> times = new LinkedHashMap<>();
        Map<Integer, List<Double>> bytes = new LinkedHashMap<>();
        Map<Integer, List<Double>> idle = new LinkedHashMap<>();
        // Side by side, so that a machine that is busy for a while is busy for all of them.
        for (int round = 0; round < 2 * ROUNDS; round++) {
            for (int size : SIZES) {
                double[] figures = round(newsrooms.get(size), round);
                if (round >= ROUNDS) {
                    times.computeIfAbsent(size, s -> new ArrayList<>()).add(figures[0]);
                    bytes.computeIfAbsent(size, s -> new ArrayList<>()).add(figures[1]);
                    idle.computeIfAbsent(size, s -> new ArrayList<>()).add(figures[2]);
                }
            }
        }
        newsrooms.values().forEach(Newsroom::close);

        var table = new Figures("chat of", "one new", "ratio", "bytes put", "ratio", "idle cycle");
        for (int size : SIZES) {
            double time = Figures.median(times.get(size));
            // The mean: pages are rewritten every few messages only.
            double put = mean(bytes.get(size));
            table.add(
                    size + " messages",
                    Figures.millis(time),
                    Figures.times(time / Figures.median(times.get(SHORT))),
                    String.valueOf(Math.round(put)),
                    Figures.times(put / mean(bytes.get(SHORT))),
                    Figures.millis(Figures.median(idle.get(size))));
        }
        table.print();
    }

    private final Map<Newsroom, InstantSlack> slacks = new HashMap<>();

    private Newsroom chat(int size) throws Exception {
        var newsroom = new Newsroom(Files.createDirectory(folder.resolve("chat" + size)));
        var slack = new InstantSlack(newsroom.clock);
        newsroom.asksSlackThrough(real -> slack);
        for (int i = 0; i < size; i++) {
            Instant at = Newsroom.START.plusMillis(100L * i);
            slack.post(MessageTs.at(at), REPORTER, "update " + i + " of the count, precinct by precinct");
        }
        newsroom.cycle();
        slacks.put(newsroom, slack);
        return newsroom;
    }

    /** Nanoseconds of a cycle with one new message, bytes it put beside the whole chat's file, nanoseconds of an idle one. */
    private double[] round(Newsroom newsroom, int round) {
        slacks.get(newsroom).post(MessageTs.at(newsroom.clock.instant()), REPORTER, "one more: " + round);
        newsroom.storage().forgetOperations();
        double time = timed(newsroom);
        // The whole chat's file grows with the chat; a budget of its own holds it back.
        double bytes = newsroom.storage().puts().stream()
                .filter(key -> key.contains("/"))
                .mapToInt(key -> newsroom.storage().blob(key).orElseThrow().bytes().length)
                .sum();
        return new double[] {time, bytes, timed(newsroom)};
    }

    private static double timed(Newsroom newsroom) {
        long start = System.nanoTime();
        newsroom.cycle();
        return System.nanoTime() - start;
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }
}
