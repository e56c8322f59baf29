package org.chatpress.interactive;

import com.slack.api.model.block.ContextBlock;
import com.slack.api.model.block.HeaderBlock;
import com.slack.api.model.block.LayoutBlock;
import com.slack.api.model.block.SectionBlock;
import com.slack.api.model.block.composition.MarkdownTextObject;
import com.slack.api.model.block.composition.PlainTextObject;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.chatpress.model.VisibleText;
import org.chatpress.model.slack.SlackMessage.SlackEscapes;

/**
 * Builds the blocks of a message or view within Slack's limits (https://docs.slack.dev/reference/block-kit/blocks). Every
 * mrkdwn text is verbatim: Slack makes links and mentions only of what is written as such, and {@link #escaped} text never
 * is.
 */
final class BlockBuilder {
    private static final int MAX_SECTION = 3_000;
    private static final int MAX_HEADER = 150;
    private static final String ELLIPSIS = "…";

    private final List<LayoutBlock> blocks = new ArrayList<>();
    private final int max;

    private BlockBuilder(int max) {
        this.max = max;
    }

    static BlockBuilder forMessage() {
        return new BlockBuilder(50);
    }

    static BlockBuilder forView() {
        return new BlockBuilder(100);
    }

    /** Plain text on one line, shortened, for a place where Slack reads mrkdwn. */
    static String escaped(String text, int maxLength) {
        return SlackEscapes.escape(shortened(VisibleText.line(text), maxLength));
    }

    /** Shortens a text, and leaves no half of a character pair. */
    static String shortened(String text, int maxLength) {
        if (text.length() <= maxLength) {
            return text;
        }
        int end = maxLength - ELLIPSIS.length();
        return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + ELLIPSIS;
    }

    static String link(URI url, String label) {
        return "<" + SlackEscapes.escape(url.toASCIIString()).replace("|", "%7C") + "|" + label + ">";
    }

    /** Text in which nothing is a link, a mention or an emoji. */
    static PlainTextObject plainText(String text) {
        return PlainTextObject.builder().text(text).emoji(false).build();
    }

    BlockBuilder header(String plain) {
        String line = VisibleText.line(plain);
        String text = shortened(VisibleText.isBlank(line) ? "-" : line, MAX_HEADER);
        return add(HeaderBlock.builder().text(plainText(text)).build());
    }

    /** @param mrkdwn not blank, within 3,000 characters */
    BlockBuilder section(String mrkdwn) {
        return add(SectionBlock.builder().text(text(mrkdwn)).build());
    }

    /** Lines in as few sections as Slack's limit of a section allows. */
    BlockBuilder lines(List<String> mrkdwn) {
        var section = new StringBuilder();
        for (String line : mrkdwn) {
            if (section.length() + 1 + line.length() > MAX_SECTION) {
                section(section.toString());
                section.setLength(0);
            }
            section.append(section.isEmpty() ? "" : "\n").append(line);
        }
        return section.isEmpty() ? this : section(section.toString());
    }

    /** A section of plain text, shortened to Slack's limit. */
    BlockBuilder plain(String text) {
        String visible = VisibleText.visible(text);
        return add(SectionBlock.builder()
                .text(plainText(shortened(VisibleText.isBlank(visible) ? "-" : visible, MAX_SECTION)))
                .build());
    }

    BlockBuilder context(String mrkdwn) {
        return add(ContextBlock.builder().elements(List.of(text(mrkdwn))).build());
    }

    /** Adds a block of another type. Blocks beyond Slack's limit are left out. */
    BlockBuilder add(LayoutBlock block) {
        if (blocks.size() < max) {
            blocks.add(block);
        }
        return this;
    }

    int remaining() {
        return max - blocks.size();
    }

    List<LayoutBlock> build() {
        return List.copyOf(blocks);
    }

    private static MarkdownTextObject text(String mrkdwn) {
        return MarkdownTextObject.builder().text(mrkdwn).verbatim(true).build();
    }
}
