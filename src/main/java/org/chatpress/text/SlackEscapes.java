package org.chatpress.text;

/** The three characters that Slack escapes, and no more; everything else that looks like an entity was typed. */
final class SlackEscapes {
    static final String AMPERSAND = "&amp;";
    static final String LESS = "&lt;";
    static final String GREATER = "&gt;";

    private SlackEscapes() {}

    /** Decodes one level of escaping: what was escaped twice stays escaped once. */
    static String unescape(String escaped) {
        return escaped.indexOf('&') < 0
                ? escaped
                // The ampersand comes last, or what it reveals would be decoded again.
                : escaped.replace(LESS, "<").replace(GREATER, ">").replace(AMPERSAND, "&");
    }
}
