package org.chatpress.slack;

import com.slack.api.util.http.SlackHttpClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.chatpress.error.ErrorMessages;
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
    private static final Duration LARGE_FILE_TIMEOUT = Duration.ofMinutes(30);
    private static final int CHUNK_BYTES = 64 * 1024;
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
                        SdkConfig.of(URI.create("https://files.slack.com/"), proxy.forAllHosts(), timeout))
                .newBuilder()
                .followRedirects(false)
                .followSslRedirects(false)
                .callTimeout(timeout.multipliedBy(DOWNLOAD_TIMEOUT_FACTOR))
                .build();
    }

    /** See {@link SlackFiles#download(String, long, int)}. */
    byte[] download(String fileUrl, long size, int maxBytes) {
        return download(fileUrl, size, maxBytes, client, (type, in) -> {
            if (size == 0 && !type.startsWith("image/")) {
                throw transientFailure("a file from Slack: not an image, by its Content-Type");
            }
            byte[] bytes = in.readNBytes(maxBytes + 1);
            if (bytes.length > maxBytes) {
                throw tooLarge(bytes.length, maxBytes);
            }
            if (bytes.length == 0 || (size > 0 && bytes.length != size)) {
                throw incomplete(bytes.length, size);
            }
            return bytes;
        });
    }

    /** See {@link SlackFiles#download(String, long, long, Path, BooleanSupplier)}. */
    void download(String fileUrl, long size, long maxBytes, Path target, BooleanSupplier isStopped) {
        OkHttpClient patient =
                client.newBuilder().callTimeout(LARGE_FILE_TIMEOUT).build();
        download(fileUrl, size, maxBytes, patient, (type, in) -> {
            long length = 0;
            byte[] chunk = new byte[CHUNK_BYTES];
            try (OutputStream out = open(target)) {
                for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                    length += read;
                    if (length > maxBytes) {
                        throw tooLarge(length, maxBytes);
                    }
                    if (isStopped.getAsBoolean()) {
                        throw new CancellationException("the file is no longer wanted");
                    }
                    write(out, chunk, read);
                }
            }
            if (size > 0 && length != size) {
                throw incomplete(length, size);
            }
            return target;
        });
    }

    private static OutputStream open(Path target) {
        try {
            return Files.newOutputStream(target);
        } catch (IOException e) {
            throw cannotKeep(e);
        }
    }

    private static void write(OutputStream out, byte[] chunk, int length) {
        try {
            out.write(chunk, 0, length);
        } catch (IOException e) {
            throw cannotKeep(e);
        }
    }

    private static RemoteException cannotKeep(IOException e) {
        return RemoteException.actionRequired(
                "cannot keep a file from Slack: " + ErrorMessages.describe(e),
                "Check the free space and the owner of the folder of the converted clips.",
                e);
    }

    private interface ContentReader<T> {
        /** @param type the Content-Type in lower case */
        T read(String type, InputStream in) throws IOException;
    }

    private <T> T download(String fileUrl, long size, long maxBytes, OkHttpClient with, ContentReader<T> reader) {
        HttpUrl url = HttpUrl.parse(fileUrl);
        if (url == null || !isSlackHost(url)) {
            throw RemoteException.rejected("the file's URL is not one of Slack's", null);
        }
        if (size > maxBytes) {
            throw tooLarge(size, maxBytes);
        }
        try {
            for (int redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
                try (Response response = execute(request(url), with)) {
                    Optional<HttpUrl> target = redirectTarget(url, response);
                    if (target.isEmpty()) {
                        return content(response, maxBytes, reader);
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
        try (Response response = execute(new Request.Builder().url(url).build(), client)) {
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

    private Response execute(Request request, OkHttpClient with) throws IOException {
        if (isCancelled) {
            throw new CancellationException("a file from Slack");
        }
        OkHttpClient suitable = proxy.bypasses(request.url().host())
                ? with.newBuilder().proxy(Proxy.NO_PROXY).build()
                : with;
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

    private static <T> T content(Response response, long maxBytes, ContentReader<T> reader) throws IOException {
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
        try (ResponseBody body = response.body();
                InputStream in = body.byteStream()) {
            if (body.contentLength() > maxBytes) {
                throw tooLarge(body.contentLength(), maxBytes);
            }
            return reader.read(type, in);
        }
    }

    private static RemoteException incomplete(long length, long size) {
        return transientFailure("a file from Slack: %d bytes instead of %d".formatted(length, size));
    }

    private static RemoteException tooLarge(long size, long maxBytes) {
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
