package org.chatpress.approval.policy;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.chatpress.approval.policy.ChannelPolicy.AnnotationRules;
import org.chatpress.model.MessageTs;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.model.slack.SlackMessage.SlackEscapes;

/**
 * An instruction {@code key: value}, by which an editor changes what readers see of the thread's first message: a reply of
 * that form, or a part of a note. The reply itself is never published.
 *
 * @param author empty if Slack names no author
 * @param key lower case
 * @param value Slack's mrkdwn; empty: undoes older commands with this key
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

    /** The keys that every channel accepts. */
    public static final Set<String> KEYS =
            Set.of(EDIT, HEADLINE, CAPTION, ALT, CREDIT, TAGS, BYLINE, CORRECTION, PIN, KEY_EVENT);

    /** The keys that the author of a message may use without being an approver. */
    private static final Set<String> PHOTO_KEYS = Set.of(CAPTION, ALT, CREDIT);

    private static final Set<String> YES = Set.of("yes", "true", "on");
    private static final Set<String> NO = Set.of("no", "false", "off", "");

    /** Blanks, quotes and styles may precede the key; a blank may precede the colon if another one follows it. */
    private static final Pattern FORM = Pattern.compile(
            "((?:[\\s\\p{Z}\\p{Cf}*_~`>]|&gt;)*+)([\\p{L}\\p{N}-][\\p{L}\\p{N}_-]{0,39})([*_~`]*+)(?::|\\h+:(?!\\S))(.*)",
            Pattern.DOTALL);

    /** Parses a typed reply, whether it was also sent to the channel or not; empty if it is not a command. */
    static Optional<ThreadCommand> parse(SlackMessage reply, AnnotationRules rules) {
        // Readers see the blocks of a reply that has some, so a command in either place makes it one.
        String blocks = reply.blockTexts().stream()
                .findFirst()
                .map(SlackEscapes::escape)
                .orElse("");
        return parse(reply, reply.text(), rules).or(() -> parse(reply, blocks, rules));
    }

    private static Optional<ThreadCommand> parse(SlackMessage reply, String text, AnnotationRules rules) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        String key = form.group(2).toLowerCase(Locale.ROOT);
        if (!KEYS.contains(key) && !rules.kwargs().contains(key)) {
            return Optional.empty();
        }
        int closed = form.group(3).length();
        String value = value(form.group(1).replaceAll("[^*_~`]", ""), closed, form.group(4));
        return Optional.of(new ThreadCommand(reply.ts(), reply.author(), key, value));
    }

    /** Removes the end of a style that started before the key, such as the last asterisk of {@code *edit: text*}. */
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

    /** True for a command that the author of a message may use without being an approver. */
    boolean isAboutPhotos() {
        return PHOTO_KEYS.contains(key);
    }

    /** The value of a command about a photo: its text, which may be empty, and which photo it describes. */
    record PhotoText(int number, String text) {}

    /** Parses the value: {@code alt: 2: ...} is about the second photo, {@code alt: ...} about the first. */
    PhotoText photoText() {
        String[] parts = value.split(":", 2);
        String number = parts[0].strip();
        return parts.length == 2 && number.matches("[1-9]\\d{0,2}")
                ? new PhotoText(Integer.parseInt(number), parts[1].strip())
                : new PhotoText(1, value);
    }

    /** True if readers see words that they would not see without the command. */
    boolean bringsWords() {
        return switch (key) {
            case PIN, KEY_EVENT -> false;
            case EDIT -> true; // an empty one brings the message's own text back
            case CAPTION, ALT, CREDIT -> !photoText().text().isEmpty();
            default -> !value.isEmpty();
        };
    }

    /** True for a command that takes yes or no, and has another value. */
    boolean isUnclear() {
        boolean takesYesOrNo = key.equals(PIN) || key.equals(KEY_EVENT);
        return takesYesOrNo && !isYes() && !NO.contains(value.toLowerCase(Locale.ROOT));
    }

    /** True for the value yes. */
    public boolean isYes() {
        return YES.contains(value.toLowerCase(Locale.ROOT));
    }
}
