package org.chatpress.notify;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import org.chatpress.error.RemoteException;
import org.chatpress.http.HttpCaller;
import org.chatpress.http.HttpCaller.Response;

/** Pings a WebSub hub, which then fetches the feed and passes it on. */
public final class HubClient {
    private final URI hub;
    private final HttpCaller http = new HttpCaller();

    public HubClient(URI hub) {
        this.hub = hub;
    }

    /** The hub as messages name it; its path may be secret. */
    public static String name(URI hub) {
        return "hub " + hub.getScheme() + "://" + hub.getRawAuthority();
    }

    /** @throws RemoteException if the hub does not accept the ping now */
    void ping(URI feed) {
        String url = URLEncoder.encode(feed.toString(), UTF_8);
        HttpRequest.Builder request = HttpRequest.newBuilder(hub)
                // Hubs differ in which of the two they read.
                .POST(BodyPublishers.ofString("hub.mode=publish&hub.topic=" + url + "&hub.url=" + url))
                .setHeader("Content-Type", "application/x-www-form-urlencoded");
        Response response = http.send(request, name(hub));
        if (!response.isSuccess()) {
            throw unaccepted(response);
        }
    }

    /** Throws unless the hub answers: any status but an error of the server. */
    public void check() {
        Response response = http.send(HttpRequest.newBuilder(hub), name(hub));
        if (response.status() >= 500) {
            throw unaccepted(response);
        }
    }

    private RemoteException unaccepted(Response response) {
        return RemoteException.transientFailure(
                name(hub) + " answered HTTP " + response.status(), "Check notify.websub.", null);
    }
}
