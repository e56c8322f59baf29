package org.chatpress.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.chatpress.config.DatabaseSettings.SqliteFile;
import org.chatpress.publish.Publisher;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.StoredObject;
import org.chatpress.store.Store;
import org.chatpress.support.FtpServerInProcess;
import org.chatpress.support.S3ServerInProcess;
import org.chatpress.support.TestChat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * Fifty changed files of 25 chats, pointers last, beside tools that are made for nothing but copying the same files to
 * the same servers; theirs are whole processes, ours is a turn of one that has run for a while. Debian's rclone, lftp and curl.
 */
class UploadBench {
    private static final int ROUNDS = 9;
    private static final int WARM_UP = 40;
    private static final int CHATS = 25;
    private static final String PASSWORD_AS_RCLONE_WRITES_IT = "QAemW6Sq0Ngh4dW0NYdp30ZgP7eYwyGD6f_6YGY";
    private static final Instant NOW = Instant.parse("2026-11-03T18:00:00Z");

    @TempDir
    Path folder;

    private final Map<String, List<Double>> nanos = new LinkedHashMap<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<TestChat> chats = new ArrayList<>();
    private Store store;
    private Path files;
    private S3ServerInProcess bucket;
    private FtpServerInProcess web;

    @Test
    void besideToolsMadeForCopying() throws Exception {
        assumeThat(List.of("rclone", "lftp", "curl"))
                .as("what is measured beside")
                .allMatch(UploadBench::isInstalled);
        files = Files.createDirectory(folder.resolve("files"));
        try (S3ServerInProcess s3 = new S3ServerInProcess().start();
                FtpServerInProcess ftp = new FtpServerInProcess(Files.createDirectory(folder.resolve("ftp"))).start();
                Store database = Store.open(new SqliteFile(folder.resolve("chatpress.db")), "bench");
                Storage ourBucket = s3.settings("chatpress", false).storage();
                Storage ourWeb =
                        ftp.settings(FtpServerInProcess.PASSWORD, "/chatpress").storage()) {
            store = database;
            bucket = s3;
            web = ftp;
            Files.createDirectory(ftp.root().resolve("rclone"));
            createChats();
            for (int round = 0; round < WARM_UP; round++) {
                fiftyFilesChange(round);
                publish(ourBucket);
                publish(ourWeb);
            }
            for (int round = WARM_UP; round < WARM_UP + ROUNDS; round++) {
                fiftyFilesChange(round);
                List<String> curl = signedCurl();
                measure("S3: chatpress", () -> publish(ourBucket));
                measure("S3: rclone sync", () -> rclone("s3:chats/rclone"));
                measure("S3: curl -Z, 8 connections", () -> run(curl));
                measure("FTP: chatpress", () -> publish(ourWeb));
                measure("FTP: rclone sync", () -> rclone("web:rclone"));
                measure("FTP: lftp mirror, 4 connections", this::lftp);
            }
        } finally {
            threads.shutdown();
        }
        var table = new ResultTable("50 changed files", "median", "of rclone's");
        nanos.forEach((what, all) -> {
            double rclone = ResultTable.median(nanos.get(what.substring(0, what.indexOf(':')) + ": rclone sync"));
            table.add(
                    what,
                    ResultTable.millis(ResultTable.median(all)),
                    ResultTable.times(ResultTable.median(all) / rclone));
        });
        table.print();
    }

