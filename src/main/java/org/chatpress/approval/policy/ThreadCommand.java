package org.chatpress.approval.policy;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.chatpress.model.MessageTs;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.SlackMessage;

/**
 * An editor's note: a reply of the form {@code key: value}. It is never published, whoever wrote it.
 *
 * @param author empty where Slack names nobody
 * @param key in small letters
 * @param value Slack's mrkdwn; empty: undoes the older notes of this key
 */
public record ThreadCommand(MessageTs ts, Optional<UserId> author, String key, String value) {
    public static final String EDIT = "edit";
    public static final String HEADLINE = "headline";
    public static final String CAPTION = "caption";
    public static final String ALT = "alt";
    public static final String CREDIT = "credit";
    public static final String TAGS = "tags";
    public static final String BYLINE = "by";
    public static final String CORRECTION = "correction";
    public static final String PIN = "pin";
    public static final String KEY_EVENT = "key";

    /** What each channel takes. */
    public static final Set<String> KEYS =
            Set.of(EDIT, HEADLINE, CAPTION, ALT, CREDIT, TAGS, BYLINE, CORRECTION, PIN, KEY_EVENT);

    /** What the author of a message may say of its photos too. */
    private static final Set<String> ABOUT_PHOTOS = Set.of(CAPTION, ALT, CREDIT);

    private static final Set<String> YES = Set.of("yes", "true", "on");
    private static final Set<String> NO = Set.of("no", "false", "off", "");

    /** Blanks, quotes and styles before the key hide no note; a colon may stand off, if a blank follows it. */
    private static final Pattern FORM = Pattern.compile(
            "((?:[\\s\\p{Z}\\p{Cf}*_~`>]|&gt;)*+)([\\p{L}\\p{N}-][\\p{L}\\p{N}_-]{0,39})([*_~`]*+)(?::|\\h+:(?!\\S))(.*)",
            Pattern.DOTALL);

    /** The note that a reply is, sent to the channel too or not; empty if it is none. */
    static Optional<ThreadCommand> parse(SlackMessage reply, AnnotationRules instructions) {
        if (reply.root().isEmpty()) {
            return Optional.empty();
        }
        // Readers see the blocks where a message has some, so neither form may hide what the other says.
        String blocks = reply.blockTexts().stream()
                .findFirst()
                .map(ThreadCommand::escaped)
                .orElse("");
        return of(reply, reply.text(), instructions).or(() -> of(reply, blocks, instructions));
    }

    private static Optional<ThreadCommand> of(SlackMessage reply, String text, AnnotationRules instructions) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        String key = form.group(2).toLowerCase(Locale.ROOT);
        if (!KEYS.contains(key) && !instructions.kwargs().contains(key)) {
            return Optional.empty();
        }
        int closed = form.group(3).length();
        String value = value(form.group(1).replaceAll("[^*_~`]", ""), closed, form.group(4));
        return Optional.of(new ThreadCommand(reply.ts(), reply.author(), key, value));
    }

    private static String escaped(String plain) {
        return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    /** What a style that was opened before the key leaves of itself, before or behind the value, is no part of it. */
    private static String value(String style, int closed, String rest) {
        String value = rest.strip();
        String open = style.substring(0, Math.max(0, style.length() - closed));
        String inside = new StringBuilder(open).reverse().toString();
        if (!open.isEmpty() && value.startsWith(inside)) {
            return value.substring(open.length()).strip();
        }
        return value.endsWith(inside)
                ? value.substring(0, value.length() - open.length()).strip()
                : value;
    }

    /** True for what the author of a message may say of it without being an approver. */
    boolean isAboutPhotos() {
        return ABOUT_PHOTOS.contains(key);
    }

    /** True for a note that asks yes or no and says neither. */
    boolean isUnclear() {
        boolean asks = key.equals(PIN) || key.equals(KEY_EVENT);
        return asks && !isYes() && !NO.contains(value.toLowerCase(Locale.ROOT));
    }

    /** True for a note that asks yes or no and says yes. */
    public boolean isYes() {
        return YES.contains(value.toLowerCase(Locale.ROOT));
    }

    /** By which the note's author is remembered among the marks: no emoji has a colon. */
    EditorReaction reactionOf(UserId user) {
        return new EditorReaction(user, key + ":");
    }
}
