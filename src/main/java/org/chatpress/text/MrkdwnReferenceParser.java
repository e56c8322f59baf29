package org.chatpress.text;

import java.util.Locale;
import org.chatpress.model.slack.SlackEscapes;
import org.chatpress.text.document.PlainTextWriter;
import org.chatpress.text.document.Span;
import org.chatpress.text.document.Span.Text;

/** Parses what mrkdwn has in angle brackets: links, users, channels, user groups, broadcasts and dates. */
final class MrkdwnReferenceParser {
    private final ReferenceResolver references;

    MrkdwnReferenceParser(ReferenceResolver references) {
        this.references = references;
    }

    /** @param reference the text between the brackets; not empty */
    Span parse(String reference) {
        int bar = reference.indexOf('|');
        String target = bar < 0 ? reference : reference.substring(0, bar);
        String label = bar < 0 ? "" : oneLine(reference.substring(bar + 1));
        return switch (reference.charAt(0)) {
            case '@' -> references.user(target.substring(1));
            case '#' -> references.channel(target.substring(1));
            case '!' -> special(target.substring(1), label);
            default -> references.link(oneLine(target), label);
        };
    }

    private Span special(String mention, String label) {
        String name = mention.toLowerCase(Locale.ROOT);
        if (name.startsWith("subteam^")) {
            return ReferenceResolver.USER_GROUP;
        }
        if (name.startsWith("date^")) {
            String[] parts = mention.split("\\^", 4);
            return references.date(
                    parts[1],
                    parts.length > 2 ? oneLine(parts[2]) : "",
                    parts.length > 3 ? oneLine(parts[3]) : "",
                    plainText(label));
        }
        Text broadcast = ReferenceResolver.broadcast(name);
        return broadcast.text().isEmpty() ? new Text(plainText(label)) : broadcast;
    }

    private String plainText(String label) {
        return PlainTextWriter.writeLine(references.text(label));
    }

    private static String oneLine(String escaped) {
        return SlackEscapes.unescape(escaped).replace('\n', ' ').strip();
    }
}
