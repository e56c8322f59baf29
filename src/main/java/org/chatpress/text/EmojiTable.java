package org.chatpress.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Slack's emoji names and the characters they stand for, such as {@code wave} and {@code wave::skin-tone-3}. A
 * workspace's own emoji are pictures and have no character.
 */
public final class EmojiTable {
    // The longest name in the table has 52 characters; a limit keeps a text of colons from being read again and again.
    private static final int LONGEST_NAME = 64;
    private static final String TONE = "skin-tone-";

    private final Map<String, Glyph> glyphs;

    private EmojiTable(Map<String, Glyph> glyphs) {
        this.glyphs = Map.copyOf(glyphs);
    }

    /** The emoji that every workspace has. */
    public static EmojiTable standard() {
        var glyphs = new HashMap<String, Glyph>();
        try (var table = new BufferedReader(
                new InputStreamReader(EmojiTable.class.getResourceAsStream("emoji.tsv"), StandardCharsets.UTF_8))) {
            for (String line = table.readLine(); line != null; line = table.readLine()) {
                if (!line.startsWith("#")) {
                    read(line, glyphs);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read emoji.tsv", e);
        }
        return new EmojiTable(glyphs);
    }

    /** No emoji at all: every name stays a name. */
    static EmojiTable none() {
        return new EmojiTable(Map.of());
    }

    /**
     * The character of a name as reactions bear it; empty for a name that Unicode has no character for. A skin tone
     * that the emoji can't take is left out.
     *
     * @param shortName without the outer colons: {@code +1}, {@code wave::skin-tone-3}
     */
    public Optional<String> character(String shortName) {
        int tone = shortName.indexOf("::" + TONE);
        if (tone < 0) {
            return Optional.ofNullable(glyphs.get(shortName)).map(Glyph::plain);
        }
        String toneName = shortName.substring(tone + 2);
        return Optional.ofNullable(glyphs.get(shortName.substring(0, tone))).map(glyph -> glyph.inTone(toneName));
    }

    /** The name that begins behind the colon at this place, whether or not we know it; empty if none does. */
    static Optional<String> nameAt(String text, int colon) {
        int end = endOfName(text, colon);
        if (end < 0) {
            return Optional.empty();
        }
        String name = text.substring(colon + 1, end - 1);
        return isPartOfTime(text, colon, end, name) ? Optional.empty() : Optional.of(name);
    }

    /** The emoji that begins with the colon at this place; empty if none does. */
    Optional<Match> at(String text, int colon) {
        int end = endOfName(text, colon);
        if (end < 0) {
            return Optional.empty();
        }
        String name = text.substring(colon + 1, end - 1);
        Glyph glyph = glyphs.get(name);
        // A tone belongs to the name before it, or stays with it where that is unknown.
        boolean toneOfAnother = name.startsWith(TONE) && colon > 0 && text.charAt(colon - 1) == ':';
        if (glyph == null || toneOfAnother || isPartOfTime(text, colon, end, name)) {
            return Optional.empty();
        }
        int toneEnd = endOfName(text, end);
        if (toneEnd > 0 && text.startsWith(TONE, end + 1)) {
            return Optional.of(new Match(glyph.inTone(text.substring(end + 1, toneEnd - 1)), toneEnd));
        }
        return Optional.of(new Match(glyph.plain(), end));
    }

    /** Where {@code :name:} at this place ends, behind its second colon; -1 if there is no such thing. */
    private static int endOfName(String text, int colon) {
        if (colon >= text.length() || text.charAt(colon) != ':') {
            return -1;
        }
        int limit = Math.min(text.length(), colon + 1 + LONGEST_NAME);
        int at = colon + 1;
        while (at < limit && isNameCharacter(text.charAt(at))) {
            at++;
        }
        return at < limit && at > colon + 1 && text.charAt(at) == ':' ? at + 1 : -1;
    }

    private static boolean isNameCharacter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '+';
    }

    /** 100 and 1234 are emoji, but 10:100:45 is a clock or a score. */
    private static boolean isPartOfTime(String text, int colon, int end, String name) {
        return name.chars().allMatch(EmojiTable::isDigit)
                && ((colon > 0 && isDigit(text.charAt(colon - 1)))
                        || (end < text.length() && isDigit(text.charAt(end))));
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private static void read(String line, Map<String, Glyph> glyphs) {
        String[] columns = line.split("\t", -1);
        var glyph = new Glyph(columns[1], columns.length < 3 ? SkinTones.NONE : SkinTones.of(columns[2]));
        for (String name : columns[0].split(",", -1)) {
            glyphs.put(name, glyph);
        }
    }

    /** An emoji in a text, and where the text goes on behind it. */
    record Match(String character, int end) {}

    /** Where a skin tone goes: a couple's takes both, and has no form with one. */
    private enum SkinTones {
        NONE,
        ONE,
        BOTH;

        static SkinTones of(String column) {
            return column.equals("both") ? BOTH : ONE;
        }
    }

    /** The code points stay in hexadecimal until somebody asks: a run needs few of the two thousand. */
    private record Glyph(String codePoints, SkinTones tones) {
        private static final String VARIATION_SELECTOR = "FE0F";

        String plain() {
            return characters(List.of(codePoints.split(" ")));
        }

        String inTone(String toneName) {
            if (tones == SkinTones.NONE || !toneName.matches(TONE + "[2-6]")) {
                return plain();
            }
            // Slack counts from 2, for the first swatch stands for Fitzpatrick's types 1 and 2.
            String tone = Integer.toHexString(0x1F3FB + toneName.charAt(TONE.length()) - '2');
            var toned = new ArrayList<>(List.of(codePoints.split(" ")));
            if (toned.size() > 1 && toned.get(1).equals(VARIATION_SELECTOR)) {
                toned.remove(1);
            }
            toned.add(1, tone);
            if (tones == SkinTones.BOTH) {
                toned.add(tone);
            }
            return characters(toned);
        }

        private static String characters(List<String> codePoints) {
            var characters = new StringBuilder();
            codePoints.forEach(hex -> characters.appendCodePoint(Integer.parseInt(hex, 16)));
            return characters.toString();
        }
    }
}
