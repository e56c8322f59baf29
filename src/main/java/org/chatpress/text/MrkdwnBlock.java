package org.chatpress.text;

import java.util.List;

/** A part of a message that stands on lines of its own. */
sealed interface MrkdwnBlock {
    /** Lines that belong together; none of them is empty. */
    record Paragraph(List<List<MrkdwnSpan>> lines) implements MrkdwnBlock {
        public Paragraph {
            lines = lines.stream().map(List::copyOf).toList();
        }
    }

    /** Words shown as they were typed, line ends and spaces included. */
    record Preformatted(String words) implements MrkdwnBlock {}

    /** Somebody else's words. Slack knows one level only. */
    record Quote(List<MrkdwnBlock> blocks) implements MrkdwnBlock {
        public Quote {
            blocks = List.copyOf(blocks);
        }
    }
}
