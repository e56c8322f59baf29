package org.chatpress.support;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The machine's Firefox without a window. Time passes in it by itself. It is driven by <a
 * href="https://www.w3.org/TR/webdriver-bidi/">WebDriver BiDi</a>: commands and their results, as JSON over a WebSocket.
 */
public final class Firefox implements AutoCloseable {
    private static final Path EXECUTABLE = Path.of("/usr/bin/firefox");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ServerProcess process;
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final List<String> errors = new ArrayList<>();
    private final WebSocket socket;
    private final String tab;
    private int commands;

    private Firefox(ServerProcess process, int port) throws InterruptedException {
        this.process = process;
        this.socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create("ws://127.0.0.1:" + port + "/session"), new Receiver())
                .join();
        send("session.new", JSON.createObjectNode().set("capabilities", JSON.createObjectNode()));
        send("session.subscribe", JSON.createObjectNode().set("events", array("log.entryAdded")));
        this.tab = send("browsingContext.getTree", JSON.createObjectNode())
                .at("/contexts/0/context")
                .asText();
    }

    /** Starts it; where there is none, skips the test, but fails in CI. */
    public static Firefox start(Path folder) throws Exception {
        ServerProcess.isNeeded(EXECUTABLE);
        int port = ServerProcess.freePort();
        Path profile = Files.createDirectory(folder.resolve("profile"));
        var builder = new ProcessBuilder(
                EXECUTABLE.toString(),
                "--headless",
                "--profile",
                profile.toString(),
                "--remote-debugging-port=" + port);
        builder.environment().put("HOME", folder.toString());
        ServerProcess process =
                ServerProcess.start(builder.redirectErrorStream(true), folder.resolve("firefox.txt"), port);
        try {
            return new Firefox(process, port);
        } catch (RuntimeException | AssertionError e) {
            process.close();
            throw e;
        }
    }

    /** Returns once the page is loaded. Sizes are in CSS pixels. */
    public void open(String url, int width, int height) throws InterruptedException {
        ObjectNode viewport = inTab();
        viewport.putObject("viewport").put("width", width).put("height", height);
        send("browsingContext.setViewport", viewport);
        send("browsingContext.navigate", inTab().put("url", url).put("wait", "complete"));
    }

    /** The value of an expression, or of its promise. */
    public JsonNode evaluate(String expression) throws InterruptedException, JsonProcessingException {
        ObjectNode script = JSON.createObjectNode()
                .put("expression", "(async () => JSON.stringify(await (" + expression + ")) ?? null)()")
                .put("awaitPromise", true);
        script.set("target", inTab());
        JsonNode result = send("script.evaluate", script);
        if (result.has("exceptionDetails")) {
            throw new AssertionError(
                    expression + ": " + result.at("/exceptionDetails/text").asText());
        }
        return JSON.readTree(result.at("/result/value").asText("null"));
    }

    /** Runs a script of any size, in the page's global scope. */
    public void run(String script) throws InterruptedException, JsonProcessingException {
        evaluate("void (0, eval)(" + JSON.writeValueAsString(script) + ")");
    }

    public byte[] screenshot() throws InterruptedException {
        String png = send("browsingContext.captureScreenshot", inTab().put("origin", "document"))
                .path("data")
                .asText();
        return Base64.getDecoder().decode(png);
    }

    /** The errors of scripts, and those on the console, since the start. */
    public List<String> errors() {
        return List.copyOf(errors);
    }

    @Override
    public void close() throws InterruptedException {
        socket.abort();
        process.close();
    }

    private ObjectNode inTab() {
        return JSON.createObjectNode().put("context", tab);
    }

    private static JsonNode array(String element) {
        return JSON.createArrayNode().add(element);
    }

    /** Sends a command; returns its result. */
    private JsonNode send(String method, JsonNode parameters) throws InterruptedException {
        int id = ++commands;
        ObjectNode command = JSON.createObjectNode().put("id", id).put("method", method);
        command.set("params", parameters);
        socket.sendText(command.toString(), true).join();
        while (true) {
            JsonNode message = next();
            if (message.path("id").asInt() == id) {
                if (message.path("type").asText().equals("error")) {
                    throw new AssertionError(
                            method + ": " + message.path("message").asText());
                }
                return message.path("result");
            }
            if (message.at("/params/level").asText().equals("error")) {
                errors.add(message.at("/params/text").asText());
            }
        }
    }

    private JsonNode next() throws InterruptedException {
        String message = received.poll(120, TimeUnit.SECONDS);
        if (message == null) {
            throw new AssertionError("Firefox does not respond");
        }
        try {
            return JSON.readTree(message);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(message, e);
        }
    }

    private final class Receiver implements WebSocket.Listener {
        private final StringBuilder parts = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            parts.append(data);
            if (last) {
                received.add(parts.toString());
                parts.setLength(0);
            }
            return WebSocket.Listener.super.onText(from, data, last);
        }
    }
}
