package org.chatpress.storage.s3;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.chatpress.error.RemoteException;
import org.chatpress.model.Gzip;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage;
import org.chatpress.storage.StorageProbe;
import org.chatpress.storage.StoredObject;
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
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Objects of an S3 bucket. An object appears whole or not at all, so a put is one request. */
final class S3Storage implements Storage {
    private static final Logger LOG = LoggerFactory.getLogger(S3Storage.class);

    // Two attempts within the 10 s that connecting may take; the next cycle is the real retry
    private static final Duration CONNECTING = Duration.ofSeconds(5);
    private static final int ATTEMPTS = 2;
    private static final Duration ATTEMPT = Duration.ofSeconds(30);
    private static final int CONDITIONAL_TRIES = 3;
    private static final String NOBODYS_VERSION = "\"00000000000000000000000000000000\"";

    private final S3Settings settings;
    private final AwsCredentialsProvider credentials;
    private final Map<ObjectKey, LastPut> ownPuts = new ConcurrentHashMap<>();
    private volatile boolean honoursConditions = true;
    private S3Client client;

    S3Storage(S3Settings settings) {
        this(settings, DefaultCredentialsProvider.builder().build());
    }

    S3Storage(S3Settings settings, AwsCredentialsProvider credentials) {
        this.settings = settings;
        this.credentials = credentials;
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
        return S3Settings.MAX_PARALLEL;
    }

    @Override
    public void put(StoredObject object) {
        put(object, Optional.empty());
    }

    @Override
    public Optional<StoredObject> putUnlessChanged(StoredObject object) {
        ObjectKey key = object.key();
        LastPut own = ownPuts.get(key);
        for (int tries = 0; own != null && honoursConditions && tries < CONDITIONAL_TRIES; tries++) {
            // Should its answer get lost, it may be what is found there next time
            own = own.withDigest(object);
            ownPuts.put(key, own);
            Optional<String> version = put(object, Optional.of(own.etag()));
            if (version.isPresent()) {
                remember(object, version.get());
                return Optional.empty();
            }
            Optional<StoredVersion> there = honoursConditions ? find(key) : Optional.empty();
            if (there.isEmpty()) {
                break;
            }
            StoredVersion found = there.get();
            if (!own.matches(found.object())) {
                return Optional.of(found.object());
            }
            honoursConditions = !found.etag().equals(own.etag());
            own = own.withEtag(found.etag());
        }
        if (own != null && !honoursConditions) {
            LOG.warn("{} honours no conditions: another Chatpress that publishes there would not be noticed", name());
        }
        remember(object, put(object, Optional.empty()).orElse(""));
        return Optional.empty();
    }

    private void remember(StoredObject object, String version) {
        if (version.isEmpty() || !honoursConditions) {
            ownPuts.remove(object.key());
        } else {
            ownPuts.put(object.key(), LastPut.of(object, version));
        }
    }

    @Override
    public Optional<StoredObject> hasChanged(ObjectKey key) {
        LastPut own = ownPuts.get(key);
        return own == null
                ? Optional.empty()
                : find(key).map(StoredVersion::object).filter(there -> !own.matches(there));
    }

    /**
     * What this object put under a key.
     *
     * @param etag the ETag of what is there
     * @param digests of the content that is there, and of those that may be: no answer came
     */
    private record LastPut(String etag, Set<String> digests) {
        static LastPut of(StoredObject object, String version) {
            return new LastPut(version, Set.of(object.digest()));
        }

        LastPut withDigest(StoredObject object) {
            var more = new HashSet<>(digests);
            more.add(object.digest());
            return new LastPut(etag, more);
        }

        LastPut withEtag(String newVersion) {
            return new LastPut(newVersion, digests);
        }

        boolean matches(StoredObject object) {
            return digests.contains(object.digest());
        }
    }

    /**
     * Puts it, where {@code over} is present only over that version.
     *
     * @return the new version; empty if another one was there, or if the server names none
     */
    private Optional<String> put(StoredObject object, Optional<String> over) {
        var request = PutObjectRequest.builder()
                .bucket(settings.bucket())
                .key(objectKey(object.key()))
                .contentType(object.contentType())
                .cacheControl(object.cacheControl());
        over.ifPresent(request::ifMatch);
        // Pictures are compressed by themselves.
        boolean isZipped = settings.gzip() && !object.contentType().startsWith("image/");
        if (isZipped) {
            request.contentEncoding("gzip");
        }
        byte[] body = isZipped ? Gzip.compress(object.bytes()) : object.bytes();
        return ask("put " + object.key() + " to", s3 -> {
            try {
                return Optional.ofNullable(s3.putObject(request.build(), RequestBody.fromBytes(body))
                        .eTag());
            } catch (S3Exception e) {
                if (over.isEmpty() || !S3Errors.isConditionalRequestError(e)) {
                    throw e;
                }
                honoursConditions &= S3Errors.isPreconditionFailed(e);
                return Optional.empty();
            }
        });
    }

