package org.chatpress.support;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * As much of an HTTP/1.1 server as a fake needs: one request a connection, on 127.0.0.1. The JDK's own server won't do:
 * it overwrites the {@code Date} header, and cannot break off in the middle of an answer.
 */
final class HttpListener implements AutoCloseable {
    /** A request; header names in lower case. */
    record Request(String path, Map<String, String> headers, byte[] body) {}

    /**
     * A response.
     *
     * @param promised the {@code Content-Length}; more than the body has: the connection breaks half-way
     */
    record Response(int status, Map<String, String> headers, byte[] body, int promised) {
        /** The connection breaks before anything is sent. */
        static final Response NONE = new Response(0, Map.of(), new byte[0], 0);

        static Response of(int status, String contentType, String body) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            return new Response(status, Map.of("Content-Type", contentType), bytes, bytes.length);
        }

        Response with(String header, String value) {
            var more = new LinkedHashMap<>(headers);
            more.put(header, value);
            return new Response(status, more, body, promised);
        }
    }

    private final ServerSocket socket;
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        var thread = new Thread(work, "fake-http");
        thread.setDaemon(true);
        return thread;
    });

    private HttpListener(ServerSocket socket) {
        this.socket = socket;
    }

    /** Takes a free port. */
    static HttpListener bind() {
        try {
            return new HttpListener(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void serve(Function<Request, Response> handler) {
        threads.execute(() -> listen(handler));
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/");
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.shutdownNow();
        try {
            // Until the listening thread is gone the port still takes connections, and they would get no response.
            threads.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void listen(Function<Request, Response> handler) {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                threads.execute(() -> respond(connection, handler));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private static void respond(Socket connection, Function<Request, Response> handler) {
        try (connection) {
            Response response = handler.apply(read(new BufferedInputStream(connection.getInputStream())));
            if (response.equals(Response.NONE)) {
                connection.setSoLinger(true, 0); // a reset, not an end
                return;
            }
            var head = new StringBuilder("HTTP/1.1 " + response.status() + " Fake\r\n");
            response.headers().forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
            head.append("Content-Length: " + response.promised() + "\r\nConnection: close\r\n\r\n");
            // Small ones in one packet, without a copy of large ones
            var out = new BufferedOutputStream(connection.getOutputStream(), 64 * 1024);
            out.write(head.toString().getBytes(StandardCharsets.UTF_8));
            out.write(response.body());
            out.flush();
        } catch (IOException e) {
            // The client closed the connection.
        }
    }

    private static Request read(InputStream in) throws IOException {
        String[] first = line(in).split(" ", -1);
        var headers = new HashMap<String, String>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
        return new Request(first.length > 1 ? first[1] : "", headers, body);
    }

    private static String line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("the client closed the connection");
            }
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }
}
