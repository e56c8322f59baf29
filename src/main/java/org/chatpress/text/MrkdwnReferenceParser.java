package org.chatpress.text;

import java.util.Locale;
import org.chatpress.model.slack.SlackEscapes;
import org.chatpress.text.document.PlainTextWriter;
import org.chatpress.text.document.Span;
import org.chatpress.text.document.Span.Text;

/** Reads what Slack puts between angle brackets: links, people, channels, groups, dates. */
final class MrkdwnReferenceParser {
    private final ReferenceResolver references;

    MrkdwnReferenceParser(ReferenceResolver references) {
        this.references = references;
    }

    /** Reads one reference, given without its brackets; it has a character at least. */
    Span span(String reference) {
        int bar = reference.indexOf('|');
        String target = bar < 0 ? reference : reference.substring(0, bar);
        String label = bar < 0 ? "" : oneLine(reference.substring(bar + 1));
        return switch (reference.charAt(0)) {
            case '@' -> references.user(target.substring(1));
            case '#' -> references.channel(target.substring(1));
            case '!' -> command(target.substring(1), label);
            default -> references.link(oneLine(target), label);
        };
    }

    private Span command(String command, String label) {
        String name = command.toLowerCase(Locale.ROOT);
        if (name.startsWith("subteam^")) {
            return ReferenceResolver.GROUP;
        }
        if (name.startsWith("date^")) {
            String[] parts = command.split("\\^", 4);
            return references.date(
                    parts[1],
                    parts.length > 2 ? oneLine(parts[2]) : "",
                    parts.length > 3 ? oneLine(parts[3]) : "",
                    PlainTextWriter.writeLine(references.text(label)));
        }
        Text broadcast = ReferenceResolver.broadcast(name);
        return broadcast.text().isEmpty() ? new Text(PlainTextWriter.writeLine(references.text(label))) : broadcast;
    }

    private static String oneLine(String escaped) {
        return SlackEscapes.unescape(escaped).replace('\n', ' ').strip();
    }
}
