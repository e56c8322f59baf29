package org.chatpress.text;

import java.time.ZoneOffset;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.text.MessageFormatter.ResolvedNames;
import org.chatpress.text.document.HtmlSanitizer;
import org.chatpress.text.document.HtmlWriter;

/** The HTML as the writer leaves it, before the allow-list sees it: for measuring the two apart. */
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

    public static String cleaned(String html) {
        return HtmlSanitizer.sanitizeMessage(html);
    }
}
