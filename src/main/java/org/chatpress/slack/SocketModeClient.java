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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells when something happened in Slack, by Socket Mode (https://docs.slack.dev/apis/events-api/using-socket-mode). It
 * says where, and nothing else: what happened is read by the Web API, so a lost, doubled, late or forged event changes
 * no more than the delay. Whatever goes wrong with the connection, another is made; nothing ends it but {@link #close}.
 */
public final class SocketModeClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SocketModeClient.class);

    private static final String TOKEN_HINT =
            "Switch on Socket Mode in the Slack app, make an app-level token (it starts with xapp-) with the scope"
                    + " connections:write, and set slack.app-token to it.";

    private final WebApiTransport web;
    private final URI apiUrl;
    private final HttpClient http;
    private final SocketEventListener hearer;
    private final Timeouts patience;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new DaemonThreadFactory("socket-mode").newThread(this::keepConnected);
    private String told = "";

    /** Whoever waits for the bell; called from other threads. */
    public interface SocketEventListener {
        /** Something happened to this message, or to one in its thread. */
        void onEvent(ChannelId channel, MessageTs ts);

        /** From now on the bell rings, or does not. */
        void onConnectionChange(boolean isOn);
    }

    /**
     * How long things may take.
     *
     * @param connect until Slack has said hello
     * @param idle without any sign of life; a question is sent after a third of it
     * @param stableAfter of a connection; after one that held so long another is made at once
     * @param reconnect the waits between failed attempts
     */
    record Timeouts(Duration connect, Duration idle, Duration stableAfter, Backoff reconnect) {
        static final Timeouts DEFAULT = new Timeouts(
                Duration.ofSeconds(15),
                Duration.ofSeconds(60),
                Duration.ofSeconds(30),
                new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30)));
    }

    /**
     * Connects to nothing yet.
     *
     * @param appToken an app-level token, xapp-..., with the scope connections:write
     * @param noProxy hosts that are reached without a proxy, as the variable NO_PROXY lists them; may be empty
     */
    public SocketModeClient(
            Secret appToken, URI apiUrl, RateLimiter limiter, Clock clock, String noProxy, SocketEventListener hearer) {
        this(appToken, apiUrl, limiter, clock, noProxy, hearer, Timeouts.DEFAULT);
    }

    SocketModeClient(
            Secret appToken,
            URI apiUrl,
            RateLimiter limiter,
            Clock clock,
            String noProxy,
            SocketEventListener hearer,
            Timeouts patience) {
        this.web = new WebApiTransport(appToken, apiUrl, limiter, clock, noProxy, patience.connect());
        this.apiUrl = apiUrl;
        this.http = client(web.proxy(), patience);
        this.hearer = hearer;
        this.patience = patience;
    }

    /** Asks Slack where to connect, and goes no farther; fails with what to do if Slack does not say. */
    public void check() {
        address();
    }

    /** Connects, and goes on connecting, beside whoever called. */
    public void start() {
        thread.start();
    }

    @Override
    public void close() {
        closed.countDown();
        thread.interrupt();
        try {
            thread.join(patience.connect().toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        web.close();
    }

    private void keepConnected() {
        int failures = 0;
        Optional<SocketModeConnection> before = Optional.empty();
        while (closed.getCount() > 0) {
            Optional<SocketModeConnection> session = connected(before);
            long hello = System.nanoTime();
            if (session.isPresent()) {
                listen(session.get());
                before = session;
            }
            Duration lasted = Duration.ofNanos(System.nanoTime() - hello);
            if (session.isPresent() && lasted.compareTo(patience.stableAfter()) >= 0) {
                failures = 0;
                continue;
            }
            hearer.onConnectionChange(false);
            pause(patience.reconnect().delay(failures++));
        }
        before.ifPresent(SocketModeConnection::close);
        hearer.onConnectionChange(false);
    }

    /** A connection over which Slack has said hello; the one before is ended only then. */
    private Optional<SocketModeConnection> connected(Optional<SocketModeConnection> before) {
        var connection = new SocketModeConnection(hearer);
        try {
            URI address = address();
            WebSocket socket = http.newWebSocketBuilder()
                    .connectTimeout(patience.connect())
                    .buildAsync(address, connection)
                    .get(patience.connect().toMillis(), TimeUnit.MILLISECONDS);
            connection.awaitHello().get(patience.connect().toMillis(), TimeUnit.MILLISECONDS);
            LOG.debug("the doorbell is connected: {}", socket.getSubprotocol());
            tell("");
            hearer.onConnectionChange(true);
            return Optional.of(connection);
        } catch (RemoteException e) {
            tell(e.getMessage() + ". " + e.hint());
        } catch (ExecutionException e) {
            tell("no connection: " + e.getCause().getClass().getSimpleName() + ".");
        } catch (TimeoutException e) {
            tell("Slack does not say hello.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            // Nothing may end the bell for good.
            tell("no connection: " + e.getClass().getSimpleName() + ".");
        } finally {
            before.ifPresent(SocketModeConnection::close);
        }
        connection.close();
        return Optional.empty();
    }

    /** Until the session ends, or is silent for too long. */
    private void listen(SocketModeConnection connection) {
        long third = Math.max(1, patience.idle().toMillis() / 3);
        try {
            for (int silent = 0; silent < 3; silent++) {
                try {
                    connection.awaitClose().get(third, TimeUnit.MILLISECONDS);
                    return;
                } catch (TimeoutException e) {
                    if (connection.receivedSincePing()) {
                        silent = -1;
                    }
                    connection.ping();
                }
            }
            LOG.debug("the doorbell has been silent; it is connected anew");
        } catch (ExecutionException e) {
            LOG.debug("the doorbell's connection broke", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private URI address() {
        JsonNode answer = answer().body();
        URI address = URI.create(answer.path("url").asText(""));
        boolean isSlack = "wss".equals(address.getScheme())
                && String.valueOf(address.getHost()).matches("([a-z0-9-]+\\.)*slack\\.com");
        boolean isOwn = String.valueOf(address.getHost()).equals(apiUrl.getHost());
        if (!isSlack && !isOwn) {
            throw RemoteException.rejected("apps.connections.open names no address of Slack's", null);
        }
        return address;
    }

    private ApiResponse answer() {
        try {
            return web.call(SlackMethod.CONNECT, "", Map.of()).orThrow();
        } catch (RemoteException e) {
            // The usual advice is about the bot's token.
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

    /** Each trouble once, and its end. */
    private void tell(String trouble) {
        String news = RemoteException.withoutRetryAfter(trouble);
        if (news.equals(told) || closed.getCount() == 0) {
            return;
        }
        if (trouble.isEmpty()) {
            LOG.info("the doorbell works again");
        } else {
            LOG.warn(
                    "the doorbell does not work: {} Chatpress goes on trying; until it works Slack is asked by turns",
                    trouble.strip());
        }
        told = news;
    }

    private static HttpClient client(Optional<InetSocketAddress> proxy, Timeouts patience) {
        var builder = HttpClient.newBuilder().connectTimeout(patience.connect());
        proxy.ifPresent(address -> builder.proxy(ProxySelector.of(address)));
        return builder.build();
    }
}
