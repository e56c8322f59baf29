package org.chatpress.storage.s3;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.chatpress.error.ErrorMessages;
import org.chatpress.error.RemoteException;
import org.chatpress.model.Gzip;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.Content;
import org.chatpress.storage.Storage.StoredObject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/**
 * Stores objects in an S3 bucket. A put is a single request, or for a large file a multipart upload, so an object appears
 * complete or not at all.
 */
final class S3Storage implements Storage {
    private static final Logger LOG = LoggerFactory.getLogger(S3Storage.class);

    /** The number of parallel requests, each with a connection of its own. */
    private static final int MAX_PARALLEL = 8;

    /** Of connecting, and of each wait for a response. */
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration PART_TIMEOUT = Duration.ofMinutes(2);
    private static final int MAX_ATTEMPTS = 2;

    /** Files on disk that are larger are uploaded in parts of this size; S3 requires at least 5 MB. */
    private static final long PART_BYTES = 16L * 1024 * 1024;

    /** The extensions of files that may be that large. */
    private static final Set<String> LARGE_FILES = Set.of("mp4", "m4a");

    private static final int MAX_CONDITIONAL_PUTS = 3;
    private static final String NONEXISTENT_ETAG = "\"00000000000000000000000000000000\"";

    static {
        // Java keeps this many idle connections to a host (default: 5). It reads the number once, at its first request.
        System.setProperty("http.maxConnections", String.valueOf(MAX_PARALLEL));
    }

    /** Put and deleted after a put was denied. Its key is always the same, so that at most one stays behind. */
    private static final StoredObject PROBE =
            new StoredObject(new ObjectKey("chatpress-probe.txt"), new byte[] {'\n'}, "text/plain", "no-store");

    private final S3Settings settings;
    private final AwsCredentialsProvider credentials;
    private final Duration timeout;
    private final Map<ObjectKey, LastPut> lastPuts = new ConcurrentHashMap<>();
    private volatile boolean supportsConditions = true;
    private S3Client client;

    S3Storage(S3Settings settings) {
        this(settings, DefaultCredentialsProvider.builder().build());
    }

    S3Storage(S3Settings settings, AwsCredentialsProvider credentials) {
        this(settings, credentials, TIMEOUT);
    }

    /** @param timeout of connecting, and of each wait for a response */
    S3Storage(S3Settings settings, AwsCredentialsProvider credentials, Duration timeout) {
        this.settings = settings;
        this.credentials = credentials;
        this.timeout = timeout;
    }

    @Override
    public String name() {
        String bucket = "s3://" + settings.bucket() + (settings.prefix().isEmpty() ? "" : "/" + settings.prefix());
        return settings.endpoint()
                .map(endpoint -> bucket + " at " + endpoint.getRawAuthority())
                .orElse(bucket);
    }

    @Override
    public int maxParallel() {
        return MAX_PARALLEL;
    }

    @Override
    public void put(StoredObject object) {
        try {
            store(object);
        } catch (RemoteException e) {
            throw failureOfPut(e);
        }
    }

    /** S3 sends the same error if a policy denies one object, and if it denies all of them. */
    private RemoteException failureOfPut(RemoteException e) {
        boolean isOfOneFile = S3Errors.isAccessDenied(e) && acceptsProbe();
        return isOfOneFile ? S3Errors.rejected(e, "s3:PutObject", settings, ", which accepts others.") : e;
    }

    private synchronized boolean acceptsProbe() {
        try {
            put(PROBE, Optional.empty());
        } catch (RemoteException e) {
            return false;
        }
        try {
            remove(PROBE.key());
        } catch (RemoteException e) {
            LOG.debug("{}", e.getMessage());
        }
        return true;
    }

    private void store(StoredObject object) {
        if (object.content().isFile() && object.content().length() > PART_BYTES) {
            putInParts(object);
        } else {
            put(object, Optional.empty());
        }
    }

    private void putInParts(StoredObject object) {
        ObjectKey key = object.key();
        String action = "put " + key + " to";
        abortUploads(key);
        String upload = call(
                action,
                s3 -> s3.createMultipartUpload(request -> request.bucket(settings.bucket())
                                .key(objectKey(key))
                                .contentType(object.contentType())
                                .cacheControl(object.cacheControl()))
                        .uploadId());
        try {
            List<CompletedPart> parts = putParts(object, upload);
            call(
                    action,
                    s3 -> s3.completeMultipartUpload(request -> request.bucket(settings.bucket())
                            .key(objectKey(key))
                            .uploadId(upload)
                            .multipartUpload(complete -> complete.parts(parts))));
        } catch (RuntimeException e) {
            abortUploads(key);
            throw e;
        }
    }

