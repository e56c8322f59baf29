package org.chatpress.text;

import java.time.ZoneOffset;
import org.chatpress.model.Message;
import org.chatpress.text.MessageText.Names;

/** The HTML as the writer leaves it, before the allow-list sees it: for measuring the two apart. */
public final class Uncleaned {
    private final Wording wording;

    public Uncleaned(Names names, Emoji emoji) {
        this.wording = new Wording(names, ZoneOffset.UTC, emoji);
    }

    public String html(String mrkdwn) {
        return HtmlWriter.of(MessageText.blocks(mrkdwn, wording));
    }

    public String html(Message message) {
        return HtmlWriter.of(MessageText.blocks(message, wording));
    }

    public static String cleaned(String html) {
        return CleanHtml.cleanMessage(html);
    }
}
