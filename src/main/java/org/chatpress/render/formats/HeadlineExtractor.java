package org.chatpress.render.formats;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.chatpress.model.PublicMessage;
import org.chatpress.model.PublicMessage.LinkPreview;
import org.chatpress.model.VisibleText;
import org.chatpress.text.document.HtmlSanitizer;

/**
 * The headline of a message, at most {@value #MAX_LENGTH} characters: the editor's headline, else a bold line at its
 * start, else its first sentence, else the caption of a photo or the title of a link preview.
 */
final class HeadlineExtractor {
    static final int MAX_LENGTH = 110;

    private static final Pattern BOLD_LINE = Pattern.compile("<p><strong>([^<]+)</strong>(</p>|<br)");
    private static final Pattern SENTENCE_END =
            Pattern.compile("(\\S*)[.!?\\u2026][\"'\\u201D\\u2019)]*(?=\\s)|[\\u3002\\uFF01\\uFF1F]");

    /** Gov., Sen., St. and the like do not end a sentence. */
    private static final Pattern ABBREVIATION = Pattern.compile("\\p{P}*(\\p{Lu}\\p{L}{0,3}|(\\p{L}\\.)+\\p{L})");

    private HeadlineExtractor() {}

    /** Empty if the message has no text at all. */
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
                .filter(text -> !text.isEmpty())
                .findFirst()
                .map(HeadlineExtractor::shortened);
    }

    /** Cuts a line between words. */
    static String shortened(String line) {
        return shortened(line, MAX_LENGTH);
    }

    static String shortened(String line, int maxLength) {
        if (line.codePointCount(0, line.length()) <= maxLength) {
            return line;
        }
        String start = line.substring(0, line.offsetByCodePoints(0, maxLength - 1));
        int space = start.lastIndexOf(' ');
        return (space > maxLength / 2 ? start.substring(0, space) : start).strip() + "\u2026";
    }

    private static String boldLine(String html) {
        Matcher bold = BOLD_LINE.matcher(html);
        return bold.lookingAt() ? HtmlSanitizer.plainText(bold.group(1)) : "";
    }

    private static String firstSentence(String text) {
        String line = text.lines()
                .map(VisibleText::line)
                .filter(candidate -> !candidate.isEmpty())
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
