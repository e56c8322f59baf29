package org.chatpress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.chatpress.storage.ObjectKey;
import org.chatpress.support.ServerProcess;
import org.chatpress.support.TestNewsroom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A takedown without a purge: nginx and Varnish, as caches in front of an nginx with the configuration of examples/ftp,
 * lose it within the {@code s-maxage} of each file.
 */
@Tag("process")
class EdgeCacheTest {
    /** Photos are cached for longer. */
    private static final int MAX_SECONDS = 60;

    private static final Pattern S_MAXAGE = Pattern.compile("s-maxage=([0-9]+)");

    /** Caches count in whole seconds. */
    private static final Duration ROUNDING = Duration.ofMillis(1500);

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    private final List<ServerProcess> caches = new ArrayList<>();
    private final Map<String, Integer> edges = new TreeMap<>();
    private TestNewsroom newsroom;
    private Path chats;

    @BeforeEach
    void startCaches() throws Exception {
        ServerProcess.isNeeded(ServerProcess.NGINX);
        ServerProcess.isNeeded(ServerProcess.VARNISHD);
        newsroom = new TestNewsroom(Files.createDirectory(folder.resolve("newsroom")));
        // The servers' processes run as another user.
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        chats = Files.createDirectories(folder.resolve("htdocs/chats"));
        int origin = ServerProcess.freePort();
        edges.put("nginx", ServerProcess.freePort());
        edges.put("Varnish", ServerProcess.freePort());
        startNginx(origin);
        caches.add(ServerProcess.varnish(folder, edges.get("Varnish"), origin, ""));
    }

    @AfterEach
    void stop() throws Exception {
        for (ServerProcess cache : caches) {
            cache.close();
        }
        if (newsroom != null) {
            newsroom.close();
        }
    }

    @Test
    void aTakedownIsGoneFromBusyAndQuietCachesAfterTheSecondsOfEachFile() throws Exception {
        newsroom.says("approval: none, jsonp: true, formats: [json-feed, atom, liveblog, html, share-pages]");
        newsroom.slack.post(TestNewsroom.CHANNEL, TestNewsroom.REPORTER, "turnout is high");
        String ts = newsroom.slack.post(TestNewsroom.CHANNEL, TestNewsroom.REPORTER, "Smith wins");
        newsroom.cycle();
        writeFiles();
        Map<String, Duration> files = new HashMap<>();
        for (String file : filesWith("Smith")) {
            long seconds = sMaxAge(file);
            if (seconds <= MAX_SECONDS) {
                files.put(file, Duration.ofSeconds(seconds));
            }
        }
        assertThat(files)
                .containsKeys(
                        TestNewsroom.SLUG + "/live.json",
                        TestNewsroom.SLUG + "/index.html",
                        TestNewsroom.SLUG + "/m/" + ts + ".html")
                .hasSizeGreaterThanOrEqualTo(8);
        assertThat(files.keySet()).as("a page").anyMatch(file -> file.contains("/i/p-"));
        // Each file is cached twice: one copy is requested again and again, the other once, after its seconds.
        Map<String, Instant> cachedAt = new HashMap<>();
        for (String edge : edges.keySet()) {
            for (String file : files.keySet()) {
                assertThat(get(edge, file + "?busy")).contains("Smith");
                assertThat(get(edge, file + "?quiet")).contains("Smith");
                cachedAt.put(edge + " " + file, Instant.now());
            }
        }
        newsroom.slack.delete(TestNewsroom.CHANNEL, ts);
        newsroom.cycle();
        writeFiles();
        assertThat(filesWith("Smith")).isEmpty();

        Set<String> asked = new HashSet<>();
        Map<String, Duration> lastSeen = new TreeMap<>();
        while (asked.size() < cachedAt.size()) {
            for (Map.Entry<String, Duration> file : files.entrySet()) {
                for (String edge : edges.keySet()) {
                    String copy = edge + " " + file.getKey();
                    Duration late =
                            Duration.between(cachedAt.get(copy), Instant.now()).minus(file.getValue());
                    if (get(edge, file.getKey() + "?busy").contains("Smith")) {
                        lastSeen.put(copy, late);
                    }
                    if (late.compareTo(ROUNDING) > 0 && asked.add(copy)) {
                        assertThat(get(edge, file.getKey() + "?quiet"))
                                .as("%s, %s after its seconds", copy, late)
                                .doesNotContain("Smith");
                    }
                }
            }
            Thread.sleep(250);
        }
        assertThat(lastSeen).as("it was cached").hasSize(cachedAt.size());
        assertThat(lastSeen).allSatisfy((file, late) -> assertThat(late).isLessThan(ROUNDING));
    }

    private void writeFiles() throws IOException {
        Set<Path> current = new HashSet<>();
        for (ObjectKey key : newsroom.storage().list("")) {
            Path file = chats.resolve(key.value());
            current.add(file);
            Files.createDirectories(file.getParent());
            Files.write(file, newsroom.storage().read(key).orElseThrow().bytes());
        }
        try (var old = Files.walk(chats)) {
            for (Path file : old.filter(Files::isRegularFile).toList()) {
                if (!current.contains(file)) {
                    Files.delete(file);
                }
            }
        }
    }

    private List<String> filesWith(String text) throws IOException {
        var found = new ArrayList<String>();
        for (ObjectKey key : newsroom.storage().list("")) {
            if (new String(newsroom.storage().read(key).orElseThrow().bytes(), StandardCharsets.UTF_8).contains(text)) {
                found.add(key.value());
            }
        }
        return found;
    }

    private long sMaxAge(String file) throws IOException {
        Matcher seconds = S_MAXAGE.matcher(
                newsroom.storage().read(new ObjectKey(file)).orElseThrow().cacheControl());
        assertThat(seconds.find()).as(file).isTrue();
        return Long.parseLong(seconds.group(1));
    }

    private String get(String edge, String path) throws Exception {
        HttpResponse<String> response = HTTP.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + edges.get(edge) + "/chats/" + path))
                        .build(),
                BodyHandlers.ofString());
        return response.statusCode() == 200 ? response.body() : "";
    }

    /** The origin and the cache in front of it. The cache may fetch a file in the background if the file permits that. */
    private void startNginx(int origin) throws Exception {
        Path files = Files.writeString(
                folder.resolve("chats.conf"),
                Files.readString(Path.of("examples/ftp/nginx.conf"))
                        .replace("/srv/www/htdocs", folder.resolve("htdocs").toString()));
        caches.add(ServerProcess.nginx(
                folder, edges.get("nginx"), """
                proxy_cache_path %1$s/cache keys_zone=edge:1m;
                server {
                    listen 127.0.0.1:%2$d;
                    include %4$s;
                }
                server {
                    listen 127.0.0.1:%3$d;
                    location / {
                        proxy_pass http://127.0.0.1:%2$d;
                        proxy_cache edge;
                        proxy_cache_background_update on;
                    }
                }
                """.formatted(folder, origin, edges.get("nginx"), files)));
    }
}
