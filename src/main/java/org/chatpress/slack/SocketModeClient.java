package org.chatpress.slack;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.chatpress.error.RemoteException;
import org.chatpress.model.Backoff;
import org.chatpress.model.ChannelId;
import org.chatpress.model.DaemonThreadFactory;
import org.chatpress.model.MessageTs;
import org.chatpress.model.Secret;
import org.chatpress.slack.RateLimiter.SlackMethod;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives events by Socket Mode (https://docs.slack.dev/apis/events-api/using-socket-mode). It reports only which message
 * an event is about; the Web API is then asked for its content. So a lost, repeated, late or forged event changes nothing
 * but the delay. Reconnects after every failure, until {@link #close}.
 */
public final class SocketModeClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SocketModeClient.class);

    private static final String TOKEN_HINT =
            "Turn on Socket Mode in the Slack app, create an app-level token (it starts with xapp-) with the scope"
                    + " connections:write, and set slack.app-token to it.";

    private final WebApiTransport web;
    private final URI apiUrl;
    private final HttpClient http;
    private final SocketEventListener listener;
    private final InteractionListener interactions;
    private final Timeouts timeouts;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new DaemonThreadFactory("socket-mode").newThread(this::keepConnected);
    private String loggedProblem = "";

    /** Called from the threads of the connection. */
    public interface SocketEventListener {
        /** A message, its reactions, or a reply in its thread changed. */
        void onEvent(ChannelId channel, MessageTs ts);

        /** The connection is up, or it failed and is being retried. */
        void onConnectionChange(boolean isConnected);
    }

    /** Called from the threads of the connection, which it must not block. */
    @FunctionalInterface
    public interface InteractionListener {
        /** For a program that answers no interactions. */
        InteractionListener NONE = request -> CompletableFuture.completedFuture(Optional.empty());

        /** Returns what the acknowledgement contains: it is sent once this is complete, and before three seconds are over. */
        CompletableFuture<Optional<JsonNode>> onInteraction(Interaction request);
    }

    /**
     * Timeouts of a connection.
     *
     * @param connect from the start of the connection to Slack's hello
     * @param idle without receiving anything; pings are sent after each third of it
     * @param stableAfter a connection that held this long is replaced at once when it ends
     * @param reconnect the waits between other attempts
     */
    record Timeouts(Duration connect, Duration idle, Duration stableAfter, Backoff reconnect) {
        static final Timeouts DEFAULT = new Timeouts(
                Duration.ofSeconds(15),
                Duration.ofSeconds(60),
                Duration.ofSeconds(30),
                new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30)));
    }

    /**
     * Opens no connection yet.
     *
     * @param appToken an app-level token, xapp-..., with the scope connections:write
     */
    public SocketModeClient(
            Secret appToken,
            URI apiUrl,
            RateLimiter limiter,
            Clock clock,
            ProxySettings proxy,
            SocketEventListener listener,
            InteractionListener interactions) {
        this(appToken, apiUrl, limiter, clock, proxy, listener, interactions, Timeouts.DEFAULT);
    }

    SocketModeClient(
            Secret appToken,
            URI apiUrl,
            RateLimiter limiter,
            Clock clock,
            ProxySettings proxy,
            SocketEventListener listener,
            InteractionListener interactions,
            Timeouts timeouts) {
        this.web = new WebApiTransport(appToken, apiUrl, limiter, clock, proxy, timeouts.connect());
        this.apiUrl = apiUrl;
        this.http = httpClient(web.proxy(), timeouts);
        this.listener = listener;
        this.interactions = interactions;
        this.timeouts = timeouts;
    }

    /** Asks Slack for a WebSocket URL without connecting to it; throws with a hint if Slack gives none. */
    public void check() {
        webSocketUrl();
    }

    /** Connects, and stays connected, on a thread of its own. */
    public void start() {
        thread.start();
    }

    @Override
    public void close() {
        closed.countDown();
        thread.interrupt();
        try {
            thread.join(timeouts.connect().toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        web.close();
    }

    private void keepConnected() {
        int failures = 0;
        Optional<SocketModeConnection> previous = Optional.empty();
        while (closed.getCount() > 0) {
            Optional<SocketModeConnection> connection = connect(previous);
            long start = System.nanoTime();
            if (connection.isPresent()) {
                awaitEnd(connection.get());
                previous = connection;
            }
            Duration lasted = Duration.ofNanos(System.nanoTime() - start);
            if (connection.isPresent() && lasted.compareTo(timeouts.stableAfter()) >= 0) {
                failures = 0;
                continue;
            }
            listener.onConnectionChange(false);
            pause(timeouts.reconnect().delay(failures++));
        }
        previous.ifPresent(SocketModeConnection::close);
        listener.onConnectionChange(false);
    }

    /** Opens a connection and waits for Slack's hello; only then closes the previous one, so that no event is missed. */
    private Optional<SocketModeConnection> connect(Optional<SocketModeConnection> previous) {
        var connection = new SocketModeConnection(listener, interactions);
        try {
            WebSocket socket = http.newWebSocketBuilder()
                    .connectTimeout(timeouts.connect())
                    .buildAsync(webSocketUrl(), connection)
                    .get(timeouts.connect().toMillis(), TimeUnit.MILLISECONDS);
            connection.hello().get(timeouts.connect().toMillis(), TimeUnit.MILLISECONDS);
            LOG.debug("Socket Mode connected: {}", socket.getSubprotocol());
            logChange("");
            listener.onConnectionChange(true);
            return Optional.of(connection);
        } catch (RemoteException e) {
            logChange(e.getMessage() + ". " + e.hint());
        } catch (ExecutionException e) {
            logChange("connection failed: " + e.getCause().getClass().getSimpleName() + ".");
        } catch (TimeoutException e) {
            logChange("no hello from Slack.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            // This thread must survive whatever happens.
            logChange("connection failed: " + e.getClass().getSimpleName() + ".");
        } finally {
            previous.ifPresent(SocketModeConnection::close);
        }
        connection.close();
        return Optional.empty();
    }

    /** Returns when the connection ends, or has been idle for too long although it was pinged. */
    private void awaitEnd(SocketModeConnection connection) {
        long third = Math.max(1, timeouts.idle().toMillis() / 3);
        try {
            for (int idleThirds = 0; idleThirds < 3; idleThirds++) {
                try {
                    connection.end().get(third, TimeUnit.MILLISECONDS);
                    return;
                } catch (TimeoutException e) {
                    if (connection.hasReceivedSinceLastCall()) {
                        idleThirds = -1;
                    }
                    connection.ping();
                }
            }
            LOG.debug("Socket Mode idle for too long; reconnecting");
        } catch (ExecutionException e) {
            LOG.debug("Socket Mode connection failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private URI webSocketUrl() {
        JsonNode response = openConnection().body();
        URI url = URI.create(response.path("url").asText(""));
        String host = String.valueOf(url.getHost());
        boolean isSlack = "wss".equals(url.getScheme()) && host.matches("([a-z0-9-]+\\.)*slack\\.com");
        if (!isSlack && !host.equals(apiUrl.getHost())) {
            throw RemoteException.rejected("apps.connections.open: the WebSocket URL is not one of Slack's", null);
        }
        return url;
    }

    private ApiResponse openConnection() {
        try {
            return web.call(SlackMethod.CONNECT, "", Map.of()).orThrow();
        } catch (RemoteException e) {
            // The general hints are about the bot token.
            throw e.kind() == RemoteException.Kind.ACTION_REQUIRED
                    ? RemoteException.actionRequired(e.getMessage(), TOKEN_HINT, e)
                    : e;
        }
    }

    private void pause(Duration time) {
        try {
            closed.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Logs a problem once, however often it repeats, and once when the connection is back. */
    private void logChange(String problem) {
        String withoutTimes = RemoteException.withoutRetryAfter(problem);
        if (withoutTimes.equals(loggedProblem) || closed.getCount() == 0) {
            return;
        }
        if (problem.isEmpty()) {
            LOG.info("Socket Mode reconnected");
        } else {
            LOG.warn("Socket Mode disconnected: {} Retrying; polling continues meanwhile", problem.strip());
        }
        loggedProblem = withoutTimes;
    }

    private static HttpClient httpClient(Optional<InetSocketAddress> proxy, Timeouts timeouts) {
        var builder = HttpClient.newBuilder().connectTimeout(timeouts.connect());
        proxy.ifPresent(address -> builder.proxy(ProxySelector.of(address)));
        return builder.build();
    }
}
