package org.chatpress.model.slack;

/**
 * The escapes of Slack's texts. Slack escapes {@code &}, {@code <} and {@code >} and nothing else: whatever else looks
 * like an HTML entity was typed. Source: <a href="https://docs.slack.dev/messaging/formatting-message-text">Formatting
 * message text</a>.
 */
public final class SlackEscapes {
    public static final String AMPERSAND = "&amp;";
    public static final String LESS = "&lt;";
    public static final String GREATER = "&gt;";

    private SlackEscapes() {}

    /** A plain text as Slack's API expects and returns it. */
    public static String escape(String plain) {
        return plain.replace("&", AMPERSAND).replace("<", LESS).replace(">", GREATER);
    }

    /** Undoes {@link #escape} once: what was escaped twice stays escaped once. */
    public static String unescape(String escaped) {
        if (escaped.indexOf('&') < 0) {
            return escaped;
        }
        // The ampersand comes last; otherwise the text it completes would be unescaped too.
        return escaped.replace(LESS, "<").replace(GREATER, ">").replace(AMPERSAND, "&");
    }
}