    @Override
    public void delete(ObjectKey key) {
        var request = DeleteObjectRequest.builder()
                .bucket(settings.bucket())
                .key(objectKey(key))
                .build();
        ask("delete " + key + " from", s3 -> {
            try {
                s3.deleteObject(request);
            } catch (NoSuchKeyException e) {
                LOG.debug("{} had no {}; S3 itself would not say so", name(), key);
            }
            return key;
        });
        ownPuts.remove(key);
    }

    @Override
    public Optional<StoredObject> read(ObjectKey key) {
        ownPuts.remove(key);
        return find(key).map(StoredVersion::object);
    }

    private record StoredVersion(StoredObject object, String etag) {}

    private Optional<StoredVersion> find(ObjectKey key) {
        var request = GetObjectRequest.builder()
                .bucket(settings.bucket())
                .key(objectKey(key))
                .build();
        return ask("read " + key + " from", s3 -> {
            try {
                var response = s3.getObjectAsBytes(request);
                var headers = response.response();
                var object = new StoredObject(
                        key,
                        uncompressed(key, response.asByteArray(), headers.contentEncoding()),
                        Optional.ofNullable(headers.contentType()).orElse(""),
                        Optional.ofNullable(headers.cacheControl()).orElse(""));
                return Optional.of(new StoredVersion(
                        object, Optional.ofNullable(headers.eTag()).orElse("")));
            } catch (NoSuchKeyException e) {
                return Optional.empty();
            }
        });
    }

    @Override
    public List<ObjectKey> list(String folder) {
        String top = settings.prefix().isEmpty() ? "" : settings.prefix() + "/";
        var request = ListObjectsV2Request.builder()
                .bucket(settings.bucket())
                .prefix(top + (folder.isEmpty() ? "" : new ObjectKey(folder) + "/"))
                .build();
        return ask(
                "list " + (folder.isEmpty() ? "everything" : folder) + " in",
                s3 -> s3.listObjectsV2Paginator(request).contents().stream()
                        .map(object -> object.key().substring(top.length()))
                        .filter(ObjectKey::isValid)
                        .map(ObjectKey::new)
                        .sorted()
                        .toList());
    }

    @Override
    public void check() {
        StoredObject probe = StorageProbe.object();
        put(probe);
        delete(probe.key());
    }

    @Override
    public ConditionalWrites conditionalWrites() {
        StoredObject probe = StorageProbe.object();
        try {
            Optional<String> version = put(probe, Optional.empty());
            if (version.isEmpty() || !honoursConditions) {
                return ConditionalWrites.IGNORED;
            }
            if (put(probe, version).isEmpty()) {
                return honoursConditions ? ConditionalWrites.BROKEN : ConditionalWrites.IGNORED;
            }
            return put(probe, Optional.of(NOBODYS_VERSION)).isEmpty()
                    ? ConditionalWrites.SUPPORTED
                    : ConditionalWrites.IGNORED;
        } finally {
            delete(probe.key());
        }
    }

    @Override
    public synchronized void close() {
        if (client != null) {
            client.close();
            client = null;
        }
    }

    private <T> T ask(String deed, Function<S3Client, T> question) {
        String failed = "cannot " + deed + " " + name();
        requireCredentials(failed);
        S3Client s3 = client(failed);
        for (int dead = 0; ; dead++) {
            try {
                return question.apply(s3);
            } catch (SdkException e) {
                // As many connections as there are lanes are kept, and a server that was restarted has closed them all
                if (dead == S3Settings.MAX_PARALLEL || !S3Errors.isBrokenConnection(e)) {
                    throw S3Errors.translate(failed, settings, e);
                }
            }
        }
    }

    /** Asked first, because the client's own exception for this cannot be told from a broken network. */
    private void requireCredentials(String failed) {
        try {
            credentials.resolveCredentials();
        } catch (SdkClientException e) {
            throw RemoteException.actionRequired(
                    failed + ": no AWS credentials were found",
                    "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the machine a role.",
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
                        .connectionTimeout(CONNECTING)
                        .socketTimeout(ATTEMPT))
                .overrideConfiguration(call -> call.apiCallAttemptTimeout(ATTEMPT)
                        .apiCallTimeout(ATTEMPT.multipliedBy(ATTEMPTS))
                        .retryStrategy(retry -> retry.maxAttempts(ATTEMPTS)));
        var style = S3Configuration.builder().pathStyleAccessEnabled(settings.pathStyle());
        settings.endpoint().ifPresent(endpoint -> {
            // Look-alikes store the frames of chunked bodies as if they were content, or refuse them
            style.chunkedEncodingEnabled(false);
            builder.endpointOverride(endpoint)
                    .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                    .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
        });
        return builder.serviceConfiguration(style.build()).build();
    }

    private Region region(String failed) {
        if (settings.region().isPresent()) {
            return Region.of(settings.region().get());
        }
        if (settings.endpoint().isPresent()) {
            // Look-alikes have no regions, but a signature needs one
            return Region.US_EAST_1;
        }
        try {
            return DefaultAwsRegionProviderChain.builder().build().getRegion();
        } catch (SdkClientException e) {
            throw RemoteException.actionRequired(
                    failed + ": no AWS region was found", "Set the region of bucket " + settings.bucket() + ".", e);
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
            throw RemoteException.rejected("cannot read " + key + " from " + name() + ": it says gzip and is none", e);
        }
    }
}
