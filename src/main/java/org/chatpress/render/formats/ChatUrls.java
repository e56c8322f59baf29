package org.chatpress.render.formats;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.chatpress.model.MessageTs;
import org.chatpress.model.OutputFormat;
import org.chatpress.render.json.ChatMetadata;
import org.chatpress.render.json.PublishingInfo;
import org.chatpress.storage.ObjectKey;
import org.chatpress.text.document.VisibleText;

/** Where a chat, its messages and its files are found, as far as the settings say. */
final class ChatUrls {
    private static final String LEGAL_BESIDE_LETTERS_AND_DIGITS = "-._~:/?#@!$&'()*+,;=%";

    private final ChatMetadata metadata;
    private final PublishingInfo publishing;

    ChatUrls(ChatMetadata metadata) {
        this.metadata = metadata;
        this.publishing = metadata.publishing();
    }

    /** Where readers see the chat: the newsroom's page, else our own. */
    Optional<String> chat() {
        return publishing
                .page()
                .map(page -> page.toASCIIString().replaceFirst("#.*", ""))
                .or(() -> publishing.has(OutputFormat.HTML) ? file("index.html") : Optional.empty());
    }

    /** Where readers see a message: within the chat, else on its share page. */
    Optional<String> message(MessageTs ts) {
        return chat().map(chat -> chat + anchor(ts))
                .or(() -> publishing.has(OutputFormat.SHARE_PAGES) ? file(sharePage(ts)) : Optional.empty());
    }

    /** A file of the chat, by its name within the chat's folder. */
    Optional<String> file(String name) {
        return publishing.publicUrl().map(site -> site.toASCIIString() + metadata.slug() + "/" + name);
    }

    /** A picture's address as the store has it: the web's, or a path from the folder that holds channels.json. */
    Optional<String> image(String address) {
        return ObjectKey.isValid(address)
                ? publishing.publicUrl().map(site -> site.toASCIIString() + address)
                : absolute(address);
    }

    /** Likewise for a page of ours that lies so deep: without a site, the path leads there from the page itself. */
    Optional<String> image(String address, int depth) {
        return image(address)
                .or(() -> ObjectKey.isValid(address) ? Optional.of("../".repeat(depth) + address) : Optional.empty());
    }

    /** A picture that lies beside the chat, on our own storage. */
    boolean isOurs(String address) {
        return ObjectKey.isValid(address)
                || publishing
                        .publicUrl()
                        .filter(site -> address.startsWith(site.toASCIIString()))
                        .isPresent();
    }

    /** The same for ever: feed readers know a chat by it. */
    String id() {
        return host().map(host -> "tag:" + host + "," + year() + ":" + metadata.id())
                .orElseGet(() -> uuid(metadata.id().value()));
    }

    /** Likewise for a message. */
    String id(MessageTs ts) {
        return host().map(host -> id() + "/" + ts).orElseGet(() -> uuid(metadata.id() + "/" + ts));
    }

    static String anchor(MessageTs ts) {
        return "#m-" + ts;
    }

    static String sharePage(MessageTs ts) {
        return "m/" + ts + ".html";
    }

    /** An address of the web as a link may have it; empty if it is none. */
    static Optional<String> absolute(String address) {
        if (!isOfTheWeb(address)) {
            return Optional.empty();
        }
        try {
            var uri = new URI(legal(address));
            return Optional.ofNullable(uri.getHost()).map(host -> uri.toString());
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    private static boolean isOfTheWeb(String address) {
        return address.regionMatches(true, 0, "https://", 0, 8) || address.regionMatches(true, 0, "http://", 0, 7);
    }

    /** What people paste as an address may hold any character; one that doesn't belong there is written as its bytes. */
    private static String legal(String address) {
        var legal = new StringBuilder(address.length());
        String allowed = VisibleText.visible(address).replaceAll("%(?![0-9A-Fa-f]{2})", "%25");
        allowed.codePoints().forEach(c -> {
            boolean isPlain =
                    c < 0x80 && (Character.isLetterOrDigit(c) || LEGAL_BESIDE_LETTERS_AND_DIGITS.indexOf(c) >= 0);
            if (isPlain) {
                legal.appendCodePoint(c);
                return;
            }
            for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
                legal.append('%')
                        .append(Character.toUpperCase(Character.forDigit((b >> 4) & 0xF, 16)))
                        .append(Character.toUpperCase(Character.forDigit(b & 0xF, 16)));
            }
        });
        return legal.toString();
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
