package org.chatpress.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.chatpress.model.VisibleText;
import org.chatpress.model.slack.SlackMessage.SlackEscapes;
import org.chatpress.text.document.Block;
import org.chatpress.text.document.Block.Paragraph;
import org.chatpress.text.document.Block.Quote;
import org.chatpress.text.document.Block.Role;
import org.chatpress.text.document.Span;
import org.chatpress.text.document.Span.Style;
import org.chatpress.text.document.Span.Styled;

/**
 * Parses attachments that are content of a message: tables that people paste, and what bots report. Source: <a
 * href="https://docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments">Secondary attachments</a>.
 * Slack shows them behind a bar, which becomes a quote; its images and buttons are left out.
 */
final class AttachmentParser {
    /** The fallback that Slack writes for attachments which consist of blocks. */
    private static final String NO_PREVIEW = "[no preview available]";

    private final ReferenceResolver references;
    private final BlockKitParser blockKit;

    AttachmentParser(ReferenceResolver references) {
        this.references = references;
        this.blockKit = new BlockKitParser(references);
    }

    /** Parses one attachment; the result is empty if it contains nothing to show. */
    List<Block> parse(JsonNode attachment) {
        List<Block> blocks = blockKit.parse(attachment.path("blocks"));
        if (blocks.isEmpty()) {
            return parseLegacy(attachment);
        }
        return attachment.has("color") ? List.of(quote(attachment, blocks)) : blocks;
    }

    /** The fields of attachments without blocks. The fallback is shown if there is nothing else. */
    private List<Block> parseLegacy(JsonNode attachment) {
        var barred = new ArrayList<Block>();
        addLine(Role.CONTEXT, attachment, "author_name", "author_link", barred);
        addTitle(attachment, barred);
        barred.addAll(mrkdwn(attachment.path("text")));
        for (JsonNode field : attachment.path("fields")) {
            addTitle(field, barred);
            barred.addAll(mrkdwn(field.path("value")));
        }
        addLine(Role.CONTEXT, attachment, "footer", "", barred);

        var parsed = new ArrayList<>(mrkdwn(attachment.path("pretext")));
        if (!barred.isEmpty()) {
            parsed.add(quote(attachment, barred));
        }
        String fallback = attachment.path("fallback").asText();
        return parsed.isEmpty() && !fallback.equals(NO_PREVIEW) ? mrkdwn(attachment.path("fallback")) : parsed;
    }

    private static Quote quote(JsonNode attachment, List<Block> blocks) {
        return switch (attachment.path("color").asText()) {
            case "good" -> new Quote("chat-attachment chat-good", blocks);
            case "warning" -> new Quote("chat-attachment chat-warning", blocks);
            case "danger" -> new Quote("chat-attachment chat-danger", blocks);
            default -> new Quote("chat-attachment", blocks);
        };
    }

    private void addTitle(JsonNode titled, List<Block> to) {
        List<Block> title = new ArrayList<>();
        addLine(Role.BODY, titled, "title", "title_link", title);
        for (Block block : title) {
            List<Span> line = ((Paragraph) block).lines().get(0);
            to.add(new Paragraph(Role.BODY, List.of(List.of(new Styled(Style.BOLD, line)))));
        }
    }

    /** Adds a plain text as a line, linked if the attachment has a URL for it. */
    private void addLine(Role role, JsonNode attachment, String member, String urlMember, List<Block> to) {
        String text = oneLine(attachment.path(member));
        String url = oneLine(attachment.path(urlMember));
        if (!VisibleText.isBlank(text)) {
            List<Span> line = url.isEmpty() ? references.text(text) : List.of(references.link(url, text));
            to.add(new Paragraph(role, List.of(line)));
        }
    }

    private List<Block> mrkdwn(JsonNode text) {
        return MessageFormatter.parse(text.asText(), references);
    }

    private static String oneLine(JsonNode text) {
        return ReferenceResolver.oneLine(SlackEscapes.unescape(text.asText()));
    }
}
