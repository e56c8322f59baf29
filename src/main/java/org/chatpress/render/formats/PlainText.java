package org.chatpress.render.formats;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.chatpress.text.document.VisibleText;

/** The words of clean HTML, on one line. */
final class PlainText {
    private static final Pattern TAG = Pattern.compile("<(/?)([a-z0-9]+)[^>]*>");
    private static final Pattern WITHIN_A_LINE = Pattern.compile("strong|em|b|i|s|u|code|a|span");
    private static final Pattern ENTITY = Pattern.compile("&(?:#(\\d{1,7})|#x([0-9a-fA-F]{1,6})|(amp|lt|gt|quot));");
    private static final Map<String, String> NAMED = Map.of("amp", "&", "lt", "<", "gt", ">", "quot", "\"");

    private PlainText() {}

    static String of(String cleanHtml) {
        String words = TAG.matcher(cleanHtml)
                .replaceAll(tag -> WITHIN_A_LINE.matcher(tag.group(2)).matches() ? "" : " ");
        return VisibleText.line(ENTITY.matcher(words)
                .replaceAll(entity ->
                        Matcher.quoteReplacement(decoded(entity.group(1), entity.group(2), entity.group(3)))));
    }

    private static String decoded(String decimal, String hexadecimal, String name) {
        if (name != null) {
            return NAMED.get(name);
        }
        int c = decimal != null ? Integer.parseInt(decimal) : Integer.parseInt(hexadecimal, 16);
        return Character.isValidCodePoint(c) ? Character.toString(c) : "";
    }
}
