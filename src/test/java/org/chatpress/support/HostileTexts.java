package org.chatpress.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Texts that mean harm to whatever shows or keeps them. */
public final class HostileTexts {
    private static final Pattern CODE = Pattern.compile("\\\\u([0-9a-f]{4})");

    private HostileTexts() {}

    /** All of them, each once. */
    public static List<String> all() {
        try (InputStream in = HostileTexts.class.getResourceAsStream("/org/chatpress/text/hostile.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("# "))
                    .map(HostileTexts::unescaped)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** They are written as in Java: what can't be seen is escaped. */
    private static String unescaped(String line) {
        return CODE.matcher(line)
                .replaceAll(
                        code -> Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(code.group(1), 16))))
                .replace("\\t", "\t")
                .replace("\\n", "\n")
                .replace("\\r", "\r")
                .replace("\\\\", "\\");
    }
}
