package org.chatpress.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code chatpress demo} on a thread of its own. */
final class RunningDemo implements AutoCloseable {
    private static final int LINES = 4;
    private static final Pattern ADDRESS = Pattern.compile("http://localhost:\\d+/");

    private final HttpClient client = HttpClient.newHttpClient();
    private final CompletableFuture<Integer> exit = new CompletableFuture<>();
    private final List<String> printed = new ArrayList<>();
    private final Thread thread;

    /** Starts the demo on a free port; returns when it serves its page. */
    RunningDemo(String... options) {
        var arguments = new ArrayList<>(List.of("demo", "--port", "0"));
        arguments.addAll(List.of(options));
        thread = new Thread(() -> exit.complete(Terminal.exitOf(arguments.toArray(String[]::new))), "demo");
        PrintStream real = System.out;
        try {
            var pipe = new PipedInputStream();
            System.setOut(new PrintStream(new PipedOutputStream(pipe), true, StandardCharsets.UTF_8));
            var output = new BufferedReader(new InputStreamReader(pipe, StandardCharsets.UTF_8));
            thread.start();
            for (int i = 0; i < LINES; i++) {
                printed.add(output.readLine());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            System.setOut(real);
        }
    }

    /** What it printed at its start. */
    List<String> printed() {
        return printed;
    }

    String address() {
        Matcher address = ADDRESS.matcher(printed.get(0));
        assertThat(address.find()).isTrue();
        return address.group();
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create(address() + path)).build(), BodyHandlers.ofString());
    }

    /** Sends an action as the page would. */
    HttpResponse<String> act(String json) throws IOException, InterruptedException {
        String origin = address().substring(0, address().length() - 1);
        return post(json, "Origin", origin, "Content-Type", "application/json");
    }

    HttpResponse<String> post(String body, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(address() + "api/newsroom")).POST(BodyPublishers.ofString(body));
        return client.send((headers.length == 0 ? request : request.headers(headers)).build(), BodyHandlers.ofString());
    }

    /** Stops it as Ctrl-C would; its exit code. */
    int stop() throws InterruptedException, ExecutionException, TimeoutException {
        thread.interrupt();
        return exit.get(30, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws InterruptedException, ExecutionException, TimeoutException {
        stop();
    }
}
