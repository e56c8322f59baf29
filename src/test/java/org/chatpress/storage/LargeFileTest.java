package org.chatpress.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.chatpress.model.Secret;
import org.chatpress.storage.Storage.Content;
import org.chatpress.storage.Storage.StorageSettings;
import org.chatpress.storage.Storage.StoredObject;
import org.chatpress.storage.ftp.FtpSettings;
import org.chatpress.storage.s3.S3Settings;
import org.chatpress.support.FtpServerInProcess;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Objects of 300 MB, put by a process that has 64 MB of memory, whole and cut off in the middle. */
@Tag("process")
class LargeFileTest {
    private static final long LENGTH = 300L * 1024 * 1024;
    private static final ObjectKey KEY = StorageContract.CLIP;

    @TempDir
    Path folder;

    private Path clip;

    @BeforeEach
    void makeClip() throws IOException {
        clip = folder.resolve("clip");
        try (var file = new RandomAccessFile(clip.toFile(), "rw")) {
            file.setLength(LENGTH);
        }
    }

    /** The small process: puts a file, and deletes it if it was cut off. */
    public static final class Put {
        private Put() {}

        /** @param args a storage as {@link #storage} knows it, the file, and after how many reads the put is cancelled */
        public static void main(String[] args) throws IOException {
            Path file = Path.of(args[args.length - 2]);
            int most = Integer.parseInt(args[args.length - 1]);
            int[] reads = {0};
            try (Storage storage = storage(args).storage()) {
                storage.put(new StoredObject(
                        KEY, Content.of(file, Files.size(file), () -> ++reads[0] > most), "video/mp4", "no-store"));
            }
        }

        private static StorageSettings storage(String... args) {
            return switch (args[0]) {
                case "directory" -> new DirectorySettings(Path.of(args[1]));
                case "ftp" ->
                    new FtpSettings(
                            "localhost",
                            OptionalInt.of(Integer.parseInt(args[1])),
                            FtpServerInProcess.USER,
                            new Secret(FtpServerInProcess.PASSWORD),
                            "/",
                            FtpSettings.Tls.NONE);
                default -> new S3Settings("chats", "", Optional.empty(), Optional.of(URI.create(args[1])), true, false);
            };
        }
    }

    private String put(int mostReads, String... storage) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-Daws.accessKeyId=key",
                "-Daws.secretAccessKey=secret",
                "-cp",
                System.getProperty("java.class.path"),
                Put.class.getName()));
        command.addAll(List.of(storage));
        command.addAll(List.of(clip.toString(), String.valueOf(mostReads)));
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("ended").isTrue();
        } finally {
            process.destroyForcibly();
        }
        String said = Files.readString(output);
        assertThat(said).doesNotContain("OutOfMemoryError");
        return process.exitValue() == 0 ? "done" : said;
    }

    @Test
    void aDirectoryTakesThem() throws Exception {
        Path site = folder.resolve("site");

        assertThat(put(50, "directory", site.toString())).contains("the upload was cancelled");
        assertThat(Folder.files(site)).isEmpty();
        assertThat(put(Integer.MAX_VALUE, "directory", site.toString())).isEqualTo("done");
        assertThat(Files.size(site.resolve(KEY.value()))).isEqualTo(LENGTH);

        new DirectorySettings(site).storage().delete(KEY);
        assertThat(Folder.files(site)).isEmpty();
    }

    @Test
    void anFtpServerTakesThem() throws Exception {
        Path root = Files.createDirectory(folder.resolve("root"));
        try (var server = new FtpServerInProcess(root).start()) {
            String port = String.valueOf(server.port());

            assertThat(put(50, "ftp", port)).contains("the upload was cancelled");
            assertThat(Folder.files(root)).isEmpty();
            assertThat(put(Integer.MAX_VALUE, "ftp", port)).isEqualTo("done");
            assertThat(Files.size(root.resolve(KEY.value()))).isEqualTo(LENGTH);

            server.settings().storage().delete(KEY);
            assertThat(Folder.files(root)).isEmpty();
        }
    }

    @Test
    void s3TakesThemInParts() throws Exception {
        try (var bucket = new CountingBucket()) {
            String endpoint = bucket.endpoint();

            assertThat(put(5000, "s3", endpoint)).contains("the upload was cancelled");
            assertThat(bucket.requests()).contains("abort").doesNotContain("complete");
            assertThat(put(Integer.MAX_VALUE, "s3", endpoint)).isEqualTo("done");
            assertThat(bucket.bytes()).isEqualTo(LENGTH);
            assertThat(bucket.requests()).contains("complete");
        }
    }

    /** A bucket that takes multipart uploads, and counts their bytes instead of keeping them. */
    private static final class CountingBucket implements AutoCloseable {
        private final HttpServer server;
        private final List<String> requests = new ArrayList<>();
        private long bytes;
        private boolean hasUpload;

        CountingBucket() throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setExecutor(Executors.newCachedThreadPool());
            server.createContext("/", exchange -> {
                try (exchange) {
                    answer(exchange);
                }
            });
            server.start();
        }

        String endpoint() {
            return "http://127.0.0.1:" + server.getAddress().getPort();
        }

        synchronized List<String> requests() {
            return List.copyOf(requests);
        }

        synchronized long bytes() {
            return bytes;
        }

        private void answer(HttpExchange exchange) throws IOException {
            // A client that cancels an upload may leave its connection open
            long length = length(exchange.getRequestBody());
            answer(exchange, length);
        }

        private synchronized void answer(HttpExchange exchange, long length) throws IOException {
            String query =
                    Optional.ofNullable(exchange.getRequestURI().getQuery()).orElse("");
            switch (exchange.getRequestMethod()) {
                case "POST" -> {
                    boolean isStart = query.contains("uploads");
                    requests.add(isStart ? "start" : "complete");
                    bytes = isStart ? 0 : bytes;
                    hasUpload = isStart;
                    respond(
                            exchange,
                            isStart
                                    ? "<InitiateMultipartUploadResult><UploadId>one</UploadId></InitiateMultipartUploadResult>"
                                    : "<CompleteMultipartUploadResult><ETag>\"all\"</ETag></CompleteMultipartUploadResult>");
                }
                case "PUT" -> {
                    bytes += length;
                    exchange.getResponseHeaders().set("ETag", "\"part\"");
                    respond(exchange, "");
                }
                case "DELETE" -> {
                    requests.add("abort");
                    hasUpload = false;
                    exchange.sendResponseHeaders(204, -1);
                }
                default ->
                    respond(
                            exchange,
                            "<ListMultipartUploadsResult>"
                                    + (hasUpload
                                            ? "<Upload><Key>" + KEY + "</Key><UploadId>one</UploadId></Upload>"
                                            : "")
                                    + "</ListMultipartUploadsResult>");
            }
        }

        private static long length(InputStream body) throws IOException {
            long length = 0;
            byte[] chunk = new byte[64 * 1024];
            for (int read = body.read(chunk); read >= 0; read = body.read(chunk)) {
                length += read;
            }
            return length;
        }

        private static void respond(HttpExchange exchange, String xml) throws IOException {
            byte[] body = xml.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/xml");
            exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}
