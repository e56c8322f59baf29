package org.chatpress.render.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.chatpress.model.OutputFormat;

/**
 * Who publishes a chat, where, and in which formats.
 *
 * @param formats the formats published besides JSON
 * @param since the start of the chat, which never changes
 * @param page the newsroom's page that shows the chat; empty if not set
 * @param publicUrl the URL of the published files, with a trailing slash; empty if not set
 * @param publisher the name of the publisher; may be empty
 * @param logo the publisher's logo
 * @param language a BCP 47 language tag
 * @param mirrorsAvatars whether the chat publishes copies of avatars instead of linking to Slack's
 */
public record PublishingInfo(
        Set<OutputFormat> formats,
        Instant since,
        Optional<URI> page,
        Optional<URI> publicUrl,
        String publisher,
        Optional<URI> logo,
        String language,
        boolean mirrorsAvatars) {
    /** For a chat that is published as JSON only. */
    public static final PublishingInfo NONE = new PublishingInfo(
            Set.of(), Instant.EPOCH, Optional.empty(), Optional.empty(), "", Optional.empty(), "en", false);

    public PublishingInfo {
        var ordered = EnumSet.noneOf(OutputFormat.class);
        ordered.addAll(formats);
        formats = Collections.unmodifiableSet(ordered);
    }

    public PublishingInfo withPublicUrl(Optional<URI> newUrl) {
        return new PublishingInfo(formats, since, page, newUrl, publisher, logo, language, mirrorsAvatars);
    }

    public boolean has(OutputFormat format) {
        return formats.contains(format);
    }

    ObjectNode json() {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        ArrayNode names = node.putArray("formats");
        formats.forEach(format -> names.add(format.name()));
        node.put("since", since.toString());
        page.ifPresent(address -> node.put("page", address.toString()));
        publicUrl.ifPresent(address -> node.put("site", address.toString()));
        node.put("publisher", publisher);
        logo.ifPresent(address -> node.put("logo", address.toString()));
        node.put("language", language);
        node.put("mirrors_avatars", mirrorsAvatars);
        return node;
    }

    static PublishingInfo of(JsonNode node) {
        if (node.isMissingNode()) {
            return NONE;
        }
        Set<OutputFormat> formats = EnumSet.noneOf(OutputFormat.class);
        node.path("formats").forEach(name -> formats.add(OutputFormat.valueOf(name.asText())));
        return new PublishingInfo(
                formats,
                Instant.parse(node.path("since").asText()),
                address(node, "page"),
                address(node, "site"),
                node.path("publisher").asText(),
                address(node, "logo"),
                node.path("language").asText(),
                node.path("mirrors_avatars").asBoolean());
    }

    private static Optional<URI> address(JsonNode node, String member) {
        return node.has(member) ? Optional.of(URI.create(node.path(member).asText())) : Optional.empty();
    }
}
