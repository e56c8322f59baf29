package org.chatpress.support;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A server on a free port of this machine that speaks a little S3, treats conditions in its own way, and complains where
 * it is to delete what it has not, as Google's does. It lets anybody
 * in; while it runs, the AWS default chain of this JVM yields some credentials.
 */
public final class S3LookAlike implements AutoCloseable {
    private final Map<String, byte[]> objects = new TreeMap<>();
    private final HttpServer server;
    private ConditionalWriteSupport conditionalWrites = ConditionalWriteSupport.HONOURS;
    private int conditionalPuts;
    private int responsesToLose;
    private Set<String> denied = Set.of();

    /** What it makes of a put's If-Match. */
    public enum ConditionalWriteSupport {
        HONOURS,
        IGNORES,
        ANSWERS_412_ALWAYS,
        ANSWERS_501
    }

    public S3LookAlike() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                answer(exchange);
            }
        });
        server.start();
        System.setProperty("aws.accessKeyId", S3ServerInProcess.ACCESS_KEY);
        System.setProperty("aws.secretAccessKey", S3ServerInProcess.SECRET_KEY);
    }

    /** Its bucket, as channels.yml names it. */
    public String entry() {
        return "s3: {bucket: chats, endpoint: \"%s\", region: us-east-1, path-style: true}".formatted(endpoint());
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    public synchronized void setConditionalWrites(ConditionalWriteSupport now) {
        conditionalWrites = now;
    }

    /** So many of the next answers never come, though the work is done. */
    public synchronized void loseResponses(int count) {
        responsesToLose = count;
    }

    /**
     * Denies actions of S3, as in {@code s3:PutObject}, or only those on one object, as in {@code s3:PutObject
     * /bucket/folder/file.json}. Who may not list the bucket is denied a missing object; so is who
     * may list it by prefix only ({@code s3:ListBucket without s3:prefix}).
     */
    public synchronized void deny(String... actions) {
        denied = Set.of(actions);
    }

    /** How many puts bore a condition. */
    public synchronized int conditionalPuts() {
        return conditionalPuts;
    }

    /** What it holds, by path, as in {@code /bucket/folder/file.json}. */
    public synchronized Map<String, byte[]> objects() {
        return Map.copyOf(objects);
    }

    @Override
    public void close() {
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
        server.stop(0);
    }

    private synchronized void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        byte[] there = objects.get(path);
        switch (exchange.getRequestMethod()) {
            case "PUT" -> {
                if (isDenied("s3:PutObject", path)) {
                    accessDenied(exchange);
                    return;
                }
                byte[] body = exchange.getRequestBody().readAllBytes();
                String condition = exchange.getRequestHeaders().getFirst("If-Match");
                conditionalPuts += condition == null ? 0 : 1;
                int status = status(condition, there);
                if (status == 200) {
                    objects.put(path, body);
                    exchange.getResponseHeaders().set("ETag", etag(body));
                }
                if (losesAnswer()) {
                    return;
                }
                send(exchange, status, new byte[0]);
            }
            case "DELETE" -> {
                if (isDenied("s3:DeleteObject", path)) {
                    accessDenied(exchange);
                } else if (there == null) {
                    noSuchKey(exchange);
                } else {
                    objects.remove(path);
                    exchange.sendResponseHeaders(204, -1);
                }
            }
            default -> {
                if (losesAnswer()) {
                    return;
                }
                String query = exchange.getRequestURI().getQuery();
                if (query != null && query.contains("list-type=2")) {
                    list(exchange, path);
                } else if (denied.contains("s3:GetObject") || (there == null && mayNotList())) {
                    accessDenied(exchange);
                } else if (there == null) {
                    noSuchKey(exchange);
                } else {
                    exchange.getResponseHeaders().set("ETag", etag(there));
                    send(exchange, 200, there);
                }
            }
        }
    }

    private boolean isDenied(String action, String path) {
        return denied.contains(action) || denied.contains(action + " " + path);
    }

    private boolean mayNotList() {
        return denied.contains("s3:ListBucket") || denied.contains("s3:ListBucket without s3:prefix");
    }

    private void list(HttpExchange exchange, String bucket) throws IOException {
        if (denied.contains("s3:ListBucket")) {
            accessDenied(exchange);
            return;
        }
        String top = bucket.endsWith("/") ? bucket : bucket + "/";
        String contents = objects.keySet().stream()
                .map(path -> "<Contents><Key>" + path.substring(top.length()) + "</Key></Contents>")
                .collect(Collectors.joining("", "<ListBucketResult>", "</ListBucketResult>"));
        send(exchange, 200, contents.getBytes(StandardCharsets.UTF_8));
    }

    private boolean losesAnswer() {
        boolean lost = responsesToLose > 0;
        responsesToLose -= lost ? 1 : 0;
        return lost;
    }

    private int status(String condition, byte[] there) {
        if (condition == null) {
            return 200;
        }
        return switch (conditionalWrites) {
            case HONOURS -> there != null && condition.equals(etag(there)) ? 200 : 412;
            case IGNORES -> 200;
            case ANSWERS_412_ALWAYS -> 412;
            case ANSWERS_501 -> 501;
        };
    }

    private static void accessDenied(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().readAllBytes();
        send(exchange, 403, "<Error><Code>AccessDenied</Code></Error>".getBytes(StandardCharsets.UTF_8));
    }

    private static void noSuchKey(HttpExchange exchange) throws IOException {
        send(exchange, 404, "<Error><Code>NoSuchKey</Code></Error>".getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    private static String etag(byte[] bytes) {
        return "\"%032x\"".formatted(Arrays.hashCode(bytes));
    }
}
