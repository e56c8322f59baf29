package org.chatpress.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.S3ServerInProcess.BUCKET;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.chatpress.error.RemoteException;
import org.chatpress.error.RemoteException.Kind;
import org.chatpress.storage.ConditionalWritesContract;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.Content;
import org.chatpress.storage.Storage.StoredObject;
import org.chatpress.storage.StorageContract;
import org.chatpress.support.S3ServerInProcess;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Object;

/** What an S3 storage does with every prefix and encoding. */
abstract class S3Contract extends StorageContract implements ConditionalWritesContract {
    static S3ServerInProcess server;

    Storage storage;
    Storage sameBucket;

    /** The settings of the storage under test. */
    abstract S3Settings settings();

    /** The content as a browser decodes it. */
    abstract byte[] decoded(ResponseBytes<GetObjectResponse> object);

    @BeforeAll
    static void startServer() {
        server = new S3ServerInProcess().start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void makeStorage() {
        objects()
                .forEach(object -> server.client()
                        .deleteObject(request ->
                                request.bucket(S3ServerInProcess.BUCKET).key(object.key())));
        storage = settings().storage();
        sameBucket = settings().storage();
    }

    @AfterEach
    void closeStorage() {
        server.neverBreak();
        server.readOnly(false);
        storage.close();
        sameBucket.close();
    }

    @Override
    public Storage storage() {
        return storage;
    }

    @Override
    public Storage mine() {
        return storage;
    }

    @Override
    public Storage theirs() {
        return sameBucket;
    }

    @Override
    public Optional<byte[]> served(ObjectKey key) {
        return s3Object(key).map(this::decoded);
    }

    @Override
    public Set<String> allFiles() {
        String top = settings().prefix().isEmpty() ? "" : settings().prefix() + "/";
        var keys = new TreeSet<String>();
        for (S3Object object : objects()) {
            assertThat(object.key()).startsWith(top);
            keys.add(object.key().substring(top.length()));
        }
        return keys;
    }

    @Override
    public void failPuts() {
        server.breakAfter(1_000_000);
    }

    @Override
    public void restorePuts() {
        server.neverBreak();
    }

    @Override
    public List<Storage> deniedStorages() {
        var wrong = AwsBasicCredentials.create(S3ServerInProcess.ACCESS_KEY, "wrong-secret");
        var unknownUser = AwsBasicCredentials.create("stranger", "wrong-secret");
        var noCredentials = AwsCredentialsProviderChain.of(EnvironmentVariableCredentialsProvider.create());
        return List.of(
                new S3Storage(settings(), StaticCredentialsProvider.create(wrong)),
                new S3Storage(settings(), StaticCredentialsProvider.create(unknownUser)),
                new S3Storage(settings(), (AwsCredentialsProvider) noCredentials),
                inBucket("no-such-bucket"));
    }

    private Storage inBucket(String bucket) {
        var same = settings();
        return new S3Settings(bucket, same.prefix(), same.region(), same.endpoint(), same.pathStyle(), same.gzip())
                .storage();
    }

    private static List<S3Object> objects() {
        return server.client()
                .listObjectsV2(request -> request.bucket(S3ServerInProcess.BUCKET))
                .contents();
    }

    Optional<ResponseBytes<GetObjectResponse>> s3Object(ObjectKey key) {
        String path = settings().prefix().isEmpty() ? key.value() : settings().prefix() + "/" + key;
        try {
            return Optional.of(server.client()
                    .getObjectAsBytes(
                            request -> request.bucket(S3ServerInProcess.BUCKET).key(path)));
        } catch (NoSuchKeyException e) {
            return Optional.empty();
        }
    }

    @Test
    void setsTheHeaders() {
        storage.put(object(KEY, "{}"));

        var headers = s3Object(KEY).orElseThrow().response();
        assertThat(headers.contentType().replace(" ", "")).isEqualTo("application/json;charset=utf-8");
        assertThat(headers.cacheControl()).isEqualTo("public, max-age=2");
        assertThat(headers.contentEncoding()).isEqualTo(settings().gzip() ? "gzip" : null);
        StoredObject read = storage.read(KEY).orElseThrow();
        assertThat(read.contentType().replace(" ", "")).isEqualTo("application/json;charset=utf-8");
        assertThat(read.cacheControl()).isEqualTo("public, max-age=2");
    }

    @Test
    void reportsMissingWritePermission() {
        server.readOnly(true);

        RemoteException failure = failureOf(storage::check);

        assertThat(failure.kind()).isEqualTo(Kind.ACTION_REQUIRED);
        assertThat(failure).hasMessageEndingWith(": 403 AccessDenied");
        assertThat(failure.hint()).contains("s3:PutObject").contains("bucket chats");
    }

    @Test
    void neverPrintsTheSecretKey() {
        var secret = "a-very-secret-key";
        var wrong = AwsBasicCredentials.create(S3ServerInProcess.ACCESS_KEY, secret);

        RemoteException failure = failureOf(new S3Storage(settings(), StaticCredentialsProvider.create(wrong))::check);

        assertThat(stackTrace(failure) + failure.hint()).doesNotContain(secret);
    }

    @Test
    void recoversWhenTheServerIsBack() {
        storage.put(object(KEY, "before"));
        server.stop();
        var cut = new S3Storage(
                settings(),
                StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(S3ServerInProcess.ACCESS_KEY, S3ServerInProcess.SECRET_KEY)));
        assertThat(failureOf(() -> cut.put(object(KEY, "meanwhile"))).kind()).isEqualTo(Kind.TRANSIENT);

        server.start();
        cut.put(object(KEY, "after"));

        assertThat(servedText(KEY)).isEqualTo("after");
    }

    @Test
    void hasAName() {
        var amazon = new S3Settings("news", "chats", Optional.of("eu-west-1"), Optional.empty(), false, false);
        var other = new S3Settings(
                "news", "", Optional.empty(), Optional.of(URI.create("https://minio.example:9000")), true, false);

        assertThat(amazon.storage().name()).isEqualTo("s3://news/chats");
        assertThat(other.storage().name()).isEqualTo("s3://news at minio.example:9000");
    }

    @Test
    void abortsTheUploadThatAKilledProcessLeft() {
        String path = (settings().prefix().isEmpty() ? "" : settings().prefix() + "/") + CLIP;
        String upload = server.client()
                .createMultipartUpload(request -> request.bucket(BUCKET).key(path))
                .uploadId();
        server.client()
                .uploadPart(
                        request -> request.bucket(BUCKET)
                                .key(path)
                                .uploadId(upload)
                                .partNumber(1),
                        RequestBody.fromString("half a clip"));

        storage.delete(CLIP);

        assertThat(server.client()
                        .listMultipartUploads(request -> request.bucket(BUCKET))
                        .uploads())
                .isEmpty();
    }

    @Test
    void abortsAPutThatIsCancelled(@TempDir Path local) throws IOException {
        Path file = Files.write(local.resolve("clip"), new byte[17 * 1024 * 1024]);
        var reads = new AtomicInteger();
        var content = Content.of(file, Files.size(file), () -> reads.incrementAndGet() > 30);

        failureOf(() -> storage.put(new StoredObject(CLIP, content, "video/mp4", "no-store")));

        assertThat(server.client()
                        .listMultipartUploads(request -> request.bucket(BUCKET))
                        .uploads())
                .isEmpty();
    }
}
