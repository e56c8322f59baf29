package org.chatpress.bench;

import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.chatpress.text.CustomEmoji;
import org.chatpress.text.Emoji;
import org.chatpress.text.MessageText;
import org.junit.jupiter.api.Test;

/** What it costs to turn Slack's mrkdwn into clean HTML. */
class TextBench {
    private static final List<String> WORDS = List.of(
            "the",
            "count",
            "goes",
            "*on*",
            "_and_",
            "~off~",
            "`code`",
            ":tada:",
            ":wave::skin-tone-3:",
            "<@U0REPORTER>",
            "<https://example.org/a?b=1&amp;c|results>",
            "10:30",
            "\n&gt; quoted\n",
            "\n• listed\n");

    @Test
    void aThousandMessages() {
        var random = new SplittableRandom(20261103);
        List<String> texts = IntStream.range(0, 1_000)
                .mapToObj(i -> words(random, 5 + random.nextInt(40)))
                .toList();
        var text = new MessageText(Emoji.standard());
        var names = new MessageText.Names(Map.of(), Map.of(), CustomEmoji.none());
        var times = new ArrayList<Double>();
        for (int round = 0; round < 25; round++) {
            long start = System.nanoTime();
            texts.forEach(each -> text.words(each, names, ZoneOffset.UTC));
            times.add((double) (System.nanoTime() - start));
        }

        var table = new Figures("1,000 messages of mrkdwn", "to HTML");
        table.add("at first", Figures.millis(times.get(0)));
        table.add("warm", Figures.millis(Figures.median(times.subList(10, times.size()))));
        table.print();
    }

    private static String words(SplittableRandom random, int count) {
        var words = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            words.add(WORDS.get(random.nextInt(WORDS.size())));
        }
        return String.join(" ", words);
    }
}
