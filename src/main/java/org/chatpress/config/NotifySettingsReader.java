package org.chatpress.config;

import java.net.URI;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.chatpress.config.ConfigNode.InvalidValueException;
import org.chatpress.config.ConfigNode.Section;
import org.chatpress.config.Webhook.Event;
import org.chatpress.model.Secret;

/** Reads {@code notify}: a list of webhooks and WebSub hubs. */
final class NotifySettingsReader {
    private static final int MIN_KEY_BYTES = 24;
    private static final int MAX_KEY_BYTES = 64;

    private NotifySettingsReader() {}

    /** The receivers of changes. */
    record Receivers(List<Webhook> webhooks, List<URI> hubs) {}

    static Receivers read(ConfigNode node) {
        var webhooks = new ArrayList<Webhook>();
        var hubs = new ArrayList<URI>();
        for (ConfigNode item : node.items()) {
            Section section = item.section();
            ConfigNode webhook = section.get("webhook");
            ConfigNode hub = section.get("websub");
            section.rejectUnknownKeys();
            if (webhook.isPresent() == hub.isPresent()) {
                if (!section.isInvalid()) {
                    item.problem("write exactly one of webhook and websub");
                }
                continue;
            }
            if (hub.isPresent()) {
                hub.optional(ValueParsers::secureUrl)
                        .filter(url -> isNew(hubs, url, item))
                        .ifPresent(hubs::add);
            } else {
                addWebhook(webhook.section(), item, webhooks);
            }
        }
        return new Receivers(webhooks, hubs);
    }

    private static void addWebhook(Section section, ConfigNode item, List<Webhook> webhooks) {
        URI url = section.get("url").required(ValueParsers::secureUrl, "write where to send events");
        Secret secret = section.get("secret")
                .required(NotifySettingsReader::secret, "write a variable, such as \"${WEBHOOK_SECRET}\"");
        ConfigNode events = section.get("events");
        Set<Event> chosen = events.set(ValueParsers.oneOf(Event.class), EnumSet.allOf(Event.class));
        section.rejectUnknownKeys();
        if (events.isList() && events.isEmpty()) {
            events.problem("empty: write at least one event, or delete the line");
        }
        List<URI> known = webhooks.stream().map(Webhook::url).toList();
        if (url != null && secret != null && isNew(known, url, item)) {
            webhooks.add(new Webhook(url, secret, chosen));
        }
    }

    private static boolean isNew(List<URI> known, URI url, ConfigNode item) {
        if (known.contains(url)) {
            item.problem("same URL as an entry above: keep one of them");
        }
        return !known.contains(url);
    }

    /** The problem does not quote the value, which may be another secret. */
    private static Secret secret(ConfigNode value) {
        try {
            String text = ValueParsers.nonEmptyText(value);
            int length = text.startsWith(Webhook.SECRET_PREFIX)
                    ? Base64.getDecoder().decode(text.substring(Webhook.SECRET_PREFIX.length())).length
                    : 0;
            if (length >= MIN_KEY_BYTES && length <= MAX_KEY_BYTES) {
                return new Secret(text);
            }
        } catch (IllegalArgumentException e) {
            // The same advice.
        }
        throw new InvalidValueException("not a secret of Standard Webhooks: write whsec_ and 24 to 64 bytes in base64,"
                + " such as from: echo whsec_$(openssl rand -base64 32)");
    }
}
