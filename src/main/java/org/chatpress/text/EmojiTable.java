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
import org.chatpress.model.VisibleText;

/**
 * Slack's names for Unicode emoji, such as {@code wave} and {@code wave::skin-tone-3}, and their characters. Custom
 * emoji of a workspace are images and not in it.
 */
public final class EmojiTable {
    /** The longest name in the table has 52 characters. The limit keeps a text full of colons from taking long. */
    private static final int MAX_NAME_LENGTH = 64;

    /** The longest emoji, a kiss of two people with different skin tones, has ten code points. */
    private static final int MAX_CODE_POINTS_LENGTH = 10 * 6;

    private static final String SKIN_TONE = "skin-tone-";

    private static final EmojiTable STANDARD = load();

    private final Map<String, Emoji> emoji;

    private EmojiTable(Map<String, Emoji> emoji) {
        this.emoji = Map.copyOf(emoji);
    }

    /** The emoji of every workspace, from {@code emoji.tsv}. */
    public static EmojiTable standard() {
        return STANDARD;
    }

    private static EmojiTable load() {
        var emoji = new HashMap<String, Emoji>();
        try (var table = new BufferedReader(
                new InputStreamReader(EmojiTable.class.getResourceAsStream("emoji.tsv"), StandardCharsets.UTF_8))) {
            for (String line = table.readLine(); line != null; line = table.readLine()) {
                if (!line.startsWith("#")) {
                    addLine(line, emoji);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read emoji.tsv", e);
        }
        return new EmojiTable(emoji);
    }

    /** A table without emoji: every name is shown as text. */
    static EmojiTable empty() {
        return new EmojiTable(Map.of());
    }

    /** The first of Slack's names for an emoji: {@code +1} for {@code thumbsup}. Unknown names stay as they are. */
    public String canonicalName(String name) {
        Emoji known = emoji.get(name);
        return known == null ? name : known.name();
    }

    /**
     * The characters of a name from a reaction. A skin tone is ignored if the emoji has none.
     *
     * @param name without the outer colons: {@code +1}, {@code wave::skin-tone-3}
     * @return empty for a custom emoji and for an unknown name
     */
    public Optional<String> characters(String name) {
        int skinTone = name.indexOf("::" + SKIN_TONE);
        if (skinTone < 0) {
            return Optional.ofNullable(emoji.get(name)).map(Emoji::characters);
        }
        String skinToneName = name.substring(skinTone + 2);
        return Optional.ofNullable(emoji.get(name.substring(0, skinTone))).map(found -> found.inSkinTone(skinToneName));
    }

    /**
     * The characters of code points as in the {@code unicode} field of rich text, such as {@code 1f44b-1f3fb}.
     *
     * @return empty unless the text is a list of code points
     */
    static String charactersOf(String codePoints) {
        if (codePoints.isEmpty() || codePoints.length() > MAX_CODE_POINTS_LENGTH) {
            return "";
        }
        var characters = new StringBuilder();
        for (String hex : codePoints.split("-", -1)) {
            if (hex.length() < 2 || hex.length() > 5 || !hex.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
                return "";
            }
            characters.appendCodePoint(Integer.parseInt(hex, 16));
        }
        return VisibleText.visible(characters.toString()).strip();
    }

    /** The known or unknown name that follows the colon at this position; empty if there is none. */
    static Optional<String> nameAt(String text, int colon) {
        int end = endOfName(text, colon);
        if (end < 0) {
            return Optional.empty();
        }
        String name = text.substring(colon + 1, end - 1);
        return isPartOfTime(text, colon, end, name) ? Optional.empty() : Optional.of(name);
    }

    /** The known emoji that starts with the colon at this position; empty if there is none. */
    Optional<Match> at(String text, int colon) {
        int end = endOfName(text, colon);
        if (end < 0) {
            return Optional.empty();
        }
        String name = text.substring(colon + 1, end - 1);
        Emoji known = emoji.get(name);
        // A skin tone belongs to the name before it. If that name is unknown, both are text.
        boolean isSkinToneOfAnother = name.startsWith(SKIN_TONE) && colon > 0 && text.charAt(colon - 1) == ':';
        if (known == null || isSkinToneOfAnother || isPartOfTime(text, colon, end, name)) {
            return Optional.empty();
        }
        int skinToneEnd = endOfName(text, end);
        if (skinToneEnd > 0 && text.startsWith(SKIN_TONE, end + 1)) {
            return Optional.of(new Match(known.inSkinTone(text.substring(end + 1, skinToneEnd - 1)), skinToneEnd));
        }
        return Optional.of(new Match(known.characters(), end));
    }

    /** The end of the {@code :name:} at this position, after its second colon; -1 if there is none. */
    private static int endOfName(String text, int colon) {
        if (colon >= text.length() || text.charAt(colon) != ':') {
            return -1;
        }
        int limit = Math.min(text.length(), colon + 1 + MAX_NAME_LENGTH);
        int at = colon + 1;
        while (at < limit && isNameCharacter(text.codePointAt(at))) {
            at += Character.charCount(text.codePointAt(at));
        }
        return at < limit && at > colon + 1 && text.charAt(at) == ':' ? at + 1 : -1;
    }

    /** Names of custom emoji have letters of any script, but no capitals. */
    private static boolean isNameCharacter(int c) {
        if (c < 0x80) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || "_-+'".indexOf(c) >= 0;
        }
        int type = Character.getType(c);
        return (Character.isLetterOrDigit(c) && !Character.isUpperCase(c))
                || type == Character.NON_SPACING_MARK
                || type == Character.COMBINING_SPACING_MARK
                || c == '’';
    }

    /** 100 and 1234 are names of emoji, but 10:100:45 is a time or a score. */
    private static boolean isPartOfTime(String text, int colon, int end, String name) {
        return name.chars().allMatch(EmojiTable::isDigit)
                && ((colon > 0 && isDigit(text.charAt(colon - 1)))
                        || (end < text.length() && isDigit(text.charAt(end))));
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private static void addLine(String line, Map<String, Emoji> to) {
        String[] columns = line.split("\t", -1);
        String[] names = columns[0].split(",", -1);
        var emoji = new Emoji(names[0], columns[1], columns.length < 3 ? SkinTones.NONE : SkinTones.of(columns[2]));
        for (String name : names) {
            to.put(name, emoji);
        }
    }

    /**
     * An emoji in a text.
     *
     * @param end the position after it
     */
    record Match(String characters, int end) {}

    /** How many skin tone modifiers an emoji takes. A couple takes two, never one. */
    private enum SkinTones {
        NONE,
        ONE,
        BOTH;

        static SkinTones of(String column) {
            return column.equals("both") ? BOTH : ONE;
        }
    }

    /** The code points stay hexadecimal until they are needed: a run needs few of the two thousand emoji. */
    private record Emoji(String name, String codePoints, SkinTones skinTones) {
        private static final String VARIATION_SELECTOR = "FE0F";

        String characters() {
            return characters(List.of(codePoints.split(" ", -1)));
        }

        String inSkinTone(String name) {
            if (skinTones == SkinTones.NONE || !name.matches(SKIN_TONE + "[2-6]")) {
                return characters();
            }
            // Slack counts from 2, as the first modifier stands for the Fitzpatrick types 1 and 2.
            String modifier = Integer.toHexString(0x1F3FB + name.charAt(SKIN_TONE.length()) - '2');
            var modified = new ArrayList<>(List.of(codePoints.split(" ", -1)));
            if (modified.size() > 1 && modified.get(1).equals(VARIATION_SELECTOR)) {
                modified.remove(1);
            }
            modified.add(1, modifier);
            if (skinTones == SkinTones.BOTH) {
                modified.add(modifier);
            }
            return characters(modified);
        }

        private static String characters(List<String> codePoints) {
            var characters = new StringBuilder();
            codePoints.forEach(hex -> characters.appendCodePoint(Integer.parseInt(hex, 16)));
            return characters.toString();
        }
    }
}
