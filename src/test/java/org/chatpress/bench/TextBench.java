package org.chatpress.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.zip.ZipFile;
import org.chatpress.model.MessageTs;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.text.CustomEmoji;
import org.chatpress.text.EmojiTable;
import org.chatpress.text.MessageFormatter;
import org.chatpress.text.MessageFormatter.ResolvedNames;
import org.chatpress.text.UnsanitizedFormatter;
import org.chatpress.text.pattern.PatternMatcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Messages formatted a second on one core, and the cost of sanitizing them. */
class TextBench {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ResolvedNames NAMES = new ResolvedNames(Map.of(), Map.of(), CustomEmoji.none());
    private static final int WARM_UP = 40;
    private static final int ROUNDS = 31;

    /** CPU time of the thread: other programs on the machine do not count. */
    private final ThreadMXBean cpu = ManagementFactory.getThreadMXBean();

    @TempDir
    Path folder;

    /** Uses the results, so that the compiler does not remove the code. */
    @SuppressWarnings("unused")
    private long length;

    @Test
    void theMessagesOfAWeek() throws IOException {
        List<String> texts = texts();
        List<SlackMessage> composed = texts.stream().map(TextBench::composed).toList();
        var unsanitized = new UnsanitizedFormatter(NAMES, EmojiTable.standard());
        var text = new MessageFormatter(EmojiTable.standard());
        List<String> htmls = texts.stream().map(unsanitized::html).toList();

        var table = new ResultTable(texts.size() + " messages, one core", "at first", "warm");
        measure(table, "mrkdwn to HTML", texts, unsanitized::html);
        measure(table, "blocks to HTML", composed, unsanitized::html);
        measure(table, "sanitizing that HTML", htmls, UnsanitizedFormatter::sanitized);
        measure(table, "mrkdwn to sanitized HTML and plain text", texts, each -> {
            MessageFormatter.FormattedText formatted = text.format(each, NAMES, ZoneOffset.UTC, PatternMatcher.NONE);
            return formatted.html() + formatted.text();
        });
        table.print();
    }

    private <T> void measure(ResultTable table, String what, List<T> messages, Function<T, String> render) {
        var times = new ArrayList<Double>();
        for (int round = 0; round < WARM_UP + ROUNDS; round++) {
            long start = cpu.getCurrentThreadCpuTime();
            for (T message : messages) {
                length += render.apply(message).length();
            }
            times.add((double) (cpu.getCurrentThreadCpuTime() - start));
        }
        double warm = ResultTable.median(times.subList(WARM_UP, times.size()));
        table.add(what, perSecond(messages.size(), times.get(0)), perSecond(messages.size(), warm));
    }

    private static String perSecond(int messages, double nanos) {
        return String.format(Locale.ROOT, "%,.0f/s", messages / nanos * 1e9);
    }

    private List<String> texts() throws IOException {
        var texts = new ArrayList<String>();
        try (var zip = new ZipFile(RealWeek.orOneLikeIt(folder).toFile())) {
            for (var entry : zip.stream().toList()) {
                if (entry.getName().contains("/") && entry.getName().endsWith(".json")) {
                    JSON.readTree(zip.getInputStream(entry))
                            .forEach(message -> texts.add(message.path("text").asText()));
                }
            }
        }
        return texts;
    }

    /** The same text as rich text, with an element for each word that has a style. */
    private static SlackMessage composed(String text) {
        ObjectNode json = JSON.createObjectNode().put("text", text);
        ObjectNode block = json.putArray("blocks").addObject().put("type", "rich_text");
        ArrayNode elements = block.putArray("elements")
                .addObject()
                .put("type", "rich_text_section")
                .putArray("elements");
        var plain = new StringBuilder();
        for (String word : text.split("(?<= )|(?=<)|(?<=>)", -1)) {
            if (word.startsWith("<@")) {
                addText(elements, plain);
                elements.addObject().put("type", "user").put("user_id", word.replaceAll("[<@>]|\\|.*", ""));
            } else if (word.startsWith("<http")) {
                addText(elements, plain);
                elements.addObject().put("type", "link").put("url", word.replaceAll("[<>]|\\|.*", ""));
            } else if (word.startsWith("*") || word.startsWith("`")) {
                addText(elements, plain);
                String style = word.startsWith("*") ? "bold" : "code";
                elements.addObject()
                        .put("type", "text")
                        .put("text", word)
                        .putObject("style")
                        .put(style, true);
            } else {
                plain.append(word);
            }
        }
        addText(elements, plain);
        return new SlackMessage(new MessageTs("1517443200.000100"), (JsonNode) json);
    }

    private static void addText(ArrayNode elements, StringBuilder plain) {
        if (!plain.isEmpty()) {
            elements.addObject().put("type", "text").put("text", plain.toString());
            plain.setLength(0);
        }
    }
}
