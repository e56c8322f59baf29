package org.chatpress.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.chatpress.model.LinkPreview;
import org.chatpress.model.slack.SlackEscapes;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.text.MessageFormatter.ResolvedNames;
import org.chatpress.text.document.Embed;
import org.chatpress.text.document.LinkCollector;
import org.chatpress.text.document.LinkPolicy;
import org.chatpress.text.document.PlainTextWriter;

/**
 * Slack's previews of the links in a message, for readers.
 *
 * <p>Slack adds a preview some seconds after the message, and no edit shows that. So the newest message tells the
 * previews, and the approved one which links they may be of. Left out are copies of other messages, which may be of
 * other channels, and what an app of the newsroom's showed with the rights it has.
 */
final class LinkPreviewExtractor {
    private static final int MOST = 10;
    private static final int LONGEST_TITLE = 300;
    private static final int LONGEST_TEXT = 1_000;

    /** Where Slack's window fetches pictures of others; the address of the picture is a part of theirs. */
    private static final String PROXY = "slack-imgs.com";

    private final ReferenceResolver references;

    LinkPreviewExtractor(EmojiTable emoji) {
        this.references =
                new ReferenceResolver(new ResolvedNames(Map.of(), Map.of(), CustomEmoji.none()), ZoneOffset.UTC, emoji);
    }

    /**
     * The previews to show, one for each link at most.
     *
     * @param approved the message as it may be seen
     * @param newest what Slack has now
     */
    List<LinkPreview> extract(SlackMessage approved, SlackMessage newest) {
        JsonNode raw = newest.json().path("attachments");
        if (raw.isEmpty()) {
            return List.of();
        }
        Set<String> links = LinkCollector.linksIn(MessageFormatter.blocks(approved, references));
        var previews = new LinkedHashMap<String, LinkPreview>();
        for (JsonNode preview : raw) {
            link(preview)
                    .filter(url -> links.contains(LinkCollector.normalized(url)) && previews.size() < MOST)
                    .ifPresent(url -> previews.putIfAbsent(LinkCollector.normalized(url), attachment(preview, url)));
        }
        return List.copyOf(previews.values());
    }

    /** The link that it is a preview of; empty for what is none, or not for readers. */
    private static Optional<String> link(JsonNode preview) {
        boolean isMessage = preview.path("is_msg_unfurl").asBoolean()
                || preview.path("is_share").asBoolean()
                || preview.path("is_reply_unfurl").asBoolean()
                || preview.has("channel_id")
                || preview.has("message_blocks");
        if (isMessage || preview.path("is_app_unfurl").asBoolean() || preview.has("app_unfurl_url")) {
            return Optional.empty();
        }
        String original = preview.path("original_url").asText();
        String address = original.isEmpty() ? preview.path("from_url").asText() : original;
        return LinkPolicy.linkTarget(ReferenceResolver.oneLine(SlackEscapes.unescape(address)))
                .filter(safe -> safe.regionMatches(true, 0, "http", 0, 4));
    }

    private LinkPreview attachment(JsonNode preview, String url) {
        Embed embed = Embed.of(url);
        return new LinkPreview(
                line(preview, "title", LONGEST_TITLE),
                cut(
                        PlainTextWriter.write(
                                MessageFormatter.blocks(preview.path("text").asText(), references)),
                        LONGEST_TEXT),
                url,
                image(preview),
                line(preview, "author_name", LONGEST_TITLE),
                line(preview, "service_name", LONGEST_TITLE),
                embed.kind(),
                embed.id());
    }

    private String line(JsonNode preview, String member, int longest) {
        String words = ReferenceResolver.oneLine(
                SlackEscapes.unescape(preview.path(member).asText()));
        return cut(PlainTextWriter.writeLine(references.text(words)), longest);
    }

    private static String cut(String words, int longest) {
        if (words.length() <= longest) {
            return words;
        }
        int end = Character.isHighSurrogate(words.charAt(longest - 2)) ? longest - 2 : longest - 1;
        return words.substring(0, end) + "…";
    }

    private static String image(JsonNode preview) {
        String image = preview.path("image_url").asText();
        String address = ReferenceResolver.oneLine(
                image.isEmpty() ? preview.path("thumb_url").asText() : image);
        return LinkPolicy.imageUrl(proxied(address).orElse(address))
                .filter(safe -> safe.regionMatches(true, 0, "https:", 0, 6))
                .orElse("");
    }

    /** The picture behind the proxy's address; empty for another address. */
    private static Optional<String> proxied(String address) {
        try {
            URI uri = new URI(address);
            if (uri.getHost() == null || !uri.getHost().equals(PROXY) || uri.getRawQuery() == null) {
                return Optional.empty();
            }
            for (String parameter : uri.getRawQuery().split("&", -1)) {
                if (parameter.startsWith("url=")) {
                    return Optional.of(URLDecoder.decode(parameter.substring(4), StandardCharsets.UTF_8));
                }
            }
            return Optional.empty();
        } catch (URISyntaxException | IllegalArgumentException broken) {
            return Optional.empty();
        }
    }
}
