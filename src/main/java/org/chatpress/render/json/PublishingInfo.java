package org.chatpress.render.json;

import java.net.URI;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
 * @param hubs the WebSub hubs that distribute the feeds
 */
public record PublishingInfo(
        Set<OutputFormat> formats,
        Instant since,
        Optional<URI> page,
        Optional<URI> publicUrl,
        String publisher,
        Optional<URI> logo,
        String language,
        boolean mirrorsAvatars,
        List<URI> hubs) {
    /** For a chat that is published as JSON only. */
    public static final PublishingInfo NONE = new PublishingInfo(
            Set.of(), Instant.EPOCH, Optional.empty(), Optional.empty(), "", Optional.empty(), "en", false, List.of());

    public PublishingInfo {
        var ordered = EnumSet.noneOf(OutputFormat.class);
        ordered.addAll(formats);
        formats = Collections.unmodifiableSet(ordered);
        hubs = List.copyOf(hubs);
    }

    public PublishingInfo withPublicUrl(Optional<URI> newUrl) {
        return new PublishingInfo(formats, since, page, newUrl, publisher, logo, language, mirrorsAvatars, hubs);
    }

    public PublishingInfo withLanguage(String newLanguage) {
        return new PublishingInfo(formats, since, page, publicUrl, publisher, logo, newLanguage, mirrorsAvatars, hubs);
    }

    public boolean has(OutputFormat format) {
        return formats.contains(format);
    }

    /** A format in which a chat is published besides JSON, if its channel is configured for it. */
    public enum OutputFormat {
        /** {@code feed.json}: a JSON Feed of the newest messages. */
        JSON_FEED,
        /** {@code atom.xml}: the same as an Atom feed. */
        ATOM,
        /** {@code liveblogposting.json}: JSON-LD for search engines. */
        LIVEBLOG,
        /** {@code index.html} and {@code fragment.html}: pages that work without JavaScript. */
        HTML,
        /** {@code m/<id>.html}: a page for each message, for links in social media. */
        SHARE_PAGES,
        /** {@code archive.ndjson}: every message, once the chat is closed. */
        ARCHIVE
    }
}
