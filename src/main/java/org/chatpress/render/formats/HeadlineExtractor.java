package org.chatpress.render.formats;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.chatpress.model.LinkPreview;
import org.chatpress.model.PublicMessage;
import org.chatpress.text.document.VisibleText;

/**
 * A message's headline: the editor's, else a bold line that it begins with, else its first sentence, else what its
 * photo or link says. At most {@value #MAX_LENGTH} characters.
 */
final class HeadlineExtractor {
    static final int MAX_LENGTH = 110;

    private static final Pattern BOLD_LINE = Pattern.compile("<p><strong>([^<]+)</strong>(</p>|<br)");
    private static final Pattern SENTENCE_END =
            Pattern.compile("(\\S*)[.!?\\u2026][\"'\\u201D\\u2019)]*(?=\\s)|[\\u3002\\uFF01\\uFF1F]");

    /** Gov., Sen., St. and their like end no sentence. */
    private static final Pattern ABBREVIATION = Pattern.compile("\\p{P}*(\\p{Lu}\\p{L}{0,3}|(\\p{L}\\.)+\\p{L})");

    private HeadlineExtractor() {}

    /** Empty if there are no words at all. */
    static Optional<String> of(PublicMessage message) {
        return Stream.concat(
                        Stream.of(
                                message.annotations().headline(),
                                boldLine(message.html()),
                                firstSentence(message.text())),
                        Stream.concat(
                                message.photos().stream().flatMap(photo -> Stream.of(photo.caption(), photo.alt())),
                                message.previews().stream().map(LinkPreview::title)))
                .map(VisibleText::line)
                .filter(words -> !words.isEmpty())
                .findFirst()
                .map(HeadlineExtractor::shortened);
    }

    /** Cut between words. */
    static String shortened(String line) {
        return shortened(line, MAX_LENGTH);
    }

    static String shortened(String line, int most) {
        if (line.codePointCount(0, line.length()) <= most) {
            return line;
        }
        String start = line.substring(0, line.offsetByCodePoints(0, most - 1));
        int space = start.lastIndexOf(' ');
        return (space > most / 2 ? start.substring(0, space) : start).strip() + "\u2026";
    }

    private static String boldLine(String html) {
        Matcher bold = BOLD_LINE.matcher(html);
        return bold.lookingAt() ? PlainText.of(bold.group(1)) : "";
    }

    private static String firstSentence(String text) {
        String line = text.lines()
                .map(VisibleText::line)
                .filter(words -> !words.isEmpty())
                .findFirst()
                .orElse("");
        Matcher end = SENTENCE_END.matcher(line);
        while (end.find()) {
            boolean isAbbreviation = end.group(1) != null
                    && end.group().endsWith(".")
                    && ABBREVIATION.matcher(end.group(1)).matches();
            if (!isAbbreviation) {
                return line.substring(0, end.end());
            }
        }
        return line;
    }
}
