package org.chatpress.page;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.chatpress.model.Gzip;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage.StoredObject;
import org.chatpress.support.MemoryStorage;

/**
 * A news site as its readers meet it: its pages with the element of {@code examples/front-end} on one origin, with the
 * content security policy of the example there, and the published files on another, with the headers that they were
 * published with, compressed, and with CORS.
 */
final class Site implements AutoCloseable {
    private static final Path FRONT_END = Path.of("examples/front-end");
    private static final Map<String, String> TYPES =
            Map.of("html", "text/html", "js", "text/javascript", "css", "text/css");

    /** What a reader is answered: nothing at all where he is cut off. */
    interface Cache {
        Optional<StoredObject> fetch(String key) throws CutOff;
    }

    /** The connection breaks. */
    static final class CutOff extends Exception {
        private static final long serialVersionUID = 1;
    }

    /** A published file as a reader asked for it, and how many bytes it took, with its headers. */
    record Download(String key, int status, int bytes) {}

    private final Function<String, Cache> caches;
    private final ConcurrentMap<String, String> pages = new ConcurrentHashMap<>();
    private final List<Download> downloads = new ArrayList<>();
    private final Set<String> missing = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer site;
    private final HttpServer chats;

    /** A site without a cache before the storage. */
    static Site of(MemoryStorage storage) {
        return new Site(reader -> storage::blob);
    }

    /** @param caches by the name of a reader, whose files are at {@code /name/} */
    Site(Function<String, Cache> caches) {
        this.caches = caches;
        site = serve(this::page);
        chats = serve(this::chat);
    }

    /** A page whose body is this; its address. */
    String page(String name, String body) {
        pages.put("/" + name, """
                <!doctype html>
                <html lang="en">
                <head>
                  <meta charset="utf-8">
                  <meta name="viewport" content="width=device-width, initial-scale=1">
                  <title>The Example</title>
                  <link rel="stylesheet" href="/live-chat.css">
                  <script type="module" src="/live-chat.js"></script>
                </head>
                <body><main>%s</main></body>
                </html>
                """.formatted(body));
        return "http://127.0.0.1:" + site.getAddress().getPort() + "/" + name;
    }

    /** The pointer's address, for a reader who is known by a name. */
    String pointer(String reader, String slug) {
        return "http://127.0.0.1:%d/%s/%s/live.json"
                .formatted(chats.getAddress().getPort(), reader, slug);
    }

    /** A folder of the published files, as an origin and path with a slash at the end. */
    String chats(String reader) {
        return "http://127.0.0.1:%d/%s/".formatted(chats.getAddress().getPort(), reader);
    }

    /** Files whose key begins so are not there, until the next call. */
    void loses(String... starts) {
        missing.clear();
        missing.addAll(Arrays.asList(starts));
    }

    /** What was asked for since the last call, of the site and of the chats. */
    List<Download> downloads() {
        synchronized (downloads) {
            List<Download> copy = List.copyOf(downloads);
            downloads.clear();
            return copy;
        }
    }

    @Override
    public void close() {
        site.stop(0);
        chats.stop(0);
        threads.shutdownNow();
    }

    private HttpServer serve(com.sun.net.httpserver.HttpHandler handler) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setExecutor(threads);
            server.createContext("/", handler);
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void page(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            exchange.getResponseHeaders().set("Content-Security-Policy", policy());
            exchange.getResponseHeaders().set("Cache-Control", "no-cache");
            byte[] bytes;
            if (pages.containsKey(path)) {
                bytes = pages.get(path).getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
            } else {
                Path file = FRONT_END.resolve(path.substring(1));
                if (!path.matches("/[a-z.-]+") || !Files.exists(file)) {
                    exchange.sendResponseHeaders(404, -1);
                    return;
                }
                bytes = Files.readAllBytes(file);
                exchange.getResponseHeaders()
                        .set("Content-Type", TYPES.get(path.replaceFirst(".*\\.", "")) + "; charset=utf-8");
            }
            send(exchange, path.substring(1), bytes);
        }
    }

    private void chat(HttpExchange exchange) throws IOException {
        String[] path = exchange.getRequestURI().getPath().substring(1).split("/", 2);
        exchange.getResponseHeaders().set("Access-Control-Allow-Origin", "*");
        try (exchange) {
            Optional<StoredObject> object =
                    missing.stream().anyMatch(path[1]::startsWith) || !ObjectKey.isValid(path[1])
                            ? Optional.empty()
                            : caches.apply(path[0]).fetch(path[1]);
            if (object.isEmpty()) {
                exchange.sendResponseHeaders(404, -1);
                log(new Download(path[1], 404, 0));
                return;
            }
            exchange.getResponseHeaders().set("Content-Type", object.get().contentType());
            exchange.getResponseHeaders().set("Cache-Control", object.get().cacheControl());
            send(exchange, path[1], object.get().bytes());
        } catch (CutOff e) {
            // Closed without an answer.
        }
    }

    private void send(HttpExchange exchange, String key, byte[] bytes) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        String tag = '"' + Integer.toHexString(Arrays.hashCode(bytes)) + '"';
        headers.set("ETag", tag);
        if (tag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
            exchange.sendResponseHeaders(304, -1);
            log(new Download(key, 304, size(headers)));
            return;
        }
        byte[] body = bytes;
        // Browsers play no clip that is compressed on its way
        if (!key.endsWith(".mp4")) {
            headers.set("Content-Encoding", "gzip");
            body = Gzip.compress(bytes);
        }
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        log(new Download(key, 200, size(headers) + body.length));
    }

    private static int size(Headers headers) {
        return headers.entrySet().stream()
                .mapToInt(header ->
                        header.getKey().length() + 4 + header.getValue().get(0).length())
                .sum();
    }

    private void log(Download download) {
        synchronized (downloads) {
            downloads.add(download);
        }
    }

    /** The example's policy, with this site's own addresses. */
    private String policy() throws IOException {
        String example = Files.readString(FRONT_END.resolve("nginx.conf"));
        Matcher policy = Pattern.compile("Content-Security-Policy \"([^\"]*)\"").matcher(example);
        policy.find();
        return policy.group(1)
                .replace(
                        "https://static.example",
                        "http://127.0.0.1:" + chats.getAddress().getPort());
    }
}
