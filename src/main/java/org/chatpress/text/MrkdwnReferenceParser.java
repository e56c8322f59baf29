package org.chatpress.text;

import java.util.Locale;
import org.chatpress.text.document.PlainTextWriter;
import org.chatpress.text.document.Span;
import org.chatpress.text.document.Span.Text;

/** Reads what Slack puts between angle brackets: links, people, channels, groups, dates. */
final class MrkdwnReferenceParser {
    private final ReferenceResolver wording;

    MrkdwnReferenceParser(ReferenceResolver wording) {
        this.wording = wording;
    }

    /** Reads one reference, given without its brackets; it has a character at least. */
    Span span(String reference) {
        int bar = reference.indexOf('|');
        String target = bar < 0 ? reference : reference.substring(0, bar);
        String label = bar < 0 ? "" : oneLine(reference.substring(bar + 1));
        return switch (reference.charAt(0)) {
            case '@' -> wording.person(target.substring(1));
            case '#' -> wording.channel(target.substring(1));
            case '!' -> command(target.substring(1), label);
            default -> wording.link(oneLine(target), label);
        };
    }

    private Span command(String command, String label) {
        String name = command.toLowerCase(Locale.ROOT);
        if (name.startsWith("subteam^")) {
            return ReferenceResolver.GROUP;
        }
        if (name.startsWith("date^")) {
            String[] parts = command.split("\\^", 4);
            return wording.date(
                    parts[1],
                    parts.length > 2 ? oneLine(parts[2]) : "",
                    parts.length > 3 ? oneLine(parts[3]) : "",
                    PlainTextWriter.words(wording.words(label)));
        }
        Text broadcast = ReferenceResolver.broadcast(name);
        return broadcast.words().isEmpty() ? new Text(PlainTextWriter.words(wording.words(label))) : broadcast;
    }

    private static String oneLine(String escaped) {
        return SlackEscapes.decoded(escaped).replace('\n', ' ').strip();
    }
}
