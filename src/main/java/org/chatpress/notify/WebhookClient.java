package org.chatpress.notify;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.chatpress.config.Webhook;
import org.chatpress.error.RemoteException;
import org.chatpress.http.HttpCaller;
import org.chatpress.http.HttpCaller.Response;
import org.chatpress.model.Secret;
import org.chatpress.render.formats.EventJson;

/** Sends a webhook its events. */
public final class WebhookClient {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int GONE = 410;

    private final Webhook webhook;
    private final HttpCaller http = new HttpCaller();

    public WebhookClient(Webhook webhook) {
        this.webhook = webhook;
    }

    /**
     * Sends an event.
     *
     * @param messageId the same in each attempt
     * @param now signed with the body, so that a receiver can reject a replay
     * @return false if the receiver wants no more events: it answered 410
     * @throws RemoteException if it does not accept the event now
     */
    boolean send(String messageId, byte[] body, Instant now) {
        String timestamp = String.valueOf(now.getEpochSecond());
        HttpRequest.Builder request = HttpRequest.newBuilder(webhook.url())
                .POST(BodyPublishers.ofByteArray(body))
                .setHeader("Content-Type", "application/json")
                .setHeader("User-Agent", "Chatpress")
                .setHeader("webhook-id", messageId)
                .setHeader("webhook-timestamp", timestamp)
                .setHeader("webhook-signature", signature(webhook.secret(), messageId, timestamp, body));
        Response response = http.send(request, webhook.name());
        if (response.isSuccess() || response.status() == GONE) {
            return response.isSuccess();
        }
        String message = webhook.name() + " answered HTTP " + response.status();
        if (response.isRedirect()) {
            throw RemoteException.actionRequired(
                    message, "Write the new URL into notify: redirects are not followed.", null);
        }
        throw response.transientFailure(message);
    }

    /** Sends an event without content. */
    public void check(Instant now) {
        if (!send("msg_ping_" + now.getEpochSecond(), EventJson.ofPing(now), now)) {
            throw RemoteException.actionRequired(
                    webhook.name() + " answered HTTP 410", "Remove it from notify: it wants no events.", null);
        }
    }

    /** HMAC-SHA256 of id, timestamp and body, joined by dots. */
    static String signature(Secret secret, String messageId, String timestamp, byte[] body) {
        byte[] key = Base64.getDecoder().decode(secret.reveal().substring(Webhook.SECRET_PREFIX.length()));
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            mac.update((messageId + "." + timestamp + ".").getBytes(UTF_8));
            return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HMAC-SHA256", e);
        }
    }
}
