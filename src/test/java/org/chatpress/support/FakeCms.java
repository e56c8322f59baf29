package org.chatpress.support;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A CMS that is asked for photos by their ProductIDs. It answers what is scripted, and the last of it for ever. */
public final class FakeCms implements AutoCloseable {
    /** One answer. */
    private record Scripted(int status, String body) {}

    private final HttpServer server;
    private final Deque<Scripted> script = new ArrayDeque<>();
    private final List<String> asked = new ArrayList<>();
    private volatile Runnable beforeAnswer = () -> {};
    private volatile boolean stalls;

    private FakeCms(HttpServer server) {
        this.server = server;
    }

    public static FakeCms start() {
        try {
            var cms = new FakeCms(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
            cms.server.createContext("/", cms::answer);
            cms.server.start();
            return cms;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next questions are answered so, one after the other; the last of all answers goes on. */
    public synchronized FakeCms answers(int status, String... bodies) {
        for (String body : bodies) {
            script.add(new Scripted(status, body));
        }
        return this;
    }

    /** Runs when a question is asked, before it is answered. */
    public void beforeAnswer(Runnable action) {
        beforeAnswer = action;
    }

    /** From now on each answer stops before its end, and the line stays open. */
    public void stalls() {
        stalls = true;
    }

    /** For {@code photos.shown.ask}. */
    public String ask() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/lookup?source={id}&class=photo";
    }

    /** Every question, as {@code /lookup?...}. */
    public synchronized List<String> asked() {
        return List.copyOf(asked);
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        Scripted answer;
        synchronized (this) {
            asked.add(exchange.getRequestURI().toString());
            answer = script.size() > 1 ? script.poll() : script.peek();
        }
        beforeAnswer.run();
        byte[] body = answer == null ? new byte[0] : answer.body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        if (stalls) {
            exchange.sendResponseHeaders(200, 100);
            exchange.getResponseBody().write(body);
            exchange.getResponseBody().flush();
            return;
        }
        exchange.sendResponseHeaders(answer == null ? 404 : answer.status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