    private List<CompletedPart> putParts(StoredObject object, String upload) {
        Content content = object.content();
        long length = content.length();
        var parts = new ArrayList<CompletedPart>();
        for (long start = 0; start < length; start += PART_BYTES) {
            long offset = start;
            long partLength = Math.min(PART_BYTES, length - start);
            int number = parts.size() + 1;
            var request = UploadPartRequest.builder()
                    .bucket(settings.bucket())
                    .key(objectKey(object.key()))
                    .uploadId(upload)
                    .partNumber(number)
                    .overrideConfiguration(configuration -> configuration
                            .apiCallAttemptTimeout(PART_TIMEOUT)
                            .apiCallTimeout(PART_TIMEOUT.multipliedBy(MAX_ATTEMPTS)))
                    .build();
            var body = RequestBody.fromContentProvider(
                    () -> content.open(offset, partLength), partLength, object.contentType());
            String etag = call("put " + object.key() + " to", s3 -> s3.uploadPart(request, body))
                    .eTag();
            parts.add(CompletedPart.builder().partNumber(number).eTag(etag).build());
        }
        return parts;
    }

    /**
     * Aborts the multipart uploads of a key, also those that an earlier process left. Readers never see their parts,
     * which are kept and paid for. If that fails, the lifecycle rule of the bucket has to abort them.
     */
    private void abortUploads(ObjectKey key) {
        try {
            call(
                            "list the uploads of " + key + " in",
                            s3 -> s3.listMultipartUploads(request ->
                                            request.bucket(settings.bucket()).prefix(objectKey(key)))
                                    .uploads())
                    .stream()
                    .filter(upload -> upload.key().equals(objectKey(key)))
                    .forEach(upload -> call(
                            "abort an upload of " + key + " to",
                            s3 -> s3.abortMultipartUpload(request -> request.bucket(settings.bucket())
                                    .key(upload.key())
                                    .uploadId(upload.uploadId()))));
        } catch (RemoteException e) {
            LOG.debug("{}", e.getMessage());
        }
    }

    @Override
    public Optional<StoredObject> putUnlessChanged(StoredObject object) {
        try {
            return storeUnlessChanged(object);
        } catch (RemoteException e) {
            throw failureOfPut(e);
        }
    }

    private Optional<StoredObject> storeUnlessChanged(StoredObject object) {
        ObjectKey key = object.key();
        LastPut last = lastPuts.get(key);
        for (int tries = 0; last != null && supportsConditions && tries < MAX_CONDITIONAL_PUTS; tries++) {
            // Recorded first: if the response is lost, the next call may find this object there
            last = last.withDigest(object);
            lastPuts.put(key, last);
            Optional<String> etag = put(object, Optional.of(last.etag()));
            if (etag.isPresent()) {
                remember(object, etag.get());
                return Optional.empty();
            }
            Optional<VersionedObject> current = supportsConditions ? find(key) : Optional.empty();
            if (current.isEmpty()) {
                break;
            }
            VersionedObject found = current.get();
            if (!last.matches(found.object())) {
                return Optional.of(found.object());
            }
            // A server that rejects the current ETag cannot do conditional writes
            supportsConditions = !found.etag().equals(last.etag());
            last = last.withEtag(found.etag());
        }
        if (last != null && !supportsConditions) {
            LOG.warn("{} ignores If-Match; concurrent publishers will not be detected", name());
        }
        remember(object, put(object, Optional.empty()).orElse(""));
        return Optional.empty();
    }

    private void remember(StoredObject object, String etag) {
        if (etag.isEmpty() || !supportsConditions) {
            lastPuts.remove(object.key());
        } else {
            lastPuts.put(object.key(), LastPut.of(object, etag));
        }
    }

    @Override
    public Optional<StoredObject> findConflict(ObjectKey key) {
        LastPut last = lastPuts.get(key);
        return last == null
                ? Optional.empty()
                : find(key).map(VersionedObject::object).filter(current -> !last.matches(current));
    }

    /**
     * What this instance last put under a key.
     *
     * @param etag the ETag of the current object
     * @param digests of the content that was put, and of the content of puts whose response was lost
     */
    private record LastPut(String etag, Set<String> digests) {
        static LastPut of(StoredObject object, String etag) {
            return new LastPut(etag, Set.of(object.digest()));
        }

        LastPut withDigest(StoredObject object) {
            var more = new HashSet<>(digests);
            more.add(object.digest());
            return new LastPut(etag, more);
        }

        LastPut withEtag(String newEtag) {
            return new LastPut(newEtag, digests);
        }

        boolean matches(StoredObject object) {
            return digests.contains(object.digest());
        }
    }

