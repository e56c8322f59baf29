package org.chatpress.render.formats;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.chatpress.model.MessageTs;
import org.chatpress.model.VisibleText;
import org.chatpress.render.json.ChatMetadata;
import org.chatpress.render.json.PublishingInfo;
import org.chatpress.render.json.PublishingInfo.OutputFormat;
import org.chatpress.storage.ObjectKey;

/** The public URLs of a chat, its messages and its files; empty where the settings do not give them. */
public final class ChatUrls {
    private static final String LEGAL_BESIDE_LETTERS_AND_DIGITS = "-._~:/?#@!$&'()*+,;=%";

    private final ChatMetadata metadata;
    private final PublishingInfo publishing;

    public ChatUrls(ChatMetadata metadata) {
        this.metadata = metadata;
        this.publishing = metadata.publishing();
    }

    /** The page that shows the chat: the newsroom's page, or the published index.html. */
    public Optional<String> chat() {
        return publishing
                .page()
                .map(page -> page.toASCIIString().replaceFirst("#.*", ""))
                .or(() -> publishing.has(OutputFormat.HTML) ? file("index.html") : Optional.empty());
    }

    /** A message on the chat's page, or its share page if the chat has no page. */
    public Optional<String> message(MessageTs ts) {
        return chat().map(chat -> chat + anchor(ts))
                .or(() -> publishing.has(OutputFormat.SHARE_PAGES) ? file(sharePage(ts)) : Optional.empty());
    }

    /** @param name the name of a file in the chat's folder */
    Optional<String> file(String name) {
        return publishing.publicUrl().map(url -> url.toASCIIString() + metadata.slug() + "/" + name);
    }

    /**
     * The absolute URL of an image or a clip.
     *
     * @param address an absolute URL, or a path from the folder of channels.json
     */
    Optional<String> media(String address) {
        return ObjectKey.isValid(address)
                ? publishing.publicUrl().map(url -> url.toASCIIString() + address)
                : absolute(address);
    }

    /**
     * The URL of an image or a clip for a published page: relative to the page if no public URL is known.
     *
     * @param depth how many folders the page is below channels.json
     */
    Optional<String> media(String address, int depth) {
        return media(address)
                .or(() -> ObjectKey.isValid(address) ? Optional.of("../".repeat(depth) + address) : Optional.empty());
    }

    /** True if the image is published beside the chat, not on another site. */
    boolean isPublishedHere(String address) {
        return ObjectKey.isValid(address)
                || publishing
                        .publicUrl()
                        .filter(url -> address.startsWith(url.toASCIIString()))
                        .isPresent();
    }

    /** The permanent id of the chat in feeds: a tag URI, or a UUID if no host is known. */
    String id() {
        return host().map(host -> "tag:" + host + "," + year() + ":" + metadata.id())
                .orElseGet(() -> uuid(metadata.id().value()));
    }

    /** The permanent id of a message in feeds. */
    String id(MessageTs ts) {
        return host().map(host -> id() + "/" + ts).orElseGet(() -> uuid(metadata.id() + "/" + ts));
    }

    /** What follows the URL of the page to point at a message. */
    public static String anchor(MessageTs ts) {
        return "#m-" + ts;
    }

    static String sharePage(MessageTs ts) {
        return "m/" + ts + ".html";
    }

    /** An http or https URL, percent-encoded where it has to be; empty if the address is not such a URL. */
    static Optional<String> absolute(String address) {
        if (!isHttp(address)) {
            return Optional.empty();
        }
        try {
            var uri = new URI(encoded(address));
            return Optional.ofNullable(uri.getHost()).map(host -> uri.toString());
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    private static boolean isHttp(String address) {
        return address.regionMatches(true, 0, "https://", 0, 8) || address.regionMatches(true, 0, "http://", 0, 7);
    }

    /** Pasted URLs may contain any character: percent-encodes those that a URL must not contain. */
    private static String encoded(String address) {
        var encoded = new StringBuilder(address.length());
        String visible = VisibleText.visible(address).replaceAll("%(?![0-9A-Fa-f]{2})", "%25");
        visible.codePoints().forEach(c -> {
            boolean isLegal =
                    c < 0x80 && (Character.isLetterOrDigit(c) || LEGAL_BESIDE_LETTERS_AND_DIGITS.indexOf(c) >= 0);
            if (isLegal) {
                encoded.appendCodePoint(c);
                return;
            }
            for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
                encoded.append('%')
                        .append(Character.toUpperCase(Character.forDigit((b >> 4) & 0xF, 16)))
                        .append(Character.toUpperCase(Character.forDigit(b & 0xF, 16)));
            }
        });
        return encoded.toString();
    }

    private Optional<String> host() {
        return publishing.page().or(publishing::publicUrl).map(URI::getHost);
    }

    private int year() {
        return publishing.since().atOffset(ZoneOffset.UTC).getYear();
    }

    private static String uuid(String name) {
        return "urn:uuid:" + UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    }
}
