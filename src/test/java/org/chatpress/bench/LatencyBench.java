package org.chatpress.bench;

import static org.chatpress.support.Latency.channel;
import static org.chatpress.support.Latency.percentile;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.chatpress.support.Latency;
import org.chatpress.support.TestNewsroom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Seconds on a simulated clock from a post to the pointer that shows it; one channel in ten is active, or the only one. */
class LatencyBench {
    private static final Duration FIFTEEN_MINUTES = Duration.ofMinutes(15);
    private static final Duration THIRTY_SECONDS = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    @Test
    void withPollingAndWithSocketMode() throws Exception {
        var table = new ResultTable("channels", "posts", "median", "95 %", "longest");
        for (int channels : List.of(1, 10, 50)) {
            table.add(channels + " polling", columns(channels, false));
            table.add(channels + " with Socket Mode", columns(channels, true));
        }
        table.print();
    }

    private String[] columns(int channels, boolean socketMode) throws Exception {
        try (var newsroom = new TestNewsroom(Files.createDirectory(folder.resolve(channels + "-" + socketMode)))) {
            Latency latency = new Latency(newsroom).channels(channels);
            if (socketMode) {
                latency.withEvents();
            }
            latency.run(Duration.ofMinutes(3));
            var random = new Random(1);
            for (int i = 0; i < Math.max(1, channels / 10); i++) {
                latency.postRegularly(channel(i), FIFTEEN_MINUTES, THIRTY_SECONDS, random);
            }
            latency.run(FIFTEEN_MINUTES.plusMinutes(2));
            List<Double> seconds = latency.seconds(post -> true);
            return new String[] {
                String.valueOf(seconds.size()),
                seconds(percentile(50, seconds)),
                seconds(percentile(95, seconds)),
                seconds(percentile(100, seconds))
            };
        }
    }

    private static String seconds(double seconds) {
        return String.format(Locale.ROOT, "%.2f s", seconds);
    }
}
