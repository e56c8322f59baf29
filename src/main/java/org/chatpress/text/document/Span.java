package org.chatpress.text.document;

import java.time.Instant;
import java.util.List;

/** A part of a line. All words in it are plain: no entities, no markup, not yet escaped. */
public sealed interface Span {
    record Text(String text) implements Span {}

    record Styled(Style style, List<Span> spans) implements Span {
        public Styled {
            spans = List.copyOf(spans);
        }
    }

    /** A link with an address that {@link LinkPolicy#linkTarget} let through. */
    record Link(String url, List<Span> label) implements Span {
        public Link {
            label = List.copyOf(label);
        }
    }

    record Mention(String name) implements Span {}

    /** A workspace's own emoji, at an address of our mirror. */
    record EmojiImage(String name, String url) implements Span {}

    record Time(Instant instant, String text) implements Span {}

    /** An editor's own HTML, already clean, and the same in plain words. */
    record Markup(String html, String text) implements Span {}

    /** How words are set. Slack's composer knows them all, mrkdwn those that have a mark, and code. */
    enum Style {
        BOLD('*', "strong"),
        ITALIC('_', "em"),
        STRUCK('~', "s"),
        UNDERLINED('\0', "u"),
        CODE('\0', "code");

        public final char delimiter;
        final String element;

        Style(char mark, String element) {
            this.delimiter = mark;
            this.element = element;
        }

        public static boolean isDelimiter(int c) {
            return c == BOLD.delimiter || c == ITALIC.delimiter || c == STRUCK.delimiter;
        }

        /** The style of one of the three marks. */
        public static Style ofDelimiter(char mark) {
            return mark == BOLD.delimiter ? BOLD : mark == ITALIC.delimiter ? ITALIC : STRUCK;
        }
    }
}
