package org.chatpress.cli;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.chatpress.error.RemoteException;
import org.chatpress.model.DaemonThreadFactory;
import org.chatpress.model.Hashes;
import org.chatpress.model.ImageFormat;

/**
 * Serves the demo to browsers on this machine only: the page at {@code /}, the published files below {@code /chats/},
 * and the newsroom's channel below {@code /api/newsroom}. It takes the place of Slack's client, of a newsroom's web
 * server and of a CDN, and is not meant for production.
 */
final class DemoServer implements AutoCloseable {
    private static final String PAGE = "/org/chatpress/demo/page/";
    private static final String CHATS = "/chats/";
    private static final String NEWSROOM = "/api/newsroom";
    private static final String IMAGES = NEWSROOM + "/images/";
    private static final String READERS_PAGE = "/readers.html";

    /** The names that Chatpress publishes. No hidden file, {@code ..} or percent-encoded character matches. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*");

    private static final Pattern LOOPBACK = Pattern.compile("(localhost|127\\.0\\.0\\.1)(:[0-9]{1,5})?");
    private static final Pattern LOOPBACK_ORIGIN = Pattern.compile("http://" + LOOPBACK.pattern());

    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("html", "text/html; charset=utf-8"),
            Map.entry("js", "text/javascript; charset=utf-8"),
            Map.entry("jsonp", "text/javascript; charset=utf-8"),
            Map.entry("css", "text/css; charset=utf-8"),
            Map.entry("json", "application/json; charset=utf-8"),
            Map.entry("xml", "application/xml; charset=utf-8"),
            Map.entry("txt", "text/plain; charset=utf-8"),
            Map.entry("jpg", "image/jpeg"),
            Map.entry("png", "image/png"),
            Map.entry("gif", "image/gif"),
            Map.entry("webp", "image/webp"));

    private final HttpServer server;
    private final ExecutorService threads;
    private final Path published;
    private final Optional<DemoNewsroom> newsroom;

    private DemoServer(HttpServer server, ExecutorService threads, Path published, Optional<DemoNewsroom> newsroom) {
        this.server = server;
        this.threads = threads;
        this.published = published;
        this.newsroom = newsroom;
    }

    /** Starts a server with the readers' page alone. */
    static DemoServer start(Path published, int port) {
        return start(published, port, Optional.empty());
    }

    /** Starts a server with the newsroom's channel beside the readers' page. */
    static DemoServer start(Path published, int port, DemoNewsroom newsroom) {
        return start(published, port, Optional.of(newsroom));
    }

    /**
     * Starts a server that runs until it is closed.
     *
     * @param published the folder that the demo publishes to; need not exist yet
     * @param port 0: any free port
     * @throws UncheckedIOException if another program has the port, or this one may not have it
     */
    private static DemoServer start(Path published, int port, Optional<DemoNewsroom> newsroom) {
        try {
            var loopback = InetAddress.getByAddress("localhost", new byte[] {127, 0, 0, 1});
            var server = HttpServer.create(new InetSocketAddress(loopback, port), 0);
            ExecutorService threads = Executors.newFixedThreadPool(4, new DaemonThreadFactory("demo-server"));
            var demo = new DemoServer(server, threads, published, newsroom);
            server.setExecutor(threads);
            server.createContext("/", demo::handle);
            server.start();
            return demo;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot serve http://localhost:" + port + "/: " + e.getMessage(), e);
        }
    }

