package org.chatpress.purge;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Optional;
import org.chatpress.error.RemoteException;
import org.chatpress.http.HttpCaller;
import org.chatpress.http.HttpCaller.Response;

/**
 * Purges through <a href="https://www.fastly.com/documentation/reference/api/purging/">Fastly's API</a>: a request for
 * each URL, since purges in batches need surrogate keys, which storages cannot send.
 */
final class FastlyPurger implements CdnPurger {
    private static final int PARALLEL = 16;

    private final PurgeSettings.Fastly settings;
    private final HttpCaller http = new HttpCaller();

    FastlyPurger(PurgeSettings.Fastly settings) {
        this.settings = settings;
    }

    @Override
    public String name() {
        return "Fastly";
    }

    @Override
    public int batchSize() {
        return PARALLEL;
    }

    @Override
    public PurgeResult purge(List<URI> urls) {
        return HttpPurger.sendEach(http, name(), urls, this::request, FastlyPurger::failure);
    }

    private HttpRequest.Builder request(URI url) {
        return HttpRequest.newBuilder(settings.apiUrl().resolve("purge/" + url.getRawAuthority() + url.getRawPath()))
                .POST(BodyPublishers.noBody())
                .setHeader("Fastly-Key", settings.token().reveal())
                .setHeader("Accept", "application/json");
    }

    private static Optional<RemoteException> failure(Response response) {
        if (response.isSuccess()) {
            return Optional.empty();
        }
        String message = "Fastly answered HTTP " + response.status();
        if (response.isTransient()) {
            return Optional.of(response.transientFailure(message));
        }
        String hint = response.status() == 401 || response.status() == 403
                ? "Check purge.fastly.token: it needs the scope purge_select for the service."
                : "Check that the domain of public-url belongs to a service of the token's account.";
        return Optional.of(RemoteException.actionRequired(message, hint, null));
    }
}