    /**
     * Puts an object, only over the object with the ETag {@code ifMatch} if that is present.
     *
     * @return the new ETag; empty if the condition was not met, or if the server sends no ETag
     */
    private Optional<String> put(StoredObject object, Optional<String> ifMatch) {
        var request = PutObjectRequest.builder()
                .bucket(settings.bucket())
                .key(objectKey(object.key()))
                .contentType(object.contentType())
                .cacheControl(object.cacheControl());
        ifMatch.ifPresent(request::ifMatch);
        // The formats of images and clips are compressed already
        boolean isCompressed = settings.gzip()
                && !object.content().isFile()
                && !object.contentType().startsWith("image/");
        if (isCompressed) {
            request.contentEncoding("gzip");
        }
        RequestBody body = body(object, isCompressed);
        return call("put " + object.key() + " to", s3 -> {
            try {
                return Optional.ofNullable(s3.putObject(request.build(), body).eTag());
            } catch (S3Exception e) {
                if (ifMatch.isEmpty() || !S3Errors.isConditionalRequestError(e)) {
                    throw e;
                }
                supportsConditions &= S3Errors.isPreconditionFailed(e);
                return Optional.empty();
            }
        });
    }

    /** A whole chat may not fit into memory: the client reads it in chunks. */
    private static RequestBody body(StoredObject object, boolean isCompressed) {
        Content content = object.content();
        return isCompressed
                ? RequestBody.fromBytes(content.gzip())
                : RequestBody.fromContentProvider(content::open, content.length(), object.contentType());
    }

    @Override
    public void delete(ObjectKey key) {
        try {
            remove(key);
        } catch (RemoteException e) {
            // If all deletes are denied, puts may still be allowed, which must not wait
            throw S3Errors.isAccessDenied(e)
                    ? S3Errors.rejected(e, "s3:DeleteObject", settings, ", or delete it there by hand.")
                    : e;
        }
    }

    private void remove(ObjectKey key) {
        var request = DeleteObjectRequest.builder()
                .bucket(settings.bucket())
                .key(objectKey(key))
                .build();
        call("delete " + key + " from", s3 -> {
            try {
                s3.deleteObject(request);
            } catch (NoSuchKeyException e) {
                LOG.debug("{} reports that it has no {}, which S3 does not", name(), key);
            }
            return key;
        });
        lastPuts.remove(key);
        if (LARGE_FILES.contains(key.extension())) {
            abortUploads(key);
        }
    }

    @Override
    public Optional<StoredObject> read(ObjectKey key) {
        Optional<StoredObject> found = find(key).map(VersionedObject::object);
        lastPuts.computeIfPresent(
                key, (same, last) -> found.filter(last::matches).isPresent() ? last : null);
        return found;
    }

    private record VersionedObject(StoredObject object, String etag) {}

    private Optional<VersionedObject> find(ObjectKey key) {
        var request = GetObjectRequest.builder()
                .bucket(settings.bucket())
                .key(objectKey(key))
                .build();
        return call("read " + key + " from", s3 -> {
            try {
                var response = s3.getObjectAsBytes(request);
                var headers = response.response();
                var object = new StoredObject(
                        key,
                        uncompressed(key, response.asByteArray(), headers.contentEncoding()),
                        Optional.ofNullable(headers.contentType()).orElse(""),
                        Optional.ofNullable(headers.cacheControl()).orElse(""));
                return Optional.of(new VersionedObject(
                        object, Optional.ofNullable(headers.eTag()).orElse("")));
            } catch (NoSuchKeyException e) {
                return Optional.empty();
            } catch (S3Exception e) {
                if (!S3Errors.isAccessDenied(e)) {
                    throw e;
                }
                requireUnlisted(key, s3, e);
                return Optional.empty();
            }
        });
    }

    /** Without s3:ListBucket, S3 denies access to an object that does not exist. Throws unless a list lacks the object. */
    private void requireUnlisted(ObjectKey key, S3Client s3, S3Exception denied) {
        var request = ListObjectsV2Request.builder()
                .bucket(settings.bucket())
                .prefix(objectKey(key))
                .maxKeys(1)
                .build();
        try {
            if (s3.listObjectsV2(request).contents().stream()
                    .noneMatch(object -> object.key().equals(request.prefix()))) {
                return;
            }
        } catch (S3Exception e) {
            if (S3Errors.isAccessDenied(e)) {
                throw RemoteException.actionRequired(
                        "cannot read " + key + " from " + name() + ": 403 AccessDenied",
                        "Allow s3:GetObject, and s3:ListBucket on bucket " + settings.bucket()
                                + ": without it, S3 denies access to a file that does not exist yet.",
                        denied);
            }
            throw e;
        }
        throw denied;
    }

    @Override
    public List<ObjectKey> list(String folder) {
        String prefix = settings.prefix().isEmpty() ? "" : settings.prefix() + "/";
        var request = ListObjectsV2Request.builder()
                .bucket(settings.bucket())
                .prefix(prefix + (folder.isEmpty() ? "" : new ObjectKey(folder) + "/"))
                .build();
        return call(
                "list " + (folder.isEmpty() ? "everything" : folder) + " in",
                s3 -> s3.listObjectsV2Paginator(request).contents().stream()
                        .map(object -> object.key().substring(prefix.length()))
                        .filter(ObjectKey::isValid)
                        .map(ObjectKey::new)
                        .sorted()
                        .toList());
    }

