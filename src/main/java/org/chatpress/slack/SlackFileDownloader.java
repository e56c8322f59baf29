package org.chatpress.slack;

import com.slack.api.util.http.SlackHttpClient;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.net.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.chatpress.error.RemoteException;
import org.chatpress.model.MirroredImage;
import org.chatpress.model.Secret;

/**
 * Downloads files from Slack. The token is sent only to the API's host and to HTTPS hosts below slack.com, so redirects
 * are followed by hand. To a token that may not read a file, Slack answers 200 with its login page, or redirects to it.
 */
final class SlackFileDownloader implements AutoCloseable {
    private static final int MAX_REDIRECTS = 3;
    private static final int DOWNLOAD_TIMEOUT_FACTOR = 3;
    private static final int MAX_PUBLIC_IMAGE_BYTES = 256 * 1024;

    private final Secret token;
    private final HttpUrl api;
    private final ProxySettings proxy;
    private final OkHttpClient client;
    private volatile boolean isCancelled;

    SlackFileDownloader(Secret token, URI apiUrl, ProxySettings proxy, Duration timeout) {
        this.token = token;
        this.api = HttpUrl.get(apiUrl);
        this.proxy = proxy;
        this.client = SlackHttpClient.buildOkHttpClient(
                        WebApiTransport.config(URI.create("https://files.slack.com/"), proxy.forAllHosts(), timeout))
                .newBuilder()
                .followRedirects(false)
                .followSslRedirects(false)
                .callTimeout(timeout.multipliedBy(DOWNLOAD_TIMEOUT_FACTOR))
                .build();
    }

    /** See {@link SlackFiles#download}. */
    byte[] download(String fileUrl, long size, int maxBytes) {
        HttpUrl url = HttpUrl.parse(fileUrl);
        if (url == null || !isSlackHost(url)) {
            throw RemoteException.rejected("the file's URL is not one of Slack's", null);
        }
        if (size > maxBytes) {
            throw tooLarge(size, maxBytes);
        }
        try {
            for (int redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
                try (Response response = execute(request(url))) {
                    Optional<HttpUrl> target = redirectTarget(url, response);
                    if (target.isEmpty()) {
                        return content(response, size, maxBytes);
                    }
                    url = target.get();
                }
            }
        } catch (IOException e) {
            throw failed("a file from Slack", e);
        }
        throw transientFailure("a file from Slack: more than " + MAX_REDIRECTS + " redirects");
    }

    /** See {@link SlackFiles#publicImage}. Sends no token and follows no redirect. */
    MirroredImage publicImage(String imageUrl) {
        HttpUrl url = HttpUrl.parse(imageUrl);
        if (url == null || (!isApiHost(url) && !WebApiSlackClient.isSlackImageUrl(imageUrl))) {
            throw RemoteException.rejected("the image's URL is not one of Slack's", null);
        }
        try (Response response = execute(new Request.Builder().url(url).build())) {
            if (response.code() >= 500 || response.code() == 429) {
                throw transientFailure("an image from Slack: HTTP " + response.code());
            }
            if (response.code() != 200) {
                throw RemoteException.rejected("an image from Slack: HTTP " + response.code(), null);
            }
            byte[] bytes = response.body().byteStream().readNBytes(MAX_PUBLIC_IMAGE_BYTES + 1);
            if (bytes.length > MAX_PUBLIC_IMAGE_BYTES) {
                throw tooLarge(bytes.length, MAX_PUBLIC_IMAGE_BYTES);
            }
            return MirroredImage.of(bytes)
                    .orElseThrow(() -> RemoteException.rejected("an image from Slack: unknown format", null));
        } catch (IOException e) {
            throw failed("an image from Slack", e);
        }
    }

    /** See {@link SlackClient#cancelCalls}. */
    void cancelCalls() {
        isCancelled = true;
        client.dispatcher().cancelAll();
    }

    @Override
    public void close() {
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
    }

    /** Adds the token only if the URL is on one of Slack's hosts: a redirect may lead elsewhere. */
    Request request(HttpUrl url) {
        var request = new Request.Builder().url(url);
        if (isSlackHost(url)) {
            if (!token.reveal().matches("[!-~]+")) {
                throw SlackErrors.malformedToken("a file from Slack");
            }
            request.header("Authorization", "Bearer " + token.reveal());
        }
        return request.build();
    }

    private RuntimeException failed(String call, IOException e) {
        return isCancelled ? new CancellationException(call) : SlackErrors.connectionFailed(call, e);
    }

    private Response execute(Request request) throws IOException {
        if (isCancelled) {
            throw new CancellationException("a file from Slack");
        }
        OkHttpClient suitable = proxy.bypasses(request.url().host())
                ? client.newBuilder().proxy(Proxy.NO_PROXY).build()
                : client;
        try {
            return suitable.newCall(request).execute();
        } catch (IllegalStateException | IllegalArgumentException e) {
            // From okhttp, for instance for two informational responses. Without the cause, which may quote the
            // response.
            throw new ProtocolException("not a valid HTTP response");
        }
    }

    private boolean isSlackHost(HttpUrl url) {
        return isApiHost(url) || (url.isHttps() && url.host().endsWith(".slack.com"));
    }

    private boolean isApiHost(HttpUrl url) {
        return url.scheme().equals(api.scheme()) && url.host().equals(api.host()) && url.port() == api.port();
    }

    /** Where a redirect leads, which may be another host but not plain HTTP; empty if the response is no redirect. */
    private Optional<HttpUrl> redirectTarget(HttpUrl url, Response response) {
        if (response.code() / 100 != 3) {
            return Optional.empty();
        }
        HttpUrl target = url.resolve(response.header("Location", ""));
        if (target == null || (!target.isHttps() && !isSlackHost(target))) {
            throw transientFailure("a file from Slack: redirect to an invalid or insecure URL");
        }
        return Optional.of(target);
    }

    private static byte[] content(Response response, long size, int maxBytes) throws IOException {
        switch (response.code()) {
            case 200 -> {}
            case 401, 403 -> throw accessDenied("HTTP " + response.code());
            case 404, 410 -> throw RemoteException.rejected("the file was deleted from Slack", null);
            default -> throw transientFailure("a file from Slack: HTTP " + response.code());
        }
        String type = response.header("Content-Type", "").toLowerCase(Locale.ROOT);
        if (type.startsWith("text/html")) {
            throw accessDenied("a login page instead of the file");
        }
        if (size == 0 && !type.startsWith("image/")) {
            throw transientFailure("a file from Slack: not an image, by its Content-Type");
        }
        try (ResponseBody body = response.body();
                InputStream in = body.byteStream()) {
            if (body.contentLength() > maxBytes) {
                throw tooLarge(body.contentLength(), maxBytes);
            }
            byte[] bytes = in.readNBytes(maxBytes + 1);
            if (bytes.length > maxBytes) {
                throw tooLarge(bytes.length, maxBytes);
            }
            if (bytes.length == 0 || (size > 0 && bytes.length != size)) {
                throw transientFailure("a file from Slack: %d bytes instead of %d".formatted(bytes.length, size));
            }
            return bytes;
        }
    }

    private static RemoteException tooLarge(long size, int maxBytes) {
        return RemoteException.rejected("too large: %d bytes, more than %d".formatted(size, maxBytes), null);
    }

    private static RemoteException accessDenied(String response) {
        return RemoteException.actionRequired(
                "a file from Slack: " + response,
                "Add the scope files:read to the Slack app and reinstall the app.",
                null);
    }

    private static RemoteException transientFailure(String message) {
        return RemoteException.transientFailure(message, (Throwable) null);
    }
}
