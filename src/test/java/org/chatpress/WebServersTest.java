package org.chatpress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.channel;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.chatpress.render.json.FileRole;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage.StoredObject;
import org.chatpress.support.ServerProcess;
import org.chatpress.support.TestNewsroom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Apache and nginx with the configuration of examples/ send the headers that an S3 bucket would. */
@Tag("process")
class WebServersTest {
    private static final Path APACHE = Path.of("/usr/sbin/apache2");
    private static final Path FTP = Path.of("examples/ftp").toAbsolutePath();
    private static final Path FRONT_END = Path.of("examples/front-end").toAbsolutePath();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    private Path htdocs;
    private Optional<ServerProcess> server = Optional.empty();
    private int port;

    enum WebServer {
        APACHE,
        NGINX
    }

    @BeforeEach
    void makeFolder() throws IOException {
        // The servers' processes run as another user
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        htdocs = Files.createDirectories(folder.resolve("htdocs"));
    }

    @AfterEach
    void stopServer() throws InterruptedException {
        if (server.isPresent()) {
            server.get().close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyFileHasTheHeadersOfItsRole(WebServer server) throws Exception {
        List<StoredObject> objects = publishedObjects();
        objects.addAll(otherObjects());
        for (StoredObject object : objects) {
            write("chats/" + object.key(), object.bytes());
        }
        startWithChats(server);

        assertThat(objects)
                .extracting(object -> object.key().value())
                .contains("live.json", "live/live.json", "channels.json");
        for (StoredObject object : objects) {
            HttpResponse<byte[]> response = get("/chats/" + object.key());

            assertThat(response.statusCode()).as("%s", object.key()).isEqualTo(200);
            assertThat(header(response, "Content-Type").replace(" ", ""))
                    .as("%s", object.key())
                    .isEqualToIgnoringCase(object.contentType().replace(" ", ""));
            assertThat(header(response, "Cache-Control")).as("%s", object.key()).isEqualTo(object.cacheControl());
            assertThat(header(response, "Access-Control-Allow-Origin")).isEqualTo("*");
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsNotThereMayBeReadByEverySiteToo(WebServer server) throws Exception {
        write("chats/channels.json", new byte[0]);
        write("chats/election-night/.live.json.part", new byte[0]);
        startWithChats(server);

        for (String path : List.of(
                "gone.json",
                "gone/live.json",
                "gone/i/p-0123456789ab.json",
                "gone/feed.json",
                "gone/photos/x.jpg",
                "election-night/.live.json.part")) {
            HttpResponse<byte[]> response = get("/chats/" + path);

            assertThat(response.statusCode()).as(path).isEqualTo(404);
            assertThat(header(response, "Access-Control-Allow-Origin")).as(path).isEqualTo("*");
            assertThat(header(response, "Cache-Control")).as(path).isEqualTo("none");
        }
    }

    @ParameterizedTest
    @EnumSource
    void textIsCompressed(WebServer server) throws Exception {
        write(
                "chats/election-night.json",
                "{\"text\": \"%s\"}".formatted("a".repeat(10_000)).getBytes(StandardCharsets.UTF_8));
        startWithChats(server);

        assertThat(header(get("/chats/election-night.json"), "Content-Encoding"))
                .isEqualTo("gzip");
    }

    @Test
    void theSiteThatShowsAChatSendsItsSecurityPolicy() throws Exception {
        write("index.html", "<live-chat></live-chat>".getBytes(StandardCharsets.UTF_8));
        startNginx("location / { root %s; include %s/nginx.conf; }".formatted(htdocs, FRONT_END));

        HttpResponse<byte[]> response = get("/index.html");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(header(response, "Content-Security-Policy")).startsWith("default-src 'none'; ");
        assertThat(header(response, "X-Content-Type-Options")).isEqualTo("nosniff");
    }

    /** Every kind of file, of chats that differ in slug and state. */
    private List<StoredObject> publishedObjects() throws IOException {
        String everything =
                "approval: none, jsonp: true, formats: [json-feed, atom, liveblog, html, share-pages, archive]";
        var newsroom = new TestNewsroom(Files.createDirectory(folder.resolve("newsroom")));
        try {
            newsroom.slack.channel("C0LIVE");
            newsroom.lists(
                    channel(TestNewsroom.CHANNEL, TestNewsroom.SLUG, everything),
                    channel("C0LIVE", "live", everything));
            newsroom.slack.post(TestNewsroom.CHANNEL, TestNewsroom.REPORTER, "polls are closed");
            newsroom.slack.post("C0LIVE", TestNewsroom.REPORTER, "Smith wins");
            newsroom.cycle();
            var objects = new ArrayList<StoredObject>();
            for (ObjectKey key : newsroom.storage().list("")) {
                objects.add(newsroom.storage().read(key).orElseThrow());
            }
            return objects;
        } finally {
            newsroom.close();
        }
    }

    private static List<StoredObject> otherObjects() {
        return List.of(
                file("live/photos/F0PHOTO.jpg", "image/jpeg", FileRole.PHOTO),
                file("live/media/0123456789ab-720.mp4", "video/mp4", FileRole.CLIP),
                file("live/media/0123456789ab.m4a", "audio/mp4", FileRole.CLIP),
                file("live/media/0123456789ab-720.jpg", "image/jpeg", FileRole.PHOTO),
                file("live/photos/F0PHOTO.gif", "image/gif", FileRole.PHOTO),
                file("live/photos/F0PHOTO.webp", "image/webp", FileRole.PHOTO),
                file("live/photos/F0PHOTO.png", FileRole.PICTURE.contentType(), FileRole.PICTURE),
                file("live/archive.ndjson", FileRole.ARCHIVE.contentType(), FileRole.ARCHIVE));
    }

    private static StoredObject file(String key, String contentType, FileRole role) {
        return new StoredObject(new ObjectKey(key), new byte[] {1}, contentType, role.cacheControl());
    }

    private void write(String path, byte[] bytes) throws IOException {
        Path file = htdocs.resolve(path);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
    }

    private void startWithChats(WebServer server) throws Exception {
        switch (server) {
            case APACHE -> startApache();
            case NGINX -> {
                Path conf = folder.resolve("chats.conf");
                Files.writeString(
                        conf,
                        Files.readString(FTP.resolve("nginx.conf")).replace("/srv/www/htdocs", htdocs.toString()));
                startNginx("include " + conf + ";");
            }
        }
    }

    private void startApache() throws Exception {
        ServerProcess.isNeeded(APACHE);
        Files.copy(FTP.resolve(".htaccess"), htdocs.resolve("chats/.htaccess"));
        var modules = new StringBuilder();
        for (String module :
                List.of("mpm_event", "authz_core", "mime", "dir", "alias", "headers", "filter", "deflate")) {
            modules.append("LoadModule %s_module /usr/lib/apache2/modules/mod_%s.so\n".formatted(module, module));
        }
        port = ServerProcess.freePort();
        Path conf = Files.writeString(folder.resolve("apache.conf"), modules + """
                ServerRoot %1$s
                ServerName localhost
                PidFile %1$s/apache.pid
                Mutex file:%1$s
                ErrorLog %1$s/error.log
                TypesConfig /dev/null
                User nobody
                Group nogroup
                Listen 127.0.0.1:%2$d
                DocumentRoot %1$s/htdocs
                <Directory %1$s/htdocs>
                    AllowOverride FileInfo
                    Require all granted
                </Directory>
                """.formatted(folder, port));
        server = Optional.of(
                ServerProcess.start(folder, port, APACHE.toString(), "-f", conf.toString(), "-DFOREGROUND"));
    }

    private void startNginx(String inServer) throws Exception {
        port = ServerProcess.freePort();
        server = Optional.of(ServerProcess.nginx(folder, port, """
                server {
                    listen 127.0.0.1:%d;
                    %s
                }
                """.formatted(port, inServer)));
    }

    private HttpResponse<byte[]> get(String path) throws Exception {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .header("Accept-Encoding", "gzip")
                        .build(),
                BodyHandlers.ofByteArray());
    }

    private static String header(HttpResponse<byte[]> response, String name) {
        List<String> values = response.headers().allValues(name);
        return values.isEmpty() ? "none" : String.join(" and ", values);
    }
}
