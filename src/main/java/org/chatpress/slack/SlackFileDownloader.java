package org.chatpress.slack;

import com.slack.api.util.http.SlackHttpClient;
import java.io.IOException;
import java.io.InputStream;
import java.net.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.chatpress.error.RemoteException;
import org.chatpress.model.MirroredImage;
import org.chatpress.model.Secret;

/**
 * Where Slack keeps files. The token goes to the API's own host and to https hosts below slack.com, and nowhere else;
 * redirects are followed by hand. Without the right to a file Slack answers 200 with a login page, or leads to one.
 */
final class SlackFileDownloader implements AutoCloseable {
    private static final int MOST_REDIRECTS = 3;
    private static final int CALL_TIMES_TIMEOUT = 3;
    private static final int MOST_OF_A_PICTURE = 256 * 1024;

    private final Secret token;
    private final HttpUrl api;
    private final String noProxy;
    private final OkHttpClient client;

    SlackFileDownloader(Secret token, URI apiUrl, String noProxy, Duration timeout) {
        this.token = token;
        this.api = HttpUrl.get(apiUrl);
        this.noProxy = noProxy;
        this.client = SlackHttpClient.buildOkHttpClient(
                        WebApiTransport.config(URI.create("https://files.slack.com/"), "", timeout))
                .newBuilder()
                .followRedirects(false)
                .followSslRedirects(false)
                .callTimeout(timeout.multipliedBy(CALL_TIMES_TIMEOUT))
                .build();
    }

    byte[] download(String url, long size, int most) {
        HttpUrl address = HttpUrl.parse(url);
        if (address == null || !isSlacks(address)) {
            throw RemoteException.rejected("the file's address is not one of Slack's", null);
        }
        if (size > most) {
            throw tooLarge(size, most);
        }
        try {
            for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
                try (Response response = call(request(address))) {
                    Optional<HttpUrl> next = redirect(address, response);
                    if (next.isEmpty()) {
                        return bytes(response, size, most);
                    }
                    address = next.get();
                }
            }
        } catch (IOException e) {
            throw SlackErrors.connectionFailed("a file from Slack", e);
        }
        throw unavailable("a file from Slack: more than " + MOST_REDIRECTS + " redirects");
    }

    /** A picture that anybody may see: asked for without the token, and where it leads elsewhere nobody follows. */
    MirroredImage publicImage(String url) {
        HttpUrl address = HttpUrl.parse(url);
        if (address == null || (!isApis(address) && !WebApiSlackClient.isOwnPicture(url))) {
            throw RemoteException.rejected("the picture's address is not one of Slack's", null);
        }
        try (Response response = call(new Request.Builder().url(address).build())) {
            if (response.code() >= 500 || response.code() == 429) {
                throw unavailable("a picture from Slack: HTTP " + response.code());
            }
            if (response.code() != 200) {
                throw RemoteException.rejected("a picture from Slack: HTTP " + response.code(), null);
            }
            byte[] bytes = response.body().byteStream().readNBytes(MOST_OF_A_PICTURE + 1);
            if (bytes.length > MOST_OF_A_PICTURE) {
                throw tooLarge(bytes.length, MOST_OF_A_PICTURE);
            }
            return MirroredImage.of(bytes)
                    .orElseThrow(() -> RemoteException.rejected("what Slack sent is no picture", null));
        } catch (IOException e) {
            throw SlackErrors.connectionFailed("a picture from Slack", e);
        }
    }

    @Override
    public void close() {
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
    }

    /** With the token for Slack's own hosts; where a redirect leads elsewhere, without. */
    Request request(HttpUrl address) {
        var request = new Request.Builder().url(address);
        if (isSlacks(address)) {
            if (!token.reveal().matches("[!-~]+")) {
                throw SlackErrors.malformedToken("a file from Slack");
            }
            request.header("Authorization", "Bearer " + token.reveal());
        }
        return request.build();
    }

    private Response call(Request request) throws IOException {
        OkHttpClient direct = WebApiTransport.bypassesProxy(request.url().host(), noProxy)
                ? client.newBuilder().proxy(Proxy.NO_PROXY).build()
                : client;
        return direct.newCall(request).execute();
    }

    private boolean isSlacks(HttpUrl address) {
        return isApis(address) || (address.isHttps() && address.host().endsWith(".slack.com"));
    }

    private boolean isApis(HttpUrl address) {
        return address.scheme().equals(api.scheme())
                && address.host().equals(api.host())
                && address.port() == api.port();
    }

    /** Where the answer leads on to; never to an address in the clear. */
    private Optional<HttpUrl> redirect(HttpUrl from, Response response) {
        if (response.code() / 100 != 3) {
            return Optional.empty();
        }
        String location = response.header("Location", "");
        HttpUrl to = from.resolve(location);
        if (to == null || (!to.isHttps() && !isSlacks(to))) {
            throw unavailable("a file from Slack: a redirect to nowhere");
        }
        return Optional.of(to);
    }

    private static byte[] bytes(Response response, long size, int most) throws IOException {
        switch (response.code()) {
            case 200 -> {}
            case 401, 403 -> throw noRight("HTTP " + response.code());
            case 404, 410 -> throw RemoteException.rejected("the file is gone from Slack", null);
            default -> throw unavailable("a file from Slack: HTTP " + response.code());
        }
        String type = response.header("Content-Type", "").toLowerCase(Locale.ROOT);
        if (type.startsWith("text/html")) {
            throw noRight("a web page instead");
        }
        if (size == 0 && !type.startsWith("image/")) {
            throw unavailable("a file from Slack: no image, as its type says");
        }
        try (ResponseBody body = response.body();
                InputStream in = body.byteStream()) {
            if (body.contentLength() > most) {
                throw tooLarge(body.contentLength(), most);
            }
            byte[] bytes = in.readNBytes(most + 1);
            if (bytes.length > most) {
                throw tooLarge(bytes.length, most);
            }
            if (bytes.length == 0 || (size > 0 && bytes.length != size)) {
                throw unavailable("a file from Slack: %d bytes instead of %d".formatted(bytes.length, size));
            }
            return bytes;
        }
    }

    private static RemoteException tooLarge(long size, int most) {
        return RemoteException.rejected("it has %d bytes, more than %d".formatted(size, most), null);
    }

    private static RemoteException noRight(String answer) {
        return RemoteException.actionRequired(
                "a file from Slack: " + answer,
                "Add the scope files:read to the Slack app and reinstall the app.",
                null);
    }

    private static RemoteException unavailable(String message) {
        return RemoteException.transientFailure(message, (Throwable) null);
    }
}
