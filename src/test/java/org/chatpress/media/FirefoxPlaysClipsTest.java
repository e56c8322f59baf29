package org.chatpress.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.chatpress.media.ClipProcessor.ProcessedClip;
import org.chatpress.media.model.VideoSettings;
import org.chatpress.model.Json;
import org.chatpress.model.PublicMessage.PublicMedia.Kind;
import org.chatpress.support.Clips;
import org.chatpress.support.ServerProcess;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Converted clips in Firefox, which decodes H.264 and AAC by other means than Chromium. */
@Tag("process")
class FirefoxPlaysClipsTest {
    /** As Debian names it, or Ubuntu. */
    private static final Path FIREFOX = Stream.of("/usr/bin/firefox-esr", "/usr/bin/firefox")
            .map(Path::of)
            .filter(Files::isExecutable)
            .findFirst()
            .orElse(Path.of("/usr/bin/firefox-esr"));

    /** Plays the clip, and reports where it is after it has played for a moment. */
    private static final String PAGE = """
            <!DOCTYPE html>
            <%1$s id="clip" src="/clip" muted></%1$s>
            <script>
                const clip = document.getElementById("clip");
                const report = (error) => fetch("/report", {method: "POST", body: JSON.stringify({
                    error, duration: clip.duration, width: clip.videoWidth, height: clip.videoHeight,
                    time: clip.currentTime})});
                clip.onerror = () => report(clip.error.message);
                clip.ontimeupdate = () => { if (clip.currentTime > 0.3) { clip.ontimeupdate = null; report(""); } };
                clip.play().catch((e) => report(String(e)));
            </script>
            """;

    @TempDir
    Path folder;

    @Test
    void aVideoOfAPhonePlaysUprightForItsWholeLength() throws Exception {
        byte[] upright = Clips.video("320x160", 3, "clip.mp4", "-c:v libx264 -pix_fmt yuv420p -c:a aac");
        byte[] turned = Clips.from(upright, ".mp4", "turned.mp4", "-c copy -metadata:s:v:0 rotate=90");

        JsonNode played = play(turned, Kind.VIDEO);

        assertThat(played.path("error").asText()).isEmpty();
        assertThat(played.path("height").asInt()).isEqualTo(180);
        assertThat(played.path("width").asInt()).isEqualTo(90);
        assertThat(played.path("duration").asDouble()).isCloseTo(3, within(0.2));
        assertThat(played.path("time").asDouble()).isGreaterThan(0.3);
    }

    @Test
    void aVoiceMemoPlays() throws Exception {
        JsonNode played = play(Clips.sound(3, "memo.ogg", "-c:a libopus"), Kind.AUDIO);

        assertThat(played.path("error").asText()).isEmpty();
        assertThat(played.path("duration").asDouble()).isCloseTo(3, within(0.2));
        assertThat(played.path("time").asDouble()).isGreaterThan(0.3);
    }

    private JsonNode play(byte[] source, Kind kind) throws Exception {
        Clips.isNeeded();
        ServerProcess.isNeeded(FIREFOX);
        ProcessedClip clip = new ClipProcessor()
                .process(
                        Files.write(folder.resolve("source"), source),
                        kind,
                        new VideoSettings(1, Duration.ofSeconds(20), 180),
                        () -> false,
                        percent -> {});
        var report = new CompletableFuture<JsonNode>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/clip", exchange -> answer(exchange, kind.contentType(), Files.readAllBytes(clip.file())));
        server.createContext(
                "/page",
                exchange -> answer(
                        exchange, "text/html", PAGE.formatted(kind.jsonName()).getBytes(StandardCharsets.UTF_8)));
        server.createContext("/report", exchange -> {
            report.complete(Json.parse(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
            answer(exchange, "text/plain", new byte[0]);
        });
        server.start();
        Process firefox = firefox("http://127.0.0.1:" + server.getAddress().getPort() + "/page");
        try {
            return report.get(4, TimeUnit.MINUTES);
        } finally {
            firefox.descendants().forEach(ProcessHandle::destroyForcibly);
            firefox.destroyForcibly().waitFor();
            server.stop(0);
        }
    }

    private Process firefox(String url) throws IOException {
        Path profile = Files.createDirectories(folder.resolve("profile"));
        Files.writeString(profile.resolve("user.js"), """
                user_pref("media.autoplay.default", 0);
                user_pref("browser.shell.checkDefaultBrowser", false);
                user_pref("datareporting.policy.dataSubmissionEnabled", false);
                user_pref("toolkit.telemetry.reportingpolicy.firstRun", false);
                user_pref("app.update.enabled", false);
                """);
        var builder = new ProcessBuilder(
                FIREFOX.toString(), "--headless", "--no-remote", "--profile", profile.toString(), url);
        builder.environment().put("HOME", folder.toString());
        return builder.redirectErrorStream(true)
                .redirectOutput(folder.resolve("firefox.txt").toFile())
                .start();
    }

    private static void answer(HttpExchange exchange, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
        exchange.close();
    }
}
