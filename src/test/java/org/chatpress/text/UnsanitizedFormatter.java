package org.chatpress.text;

import java.time.ZoneOffset;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.text.MessageFormatter.ResolvedNames;
import org.chatpress.text.document.HtmlSanitizer;
import org.chatpress.text.document.HtmlWriter;

/** Formats messages without the sanitizer, so that benchmarks can measure the two separately. */
public final class UnsanitizedFormatter {
    private final ReferenceResolver references;

    public UnsanitizedFormatter(ResolvedNames names, EmojiTable emoji) {
        this.references = new ReferenceResolver(names, ZoneOffset.UTC, emoji);
    }

    public String html(String mrkdwn) {
        return HtmlWriter.write(MessageFormatter.parse(mrkdwn, references));
    }

    public String html(SlackMessage message) {
        return HtmlWriter.write(MessageFormatter.parse(message, references));
    }

    public static String sanitized(String html) {
        return HtmlSanitizer.sanitizeMessage(html);
    }
}
