package org.chatpress.text.document;

import java.time.Instant;
import java.util.List;

/** A part of a line. Its texts are plain: writers escape them. */
public sealed interface Span {
    record Text(String text) implements Span {}

    record Styled(Style style, List<Span> spans) implements Span {
        public Styled {
            spans = List.copyOf(spans);
        }
    }

    /** @param url as returned by {@link LinkPolicy#linkTarget} */
    record Link(String url, List<Span> label) implements Span {
        public Link {
            label = List.copyOf(label);
        }
    }

    /** @param name a user's display name, without the {@code @} */
    record Mention(String name) implements Span {}

    /**
     * A custom emoji of the workspace.
     *
     * @param name without colons
     * @param url of the copy beside the chat
     */
    record EmojiImage(String name, String url) implements Span {}

    /** @param text the moment as readers see it */
    record Time(Instant instant, String text) implements Span {}

    /**
     * HTML of an editor's pattern.
     *
     * @param html sanitized
     * @param text the same as plain text
     */
    record Markup(String html, String text) implements Span {}

    /** A text style. Rich text can have all of them, mrkdwn those with a delimiter, and code. */
    enum Style {
        BOLD('*', "strong"),
        ITALIC('_', "em"),
        STRUCK('~', "s"),
        UNDERLINED('\0', "u"),
        CODE('\0', "code");

        /** The character on both sides of the text in mrkdwn; 0 for none. */
        public final char delimiter;

        final String element;

        Style(char delimiter, String element) {
            this.delimiter = delimiter;
            this.element = element;
        }

        public static boolean isDelimiter(int c) {
            return c == BOLD.delimiter || c == ITALIC.delimiter || c == STRUCK.delimiter;
        }

        /** @param delimiter for which {@link #isDelimiter} is true */
        public static Style ofDelimiter(char delimiter) {
            return delimiter == BOLD.delimiter ? BOLD : delimiter == ITALIC.delimiter ? ITALIC : STRUCK;
        }
    }
}
