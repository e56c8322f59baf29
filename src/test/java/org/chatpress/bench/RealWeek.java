package org.chatpress.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** An export of 4,143 messages in 118 channels: a real one where it is at hand, else one made up in its image. */
final class RealWeek {
    private static final Path DATA = Path.of(System.getProperty("chatpress.data", "../shared/data"));
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CHANNELS = 118;
    private static final int PEOPLE = 317;
    private static final int MESSAGES = 4_143;

    private RealWeek() {}

    static Path orOneLikeIt(Path folder) throws IOException {
        Path real = DATA.resolve("clojurians-2018-02-01-to-05.zip");
        return Files.exists(real) ? real : madeUp(folder.resolve("made-up.zip"));
    }

    private static Path madeUp(Path file) throws IOException {
        var random = new SplittableRandom(20180201);
        ArrayNode people = JSON.createArrayNode();
        for (int i = 0; i < PEOPLE; i++) {
            people.addObject().put("id", "U0PERSON" + i).put("real_name", "Person " + i);
        }
        ArrayNode channels = JSON.createArrayNode();
        for (int i = 0; i < CHANNELS; i++) {
            channels.addObject().put("id", "C0CHANNEL" + i).put("name", "channel-" + i);
        }
        ArrayNode[] days = new ArrayNode[CHANNELS];
        for (int i = 0; i < MESSAGES; i++) {
            // A few channels are busy, most are quiet.
            int channel = (int) (CHANNELS * Math.pow(random.nextDouble(), 4));
            days[channel] = days[channel] == null ? JSON.createArrayNode() : days[channel];
            days[channel]
                    .addObject()
                    .put("type", "message")
                    .put("user", "U0PERSON" + random.nextInt(PEOPLE))
                    .put("ts", "%d.%06d".formatted(1_517_443_200 + i * 100L, i))
                    .put("text", "word *by* word, `count` by <https://example.org|count> :tada: ".repeat(1 + i % 5));
        }
        try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
            entry(zip, "users.json", people);
            entry(zip, "channels.json", channels);
            for (int i = 0; i < CHANNELS; i++) {
                if (days[i] != null) {
                    entry(zip, "channel-" + i + "/2018-02-01.json", days[i]);
                }
            }
        }
        return file;
    }

    private static void entry(ZipOutputStream zip, String name, ArrayNode content) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(JSON.writeValueAsBytes(content));
        zip.closeEntry();
    }
}