    /** The URL of the page. */
    URI address() {
        return URI.create("http://localhost:" + server.getAddress().getPort() + "/");
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
            exchange.getResponseHeaders().set("Referrer-Policy", "no-referrer");
            exchange.getResponseHeaders()
                    .set(
                            "Content-Security-Policy",
                            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
                                    + " img-src 'self' https: data:; base-uri 'none'; form-action 'none';"
                                    + " frame-src 'self' https://www.youtube-nocookie.com;"
                                    + " frame-ancestors 'self'");
            // DNS rebinding: another site's name may resolve to 127.0.0.1, but its requests carry that name as Host.
            String host = exchange.getRequestHeaders().getFirst("Host");
            if (host == null || !LOOPBACK.matcher(host).matches()) {
                sendError(exchange, 403, "Only requests to http://localhost are served.");
                return;
            }
            String path =
                    Optional.ofNullable(exchange.getRequestURI().getRawPath()).orElse("/");
            if (newsroom.isPresent()
                    && path.equals(NEWSROOM)
                    && exchange.getRequestMethod().equals("POST")) {
                act(exchange, newsroom.get(), "http://" + host);
                return;
            }
            if (!List.of("GET", "HEAD").contains(exchange.getRequestMethod())) {
                exchange.getResponseHeaders().set("Allow", "GET, HEAD");
                sendError(exchange, 405, "Only GET and HEAD are allowed.");
                return;
            }
            Optional<Content> content = content(path, exchange.getRequestURI());
            if (content.isEmpty()) {
                sendError(exchange, 404, "Not found.");
                return;
            }
            if (path.startsWith(CHATS)) {
                allowLocalPages(exchange);
            }
            send(exchange, content.get());
        }
    }

    private record Content(String type, byte[] bytes) {}

    private Optional<Content> content(String path, URI uri) throws IOException {
        if (newsroom.isPresent() && path.equals(NEWSROOM)) {
            String query = Optional.ofNullable(uri.getRawQuery()).orElse("");
            byte[] state = newsroom.get().state(query.replaceFirst("^chat=", ""));
            return Optional.of(new Content(TYPES.get("json"), state));
        }
        if (newsroom.isPresent() && path.startsWith(IMAGES)) {
            return newsroom.get()
                    .image(path.substring(IMAGES.length()))
                    .flatMap(bytes -> ImageFormat.of(bytes).map(format -> new Content(format.contentType(), bytes)));
        }
        String file = !path.equals("/") ? path : newsroom.isPresent() ? "/index.html" : READERS_PAGE;
        Optional<byte[]> bytes =
                file.startsWith(CHATS) ? publishedFile(file.substring(CHATS.length())) : pageFile(file.substring(1));
        String type = TYPES.getOrDefault(file.substring(file.lastIndexOf('.') + 1), "application/octet-stream");
        return bytes.map(content -> new Content(type, content));
    }

    /** Browsers send the origin with every POST, and no page can forge it; without it, any page could press buttons. */
    private static void act(HttpExchange exchange, DemoNewsroom newsroom, String ownOrigin) throws IOException {
        Headers headers = exchange.getRequestHeaders();
        if (!ownOrigin.equals(headers.getFirst("Origin"))) {
            sendError(exchange, 403, "Only the demo's own page may change something.");
            return;
        }
        String type = Optional.ofNullable(headers.getFirst("Content-Type")).orElse("");
        if (!type.startsWith("application/json")) {
            sendError(exchange, 415, "The request must be JSON.");
            return;
        }
        byte[] body = exchange.getRequestBody().readNBytes(DemoNewsroom.MAX_REQUEST_BYTES + 1);
        if (body.length > DemoNewsroom.MAX_REQUEST_BYTES) {
            sendError(exchange, 413, "The request is too large.");
            return;
        }
        try {
            byte[] answer = newsroom.act(body);
            exchange.getResponseHeaders().set("Content-Type", TYPES.get("json"));
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
        } catch (RemoteException e) {
            sendError(exchange, 400, e.getMessage());
        }
    }

    /** A front end in development runs on another local port; its page may read the chats. */
    private static void allowLocalPages(HttpExchange exchange) {
        exchange.getResponseHeaders().set("Vary", "Origin");
        String origin = exchange.getRequestHeaders().getFirst("Origin");
        if (origin != null && LOOPBACK_ORIGIN.matcher(origin).matches()) {
            exchange.getResponseHeaders().set("Access-Control-Allow-Origin", origin);
        }
    }

    private Optional<byte[]> publishedFile(String name) throws IOException {
        if (!NAME.matcher(name).matches() || !Files.isRegularFile(published.resolve(name))) {
            return Optional.empty();
        }
        Path file = published.resolve(name).toRealPath();
        return file.startsWith(published.toRealPath()) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
    }

    private static Optional<byte[]> pageFile(String name) throws IOException {
        if (!NAME.matcher(name).matches() || name.contains("/")) {
            return Optional.empty();
        }
        try (InputStream resource = DemoServer.class.getResourceAsStream(PAGE + name)) {
            return resource == null ? Optional.empty() : Optional.of(resource.readAllBytes());
        }
    }

    private static void send(HttpExchange exchange, Content content) throws IOException {
        byte[] bytes = content.bytes();
        Headers headers = exchange.getResponseHeaders();
        String etag = '"' + Hashes.sha256(bytes) + '"';
        headers.set("ETag", etag);
        headers.set("Cache-Control", "no-cache");
        String ifNoneMatch = exchange.getRequestHeaders().getFirst("If-None-Match");
        if (ifNoneMatch != null && (ifNoneMatch.equals("*") || ifNoneMatch.contains(etag))) {
            exchange.sendResponseHeaders(304, -1);
            return;
        }
        headers.set("Content-Type", content.type());
        if (exchange.getRequestMethod().equals("HEAD")) {
            headers.set("Content-Length", String.valueOf(bytes.length));
            exchange.sendResponseHeaders(200, -1);
            return;
        }
        // HttpServer takes a length of 0 for "unknown" and -1 for "no body".
        exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private static void sendError(HttpExchange exchange, int status, String message) throws IOException {
        byte[] bytes = (message + "\n").getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
