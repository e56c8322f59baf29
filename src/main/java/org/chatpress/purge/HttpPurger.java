package org.chatpress.purge;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.chatpress.error.RemoteException;
import org.chatpress.http.HttpCaller;
import org.chatpress.http.HttpCaller.Exchange;
import org.chatpress.http.HttpCaller.Response;

/**
 * Sends a cache a request for each URL, as Varnish expects it: with the Host of the public URL, by which caches tell
 * files apart, wherever the request is sent to.
 */
final class HttpPurger implements CdnPurger {
    /** Requests at a time, and so the size of a batch. */
    private static final int PARALLEL = 16;

    private static final int NOT_FOUND = 404;

    private final PurgeSettings.Http settings;
    private final HttpCaller http = new HttpCaller();

    HttpPurger(PurgeSettings.Http settings) {
        this.settings = settings;
    }

    @Override
    public String name() {
        return "cache " + endpoint("").getRawAuthority();
    }

    @Override
    public int batchSize() {
        return PARALLEL;
    }

    @Override
    public PurgeResult purge(List<URI> urls) {
        return sendEach(http, name(), urls, this::request, this::failure);
    }

    private HttpRequest.Builder request(URI url) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        endpoint(url.getRawPath().substring(1)))
                .method(settings.method(), BodyPublishers.noBody())
                .setHeader("Host", url.getRawAuthority());
        settings.headers().forEach((name, value) -> request.setHeader(name, value.reveal()));
        return request;
    }

    private URI endpoint(String path) {
        return URI.create(settings.url().replace(PurgeSettings.Http.PATH, path));
    }

    private Optional<RemoteException> failure(Response response) {
        // Some caches answer 404 to a purge of what they do not have.
        if (response.isSuccess() || response.status() == NOT_FOUND) {
            return Optional.empty();
        }
        String message = "%s answered HTTP %d to %s".formatted(name(), response.status(), settings.method());
        if (response.isTransient()) {
            return Optional.of(response.transientFailure(message));
        }
        return Optional.of(RemoteException.actionRequired(
                message,
                "Check purge.http, and that the cache accepts %s from this machine.".formatted(settings.method()),
                null));
    }

    /**
     * Sends a request for each URL, all at a time.
     *
     * @param failure what a response means; empty: the URL is purged
     */
    static PurgeResult sendEach(
            HttpCaller http,
            String server,
            List<URI> urls,
            Function<URI, HttpRequest.Builder> request,
            Function<Response, Optional<RemoteException>> failure) {
        List<Exchange> exchanges =
                urls.stream().map(url -> http.begin(request.apply(url), server)).toList();
        var purged = new ArrayList<URI>();
        Optional<RemoteException> first = Optional.empty();
        for (int i = 0; i < urls.size(); i++) {
            Optional<RemoteException> failed = failure(exchanges.get(i), failure);
            if (failed.isEmpty()) {
                purged.add(urls.get(i));
            }
            first = first.or(() -> failed);
        }
        return new PurgeResult(purged, first);
    }

    private static Optional<RemoteException> failure(
            Exchange exchange, Function<Response, Optional<RemoteException>> failure) {
        try {
            return failure.apply(exchange.await());
        } catch (RemoteException e) {
            return Optional.of(e);
        }
    }
}
