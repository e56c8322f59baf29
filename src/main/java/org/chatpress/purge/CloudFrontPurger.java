package org.chatpress.purge;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.chatpress.error.ErrorMessages;
import org.chatpress.error.RemoteException;
import org.chatpress.model.DaemonThreadFactory;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.retry.RetryUtils;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudfront.CloudFrontClient;
import software.amazon.awssdk.services.cloudfront.model.NoSuchDistributionException;
import software.amazon.awssdk.services.cloudfront.model.TooManyInvalidationsInProgressException;

/**
 * Invalidates paths of a CloudFront distribution. CloudFront allows 3,000 paths in progress at a time and refuses more
 * until some are done.
 */
final class CloudFrontPurger implements CdnPurger {
    private static final int MAX_PER_REQUEST = 1_000;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration WAIT_FOR_OTHERS = Duration.ofSeconds(10);

    private final PurgeSettings.CloudFront settings;
    private final AwsCredentialsProvider credentials;
    private final ExecutorService threads = Executors.newCachedThreadPool(new DaemonThreadFactory("cloudfront"));
    private CloudFrontClient client;

    CloudFrontPurger(PurgeSettings.CloudFront settings) {
        this(settings, DefaultCredentialsProvider.builder().build());
    }

    CloudFrontPurger(PurgeSettings.CloudFront settings, AwsCredentialsProvider credentials) {
        this.settings = settings;
        this.credentials = credentials;
    }

    @Override
    public String name() {
        return "CloudFront " + settings.distribution();
    }

    @Override
    public int batchSize() {
        return MAX_PER_REQUEST;
    }

    /** On another thread: the AWS client waits for a response even if its thread is interrupted. */
    @Override
    public PurgeResult purge(List<URI> urls) {
        Future<PurgeResult> result = threads.submit(() -> invalidate(urls));
        try {
            return result.get();
        } catch (ExecutionException e) {
            throw ErrorMessages.unchecked(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return PurgeResult.failure(
                    RemoteException.transientFailure("the request to " + name() + " was interrupted", e));
        }
    }

    private PurgeResult invalidate(List<URI> urls) {
        List<String> paths = urls.stream().map(URI::getRawPath).toList();
        try {
            credentials.resolveCredentials();
        } catch (SdkClientException e) {
            return PurgeResult.failure(RemoteException.actionRequired(
                    "cannot purge from " + name() + ": no AWS credentials found",
                    "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the machine an IAM role.",
                    e));
        }
        try {
            client().createInvalidation(request -> request.distributionId(settings.distribution())
                    .invalidationBatch(
                            batch -> batch.callerReference(UUID.randomUUID().toString())
                                    .paths(list -> list.quantity(paths.size()).items(paths))));
            return PurgeResult.success(urls);
        } catch (SdkException e) {
            return PurgeResult.failure(failure(e));
        }
    }

    @Override
    public synchronized void close() {
        threads.shutdownNow();
        if (client != null) {
            client.close();
            client = null;
        }
    }

    private synchronized CloudFrontClient client() {
        if (client == null) {
            client = CloudFrontClient.builder()
                    .credentialsProvider(credentials)
                    .region(Region.AWS_GLOBAL)
                    .httpClientBuilder(UrlConnectionHttpClient.builder()
                            .connectionTimeout(TIMEOUT)
                            .socketTimeout(TIMEOUT))
                    .overrideConfiguration(configuration ->
                            configuration.apiCallTimeout(CALL_TIMEOUT).apiCallAttemptTimeout(TIMEOUT))
                    .build();
        }
        return client;
    }

    private RemoteException failure(SdkException e) {
        String failed = "cannot purge from " + name() + ": ";
        if (e instanceof TooManyInvalidationsInProgressException) {
            return RemoteException.transientFailure(failed + "too many invalidations are in progress", WAIT_FOR_OTHERS);
        }
        if (!(e instanceof AwsServiceException response)) {
            return RemoteException.transientFailure(
                    failed + e.getMessage().replaceFirst(" \\(SDK .*", ""),
                    "Check that AWS can be reached from here.",
                    e);
        }
        boolean hasCode =
                response.awsErrorDetails() != null && response.awsErrorDetails().errorCode() != null;
        String message = failed + response.statusCode() + " "
                + (hasCode ? response.awsErrorDetails().errorCode() : "unknown error");
        if (response.statusCode() >= 500 || RetryUtils.isThrottlingException(response)) {
            return RemoteException.transientFailure(message, e);
        }
        String hint = e instanceof NoSuchDistributionException
                ? "Check the distribution's ID in purge.cloudfront."
                : "Check the AWS credentials and that they allow cloudfront:CreateInvalidation on distribution "
                        + settings.distribution() + ".";
        return RemoteException.actionRequired(message, hint, e);
    }
}