    @Override
    public void check() {
        StoredObject probe = Storage.probe();
        // First, because a probe that cannot be deleted would stay public
        remove(probe.key());
        find(probe.key());
        put(probe);
        Storage.deleteProbe(probe, this);
    }

    @Override
    public ConditionalWrites conditionalWrites() {
        StoredObject probe = Storage.probe();
        try {
            Optional<String> etag = put(probe, Optional.empty());
            if (etag.isEmpty() || !supportsConditions) {
                return ConditionalWrites.IGNORED;
            }
            if (put(probe, etag).isEmpty()) {
                return supportsConditions ? ConditionalWrites.BROKEN : ConditionalWrites.IGNORED;
            }
            return put(probe, Optional.of(NONEXISTENT_ETAG)).isEmpty()
                    ? ConditionalWrites.SUPPORTED
                    : ConditionalWrites.IGNORED;
        } finally {
            Storage.deleteProbe(probe, this);
        }
    }

    @Override
    public synchronized void close() {
        if (client != null) {
            client.close();
            client = null;
        }
    }

    private <T> T call(String action, Function<S3Client, T> request) {
        String failed = "cannot " + action + " " + name();
        requireCredentials(failed);
        S3Client s3 = client(failed);
        for (int brokenConnections = 0; ; brokenConnections++) {
            try {
                return request.apply(s3);
            } catch (SdkException e) {
                // If the server was restarted, all idle connections are broken
                if (brokenConnections == MAX_PARALLEL || !S3Errors.isBrokenConnection(e)) {
                    throw S3Errors.translate(failed, settings, e);
                }
            } catch (UncheckedIOException e) {
                // The local file cannot be read. The client does not wrap that while it signs a request
                throw RemoteException.transientFailure(failed + ": " + ErrorMessages.describe(e.getCause()), e);
            }
        }
    }

    /** Checked first, because the client's exception for missing credentials looks like a network error. */
    private void requireCredentials(String failed) {
        try {
            credentials.resolveCredentials();
        } catch (SdkClientException e) {
            throw RemoteException.actionRequired(
                    failed + ": no AWS credentials found",
                    "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the machine an IAM role.",
                    e);
        }
    }

    private synchronized S3Client client(String failed) {
        if (client == null) {
            client = newClient(failed);
        }
        return client;
    }

    private S3Client newClient(String failed) {
        var builder = S3Client.builder()
                .credentialsProvider(credentials)
                .region(region(failed))
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(timeout)
                        .socketTimeout(timeout))
                .overrideConfiguration(configuration -> configuration
                        .apiCallAttemptTimeout(ATTEMPT_TIMEOUT)
                        .apiCallTimeout(ATTEMPT_TIMEOUT.multipliedBy(MAX_ATTEMPTS))
                        // The default would also try again after a timeout
                        .retryStrategy(DefaultRetryStrategy.standardStrategyBuilder()
                                .useClientDefaults(false)
                                .maxAttempts(MAX_ATTEMPTS)
                                .retryOnException(S3Errors::isWorthRetrying)
                                .build()));
        var service = S3Configuration.builder().pathStyleAccessEnabled(settings.pathStyle());
        settings.endpoint().ifPresent(endpoint -> {
            // Some S3-compatible servers store the frames of chunked bodies as content, or refuse them
            service.chunkedEncodingEnabled(false);
            builder.endpointOverride(endpoint)
                    .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                    .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
        });
        return builder.serviceConfiguration(service.build()).build();
    }

    private Region region(String failed) {
        if (settings.region().isPresent()) {
            return Region.of(settings.region().get());
        }
        if (settings.endpoint().isPresent()) {
            // Other servers have no regions, but the signature needs one
            return Region.US_EAST_1;
        }
        try {
            return DefaultAwsRegionProviderChain.builder().build().getRegion();
        } catch (SdkClientException e) {
            throw RemoteException.actionRequired(
                    failed + ": no AWS region found", "Set the region of bucket " + settings.bucket() + ".", e);
        }
    }

    private String objectKey(ObjectKey key) {
        return settings.prefix().isEmpty() ? key.value() : settings.prefix() + "/" + key;
    }

    private byte[] uncompressed(ObjectKey key, byte[] bytes, String encoding) {
        if (encoding == null || !encoding.contains("gzip")) {
            return bytes;
        }
        try {
            return Gzip.decompress(bytes);
        } catch (IOException e) {
            throw RemoteException.rejected(
                    "cannot read " + key + " from " + name() + ": Content-Encoding is gzip, but the content is not", e);
        }
    }
}