    private static boolean isInstalled(String tool) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, tool)));
    }

    private void createChats() {
        for (int i = 0; i < CHATS; i++) {
            var chat = new TestChat(store, "C0CHAT" + i, "chat-" + i, NOW);
            IntStream.range(0, 40).forEach(nth -> chat.put(nth, "message " + nth + " of a chat of forty"));
            chat.render();
            chats.add(chat);
        }
    }

    /** A pointer and a whole chat each; the same files lie in a folder. */
    private void fiftyFilesChange(int round) throws IOException {
        for (int i = 0; i < CHATS; i++) {
            chats.get(i).put(39, "message 39, edited " + round).render();
            for (String key : List.of("chat-" + i + "/live.json", "chat-" + i + ".json")) {
                StoredObject object = store.files().object(new ObjectKey(key)).orElseThrow();
                Path file = files.resolve(key);
                Files.createDirectories(file.getParent());
                Files.write(file, object.bytes());
            }
        }
    }

    private void publish(Storage storage) {
        Publisher.PublishResult result = new Publisher(
                        storage,
                        store.storages().publishState(storage.name()),
                        threads,
                        () -> false,
                        channel -> true,
                        keys -> keys)
                .publish(NOW);
        assertThat(result.failure()).isEmpty();
        assertThat(result.uploads()).isGreaterThanOrEqualTo(2 * CHATS);
    }

    private void rclone(String target) throws IOException, InterruptedException {
        run(List.of("rclone", "sync", "--config", "/dev/null", files.toString(), target));
    }

    private void lftp() throws IOException, InterruptedException {
        run(List.of(
                "lftp",
                "-u",
                FtpServerInProcess.USER + "," + FtpServerInProcess.PASSWORD,
                "-p",
                String.valueOf(web.port()),
                "127.0.0.1",
                "-e",
                "mirror --reverse --parallel=4 " + files + " /lftp; bye"));
    }

    /** Signed beforehand: that costs curl nothing. */
    private List<String> signedCurl() throws IOException {
        var command = new ArrayList<>(List.of("curl", "-sS", "-f", "-Z", "--parallel-max", "8"));
        var credentials = AwsBasicCredentials.create(S3ServerInProcess.ACCESS_KEY, S3ServerInProcess.SECRET_KEY);
        try (var signer = S3Presigner.builder()
                        .region(Region.US_EAST_1)
                        .endpointOverride(bucket.endpoint())
                        .credentialsProvider(StaticCredentialsProvider.create(credentials))
                        .serviceConfiguration(S3Configuration.builder()
                                .pathStyleAccessEnabled(true)
                                .build())
                        .build();
                var all = Files.walk(files)) {
            for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
                String url = signer.presignPutObject(request -> request.signatureDuration(Duration.ofHours(1))
                                .putObjectRequest(put ->
                                        put.bucket(S3ServerInProcess.BUCKET).key("curl/" + files.relativize(file))))
                        .url()
                        .toString();
                command.addAll(List.of("-T", file.toString(), url));
            }
        }
        return command;
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private void measure(String what, Work work) throws IOException, InterruptedException {
        long start = System.nanoTime();
        work.run();
        double took = System.nanoTime() - start;
        nanos.computeIfAbsent(what, name -> new ArrayList<>()).add(took);
    }

    private void run(List<String> command) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.redirectOutput(folder.resolve("said").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("AWS_"));
        builder.environment().putAll(remotes());
        Process process = builder.start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(() -> command.get(0) + ": " + said()).isZero();
    }

    private String said() {
        try {
            return Files.readString(folder.resolve("said"), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private Map<String, String> remotes() {
        var remotes = new TreeMap<String, String>();
        remotes.put("RCLONE_CONFIG_S3_TYPE", "s3");
        remotes.put("RCLONE_CONFIG_S3_PROVIDER", "Other");
        remotes.put("RCLONE_CONFIG_S3_ACCESS_KEY_ID", S3ServerInProcess.ACCESS_KEY);
        remotes.put("RCLONE_CONFIG_S3_SECRET_ACCESS_KEY", S3ServerInProcess.SECRET_KEY);
        remotes.put("RCLONE_CONFIG_S3_ENDPOINT", bucket.endpoint().toString());
        remotes.put("RCLONE_CONFIG_WEB_TYPE", "ftp");
        remotes.put("RCLONE_CONFIG_WEB_HOST", "127.0.0.1");
        remotes.put("RCLONE_CONFIG_WEB_PORT", String.valueOf(web.port()));
        remotes.put("RCLONE_CONFIG_WEB_USER", FtpServerInProcess.USER);
        remotes.put("RCLONE_CONFIG_WEB_PASS", PASSWORD_AS_RCLONE_WRITES_IT);
        return remotes;
    }
}
