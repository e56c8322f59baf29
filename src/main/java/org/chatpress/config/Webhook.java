package org.chatpress.config;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.chatpress.model.Hashes;
import org.chatpress.model.Secret;

/**
 * A receiver of changes, as configured in channels.yml.
 *
 * @param url may contain a secret
 * @param secret {@code whsec_} and a key in base64, as Standard Webhooks writes it
 * @param events those that it receives; at least one
 */
public record Webhook(URI url, Secret secret, Set<Event> events) {
    public static final String SECRET_PREFIX = "whsec_";

    private static final int ID_LENGTH = 16;

    public Webhook {
        events = Set.copyOf(events);
    }

    /** What happened in a chat. */
    public enum Event {
        /** A message became public. */
        PUBLISHED,
        /** A public message changed. */
        CHANGED,
        /** A message, or a whole chat, is no longer public. */
        TAKEN_DOWN,
        /** A chat was opened. */
        OPENED,
        /** A chat was closed. */
        CLOSED
    }

    /** Identifies the webhook in the database, without its URL. */
    public String id() {
        return Hashes.sha256(url.toString().getBytes(StandardCharsets.UTF_8)).substring(0, ID_LENGTH);
    }

    /** The webhook as operators see it: without the path, which may be a secret. */
    public String name() {
        return "webhook " + url.getScheme() + "://" + url.getRawAuthority();
    }
}
