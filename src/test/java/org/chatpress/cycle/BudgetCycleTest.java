package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SLUG;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.chatpress.storage.Storage.StoredObject;
import org.chatpress.support.TestNewsroom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How often files are written, and how long unreferenced files stay. */
@Tag("slow")
class BudgetCycleTest extends WithNewsroom {
    private static final String WHOLE = SLUG + ".json";

    private Random random;

    @BeforeEach
    void seedRandom() {
        random = new Random(1);
    }

    // THE FILE OF THE WHOLE CHAT

    @Test
    void theFileOfASmallChatIsWrittenWithEachChange() {
        for (int i = 0; i < 5; i++) {
            post();
            newsroom.cycle();
            assertThat(newsroom.reader().whole().path("messages")).hasSize(i + 1);
        }
    }

    @Test
    void theFileOfALargeChatIsWrittenAtFourKilobytesASecondAndCatchesUpInAPause() {
        IntStream.range(0, 1500).forEach(i -> post());
        newsroom.cycle();
        int zipped = zipped(newsroom.storage().blob(WHOLE).orElseThrow());
        int pause = zipped / 4096;
        assertThat(pause).isGreaterThan(20);
        newsroom.storage().forgetOperations();

        int cycles = 40;
        for (int i = 0; i < cycles; i++) {
            post();
            newsroom.cycle();
        }
        long written = newsroom.storage().puts().stream().filter(WHOLE::equals).count();
        assertThat(written).isBetween(2L, cycles * 10L / pause);

        while (messagesInWhole() == messages()) {
            post();
            newsroom.cycle();
        }
        newsroom.clock.advance(Duration.ofSeconds(2L * pause));
        newsroom.storage().forgetOperations();
        newsroom.cycle();
        newsroom.cycle();
        assertThat(newsroom.storage().puts()).containsExactly(WHOLE);
        assertThat(messagesInWhole()).isEqualTo(messages());
    }

    @Test
    void aClockThatWasYearsAheadLeavesNoTrace() {
        Duration years = Duration.ofDays(1500);
        IntStream.range(0, 1500).forEach(i -> post());
        newsroom.cycle();
        int pause = zipped(newsroom.storage().blob(WHOLE).orElseThrow()) / 4096;
        newsroom.clock.advance(years);
        newsroom.slackIsAheadBy(years.negated());
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        newsroom.cycle();
        newsroom.cycle();
        assertThat(newsroom.reader().pointer().path("updated").asText()).startsWith("2030");

        newsroom.clock.advance(years.negated());
        newsroom.slackIsAheadBy(Duration.ZERO);
        post();
        newsroom.cycle();
        newsroom.storage().forgetOperations();
        int cycles = 20;
        for (int i = 0; i < cycles; i++) {
            post();
            newsroom.cycle();
        }

        assertThat(newsroom.reader().pointer().path("updated").asText()).startsWith("2026");
        assertThat(newsroom.storage().puts().stream().filter(WHOLE::equals))
                .hasSizeLessThanOrEqualTo(cycles * 10 / pause);
        newsroom.slack.delete(CHANNEL, ts);
        newsroom.storage().full(true);
        newsroom.cycle();
        assertThat(newsroom.storage().everything()).doesNotContain("Smith");
    }

    @Test
    void theFileOfALargeChatIsWrittenAtOnceForATakedown() {
        String ts = newsroom.slack.post(CHANNEL, REPORTER, "Smith wins");
        IntStream.range(0, 1500).forEach(i -> post());
        newsroom.cycle();

        newsroom.says("approval: none, withdraw: [\"" + ts + "\"]").cycle();

        assertThat(newsroom.reader().whole().path("messages")).hasSize(1500);
        assertThat(newsroom.storage().everything()).doesNotContain("Smith");
    }

    @Test
    void theFileOfALargeChatIsWrittenAtOnceWhenItCloses() {
        IntStream.range(0, 1500).forEach(i -> post());
        newsroom.cycle();
        post();
        newsroom.cycle();
        assertThat(newsroom.reader().whole().path("messages")).hasSize(1500);

        newsroom.says("approval: none, closed: true").cycle();

        assertThat(newsroom.reader().whole().path("messages")).hasSize(1501);
        assertThat(newsroom.reader().whole().at("/channel/live").asBoolean(true))
                .isFalse();
    }

    // GRACE

    @Test
    void unreferencedFilesStayForFifteenMinutes() {
        post();
        newsroom.cycle();
        Set<String> before = newsroom.storage().keys();
        for (int i = 0; i < 10; i++) {
            post();
            newsroom.cycle();
        }
        assertThat(newsroom.storage().keys()).containsAll(before);
        newsroom.clock.advance(Duration.ofMinutes(13));
        newsroom.cycle();
        assertThat(newsroom.storage().keys()).containsAll(before);

        newsroom.clock.advance(Duration.ofMinutes(3));
        newsroom.cycle();

        assertThat(newsroom.storage().keys()).hasSize(6).doesNotContainAnyElementsOf(immutable(before));
        assertThat(newsroom.reader().texts()).hasSize(11);
    }

    private static List<String> immutable(Set<String> keys) {
        // The authors are the same, so their file is too.
        return keys.stream()
                .filter(key -> key.contains("/i/x-") || key.contains("/i/p-"))
                .toList();
    }

    // BYTES

    @Test
    void aNewMessageUploadsAboutAsManyBytesInALargeChatAsInASmallOne() throws IOException {
        List<Integer> small = costs(newsroom, 100);
        newsroom.close();
        newsroom = new TestNewsroom(Files.createDirectory(folder.resolve("large")));

        List<Integer> large = costs(newsroom, 5000);

        assertThat(mean(large)).isLessThanOrEqualTo(1.3 * mean(small));
        assertThat(large).allMatch(bytes -> bytes <= 64 * 1024);
    }

    /** The bytes uploaded for each of ten new messages, without the file of the whole chat and the list of channels. */
    private List<Integer> costs(TestNewsroom newsroom, int messages) {
        random = new Random(1);
        IntStream.range(0, messages).forEach(i -> post());
        newsroom.cycle();
        return IntStream.range(0, 10)
                .mapToObj(i -> {
                    newsroom.storage().forgetOperations();
                    post();
                    newsroom.cycle();
                    return newsroom.storage().everPut().stream()
                            .filter(object -> object.key().value().startsWith(SLUG + "/"))
                            .mapToInt(object -> object.bytes().length)
                            .sum();
                })
                .toList();
    }

    private static double mean(List<Integer> bytes) {
        return bytes.stream().mapToInt(Integer::intValue).average().orElseThrow();
    }

    private int messagesInWhole() {
        return newsroom.reader().whole().path("messages").size();
    }

    private int messages() {
        return newsroom.reader().pointer().path("count").asInt();
    }

    /** Posts a message of about 140 letters that compresses as badly as prose. */
    private void post() {
        StringBuilder text = new StringBuilder();
        while (text.length() < 140) {
            text.append(Integer.toString(random.nextInt(1 << 20), 36)).append(' ');
        }
        newsroom.slack.post(CHANNEL, REPORTER, text.toString());
    }

    private static int zipped(StoredObject object) {
        var out = new ByteArrayOutputStream();
        try (var zip = new GZIPOutputStream(out)) {
            zip.write(object.bytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.size();
    }
}
