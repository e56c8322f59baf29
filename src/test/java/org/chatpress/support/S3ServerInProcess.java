package org.chatpress.support;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.chatpress.storage.s3.S3Settings;
import org.gaul.s3proxy.S3ErrorCode;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.S3ProxyException;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/**
 * An S3 server on a free port of this machine with one bucket, held in memory. It checks signatures, and breaks on
 * demand. After a restart it has the same port and objects. While it runs, the AWS default chain of this JVM yields its
 * credentials.
 */
public final class S3ServerInProcess implements AutoCloseable {
    public static final String BUCKET = "chats";
    public static final String ACCESS_KEY = "local-access-key";
    public static final String SECRET_KEY = "local-secret-key";

    private final BreakableObjects objects = new BreakableObjects();
    private volatile boolean readOnly;
    private volatile long bytesUntilBreak = Long.MAX_VALUE;
    private S3Proxy server;
    private S3Client client;
    private int port;

    public S3ServerInProcess start() {
        try {
            server = S3Proxy.builder()
                    .blobStore(objects)
                    .endpoint(URI.create("http://127.0.0.1:" + port))
                    .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, ACCESS_KEY, SECRET_KEY)
                    .build();
            server.start();
        } catch (Exception e) {
            throw new IllegalStateException("the S3 server did not start", e);
        }
        boolean isFirst = port == 0;
        port = server.getPort();
        System.setProperty("aws.accessKeyId", ACCESS_KEY);
        System.setProperty("aws.secretAccessKey", SECRET_KEY);
        if (isFirst) {
            client = newClient();
            client.createBucket(bucket -> bucket.bucket(BUCKET));
        }
        return this;
    }

    public void stop() {
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the S3 server did not stop", e);
        }
    }

    @Override
    public void close() {
        stop();
        client.close();
    }

    /** What reaches its bucket, without a prefix and without gzip. */
    public S3Settings settings() {
        return settings("", false);
    }

    public S3Settings settings(String prefix, boolean gzip) {
        return new S3Settings(BUCKET, prefix, Optional.empty(), Optional.of(endpoint()), true, gzip);
    }

    /** What a process finds in its environment, to use the bucket. */
    public static Map<String, String> environment() {
        return Map.of("AWS_ACCESS_KEY_ID", ACCESS_KEY, "AWS_SECRET_ACCESS_KEY", SECRET_KEY, "AWS_REGION", "us-east-1");
    }

    /** Its bucket, as channels.yml names it. */
    public String entry() {
        return entry(port);
    }

    /** The same through another port, such as that of a proxy. */
    public String entry(int at) {
        return "s3: {bucket: %s, endpoint: \"%s\", path-style: true}".formatted(BUCKET, endpoint(at));
    }

    public URI endpoint() {
        return endpoint(port);
    }

    private static URI endpoint(int at) {
        return URI.create("http://127.0.0.1:" + at);
    }

    /** Amazon's own client, to look at objects as they are. */
    public S3Client client() {
        return client;
    }

    /** Whether every put is answered with 403. */
    public void readOnly(boolean isReadOnly) {
        readOnly = isReadOnly;
    }

    /** Puts break off with a 500 after so many bytes each. */
    public void breakAfter(long bytes) {
        bytesUntilBreak = bytes;
    }

    public void neverBreak() {
        bytesUntilBreak = Long.MAX_VALUE;
    }

    private S3Client newClient() {
        return S3Client.builder()
                .endpointOverride(endpoint())
                .forcePathStyle(true)
                .region(Region.US_EAST_1)
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create(ACCESS_KEY, SECRET_KEY)))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
    }

    private final class BreakableObjects extends ForwardingBlobStore {
        private BreakableObjects() {
            super(new TransientNio2BlobStore());
        }

        @Override
        public PutObjectResponse putBlob(PutObjectRequest request, InputStream body) {
            if (readOnly) {
                throw new S3ProxyException(S3ErrorCode.ACCESS_DENIED);
            }
            return super.putBlob(request, breaking(body));
        }

        private InputStream breaking(InputStream body) {
            return new FilterInputStream(body) {
                private long left = bytesUntilBreak;

                @Override
                public int read() throws IOException {
                    count(1);
                    return super.read();
                }

                @Override
                public int read(byte[] bytes, int offset, int length) throws IOException {
                    int read = super.read(bytes, offset, length);
                    count(read);
                    return read;
                }

                private void count(int read) throws IOException {
                    left -= Math.max(0, read);
                    if (left < 0) {
                        throw new IOException("the disk is gone");
                    }
                }
            };
        }
    }
}
