package org.chatpress.text;

import java.util.List;

/** A part of a line. All words in it are plain: no entities, no markup, not yet escaped. */
sealed interface MrkdwnSpan {
    record Text(String words) implements MrkdwnSpan {}

    record Code(String words) implements MrkdwnSpan {}

    record Styled(Style style, List<MrkdwnSpan> spans) implements MrkdwnSpan {
        public Styled {
            spans = List.copyOf(spans);
        }
    }

    /** A link with an address that {@link MrkdwnAddress#linkable} let through. */
    record Link(String address, String label) implements MrkdwnSpan {}

    record Mention(String name) implements MrkdwnSpan {}

    /** What a pair of marks does to the words between them. */
    enum Style {
        BOLD('*', "strong"),
        ITALIC('_', "em"),
        STRUCK('~', "s");

        final char mark;
        final String element;

        Style(char mark, String element) {
            this.mark = mark;
            this.element = element;
        }

        static boolean isMark(int c) {
            return c == BOLD.mark || c == ITALIC.mark || c == STRUCK.mark;
        }

        /** The style of one of the three marks. */
        static Style of(char mark) {
            return mark == BOLD.mark ? BOLD : mark == ITALIC.mark ? ITALIC : STRUCK;
        }
    }
}
