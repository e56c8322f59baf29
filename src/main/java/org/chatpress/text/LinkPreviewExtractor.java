package org.chatpress.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.chatpress.model.PublicMessage.LinkPreview;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.model.slack.SlackMessage.AttachmentKind;
import org.chatpress.model.slack.SlackMessage.SlackEscapes;
import org.chatpress.text.MessageFormatter.ResolvedNames;
import org.chatpress.text.document.Block;
import org.chatpress.text.document.Block.BlockList;
import org.chatpress.text.document.Block.Item;
import org.chatpress.text.document.Block.Paragraph;
import org.chatpress.text.document.Block.Quote;
import org.chatpress.text.document.Block.Table;
import org.chatpress.text.document.Embed;
import org.chatpress.text.document.LinkPolicy;
import org.chatpress.text.document.PlainTextWriter;
import org.chatpress.text.document.Span;
import org.chatpress.text.document.Span.Link;
import org.chatpress.text.document.Span.Styled;

/**
 * Extracts link previews from the {@code attachments} of a message.
 *
 * <p>Slack adds a preview seconds after the message, which is not an edit. So the newest version of the message has the
 * previews, and the approved one the links that may have one. Left out are copies of other messages, which may be
 * private, and previews by an app of the workspace, which shows what the app may see.
 */
final class LinkPreviewExtractor {
    private static final int MAX_PREVIEWS = 10;
    private static final int MAX_TITLE_LENGTH = 300;
    private static final int MAX_TEXT_LENGTH = 1_000;

    /** The proxy through which Slack's client loads images of other sites. Its URLs contain that of the image. */
    private static final String PROXY_HOST = "slack-imgs.com";

    private final ReferenceResolver references;

    LinkPreviewExtractor(EmojiTable emoji) {
        this.references =
                new ReferenceResolver(new ResolvedNames(Map.of(), Map.of(), CustomEmoji.none()), ZoneOffset.UTC, emoji);
    }

    /**
     * The previews to show, at most one for each link.
     *
     * @param approved the message as readers may see it
     * @param newest the message as Slack sends it now
     */
    List<LinkPreview> extract(SlackMessage approved, SlackMessage newest) {
        JsonNode attachments = newest.json().path("attachments");
        if (attachments.isEmpty()) {
            return List.of();
        }
        Set<String> links = LinkCollector.linksIn(MessageFormatter.parse(approved, references));
        var previews = new LinkedHashMap<String, LinkPreview>();
        for (JsonNode attachment : attachments) {
            previewedUrl(attachment)
                    .filter(url -> links.contains(LinkCollector.normalized(url)) && previews.size() < MAX_PREVIEWS)
                    .ifPresent(url -> previews.putIfAbsent(LinkCollector.normalized(url), preview(attachment, url)));
        }
        return List.copyOf(previews.values());
    }

    /** The URL that the attachment is a preview of; empty if it is no preview, or not for readers. */
    private static Optional<String> previewedUrl(JsonNode attachment) {
        if (AttachmentKind.of(attachment) != AttachmentKind.LINK_PREVIEW) {
            return Optional.empty();
        }
        String original = attachment.path("original_url").asText();
        String url = original.isEmpty() ? attachment.path("from_url").asText() : original;
        return LinkPolicy.linkTarget(ReferenceResolver.oneLine(SlackEscapes.unescape(url)))
                .filter(safe -> safe.regionMatches(true, 0, "http", 0, 4));
    }

    private LinkPreview preview(JsonNode attachment, String url) {
        Embed embed = Embed.of(url);
        String text = PlainTextWriter.write(
                MessageFormatter.parse(attachment.path("text").asText(), references));
        return new LinkPreview(
                line(attachment, "title"),
                shortened(text, MAX_TEXT_LENGTH),
                url,
                image(attachment),
                line(attachment, "author_name"),
                line(attachment, "service_name"),
                embed.kind(),
                embed.id());
    }

    private String line(JsonNode attachment, String field) {
        String text = ReferenceResolver.oneLine(
                SlackEscapes.unescape(attachment.path(field).asText()));
        return shortened(PlainTextWriter.writeLine(references.text(text)), MAX_TITLE_LENGTH);
    }

    private static String shortened(String text, int maxLength) {
        if (text.length() <= maxLength) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(maxLength - 2)) ? maxLength - 2 : maxLength - 1;
        return text.substring(0, end) + "…";
    }

    private static String image(JsonNode attachment) {
        String image = attachment.path("image_url").asText();
        String url = ReferenceResolver.oneLine(
                image.isEmpty() ? attachment.path("thumb_url").asText() : image);
        return LinkPolicy.imageUrl(proxied(url).orElse(url))
                .filter(safe -> safe.regionMatches(true, 0, "https:", 0, 6))
                .orElse("");
    }

    /** The image URL within a URL of the proxy; empty for another URL. */
    private static Optional<String> proxied(String url) {
        try {
            URI uri = new URI(url);
            if (uri.getHost() == null || !uri.getHost().equals(PROXY_HOST) || uri.getRawQuery() == null) {
                return Optional.empty();
            }
            for (String parameter : uri.getRawQuery().split("&", -1)) {
                if (parameter.startsWith("url=")) {
                    return Optional.of(URLDecoder.decode(parameter.substring(4), StandardCharsets.UTF_8));
                }
            }
            return Optional.empty();
        } catch (URISyntaxException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Collects the URLs of a message's links. */
    private static final class LinkCollector {
        private final Set<String> urls = new HashSet<>();

        private LinkCollector() {}

        /** The URLs of all links, each {@link #normalized}. */
        static Set<String> linksIn(List<Block> blocks) {
            var collector = new LinkCollector();
            collector.collect(blocks);
            return collector.urls;
        }

        /** The URL without a slash at its end: with it, the URL leads to the same page. */
        static String normalized(String url) {
            return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
        }

        private void collect(List<Block> blocks) {
            for (Block block : blocks) {
                if (block instanceof Paragraph paragraph) {
                    paragraph.lines().forEach(this::collectFromLine);
                } else if (block instanceof Quote quote) {
                    collect(quote.blocks());
                } else if (block instanceof BlockList list) {
                    for (Item item : list.items()) {
                        item.lines().forEach(this::collectFromLine);
                        collect(item.blocks());
                    }
                } else if (block instanceof Table table) {
                    table.rows().forEach(row -> row.forEach(cell -> cell.lines().forEach(this::collectFromLine)));
                }
            }
        }

        private void collectFromLine(List<Span> spans) {
            for (Span span : spans) {
                if (span instanceof Styled styled) {
                    collectFromLine(styled.spans());
                } else if (span instanceof Link link) {
                    urls.add(normalized(link.url()));
                }
            }
        }
    }
}
