package org.chatpress.media;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.chatpress.error.ErrorMessages;
import org.chatpress.error.RemoteException;
import org.chatpress.media.model.PhotoRecord;
import org.chatpress.media.model.PhotoSettings.Cms;
import org.chatpress.model.DaemonThreadFactory;

/** Asks a CMS over HTTP which photos it shows. */
public final class CmsClient {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int MAX_RESPONSE_BYTES = 1024 * 1024;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Duration timeout;
    private HttpClient http;

    public CmsClient() {
        this(TIMEOUT);
    }

    /** @param timeout of the connection, of the response's headers, and of its body */
    CmsClient(Duration timeout) {
        this.timeout = timeout;
    }

    /**
     * The public URL of a photo in the CMS; empty if the CMS does not show it yet.
     *
     * @throws RemoteException ACTION_REQUIRED if the CMS denies access, TRANSIENT if it fails or does not answer
     */
    public Optional<String> imageUrl(Cms cms, PhotoRecord photo) {
        CmsResponse response = get(cms.lookupUrl(photo.id()));
        Optional<String> cmsId = switch (response.status()) {
            case 200 -> cms.idField().isEmpty() ? Optional.of(photo.id()) : member(response.body(), cms.idField());
            case 404 -> Optional.empty();
            case 401, 403 ->
                throw RemoteException.actionRequired(
                        "the CMS answered HTTP " + response.status(),
                        "Check photos.shown.ask, and allow Chatpress to read it.",
                        null);
            default -> throw unavailable("the CMS answered HTTP " + response.status(), null);
        };
        return cmsId.map(id -> cms.imageUrl(photo, id));
    }

    /** Throws unless the CMS answers, with whatever status. */
    public void check(Cms cms) {
        get(cms.lookupUrl("chatpress-check"));
    }

    private record CmsResponse(int status, byte[] body) {}

    private CmsResponse get(String url) {
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(url)).timeout(timeout).build();
            HttpResponse<InputStream> response = http().send(request, BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                return new CmsResponse(response.statusCode(), read(body));
            }
        } catch (IOException e) {
            throw unavailable("the CMS does not answer: " + ErrorMessages.describe(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable("the request to the CMS was interrupted", e);
        }
    }

    /** The timeout of the request covers the headers only, so the body needs one of its own. */
    private byte[] read(InputStream body) throws IOException, InterruptedException {
        var reading = new FutureTask<>(() -> body.readNBytes(MAX_RESPONSE_BYTES));
        new DaemonThreadFactory("cms").newThread(reading).start();
        try {
            return reading.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("incomplete response", e);
        }
    }

    private synchronized HttpClient http() {
        if (http == null) {
            http = HttpClient.newBuilder()
                    .connectTimeout(timeout)
                    .followRedirects(HttpClient.Redirect.NORMAL)
                    .build();
        }
        return http;
    }

    /** The value of a member, at whatever depth it is in the response. */
    private static Optional<String> member(byte[] body, String name) {
        try {
            JsonNode value = JSON.readTree(body).findValue(name);
            return Optional.ofNullable(value)
                    .filter(JsonNode::isValueNode)
                    .filter(scalar -> !scalar.isNull())
                    .map(JsonNode::asText)
                    .filter(text -> !text.isBlank());
        } catch (IOException e) {
            throw unavailable("the CMS did not answer with JSON", e);
        }
    }

    private static RemoteException unavailable(String message, Throwable cause) {
        return RemoteException.transientFailure(message, cause);
    }
}
