package org.chatpress.storage.s3;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.chatpress.error.ErrorMessages;
import org.chatpress.error.RemoteException;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.core.retry.RetryUtils;

/** Translates errors of S3 and the AWS SDK into {@link RemoteException}s. */
final class S3Errors {
    // S3 sends these with status 400, which otherwise means that it will never accept the object
    private static final Set<String> TRANSIENT_CODES = Set.of("RequestTimeout", "IncompleteBody", "BadDigest");
    private static final Set<String> CREDENTIAL_CODES =
            Set.of("ExpiredToken", "InvalidToken", "TokenRefreshRequired", "AuthorizationHeaderMalformed");

    private static final Set<Integer> RETRYABLE_STATUSES = Set.of(500, 502, 503, 504);
    private static final Set<String> UNSUPPORTED_HEADER_CODES =
            Set.of("NotImplemented", "InvalidArgument", "InvalidRequest");

    private S3Errors() {}

    static RemoteException translate(String failed, S3Settings settings, SdkException e) {
        if (!(e instanceof AwsServiceException response)) {
            return networkError(failed, settings, e);
        }

        int status = response.statusCode();
        String code = code(response);
        String message = failed + ": " + status + " " + code;
        if (code.equals("NoSuchBucket")) {
            return RemoteException.actionRequired(
                    message, "Create bucket " + settings.bucket() + ", or correct its name.", e);
        }
        if (code.equals("RequestTimeTooSkewed")) {
            return RemoteException.actionRequired(
                    message, "Set this machine's clock: it differs too much from the server's.", e);
        }
        if (status == 301) {
            return RemoteException.actionRequired(
                    message, "Set the region that bucket " + settings.bucket() + " is in.", e);
        }
        if (status == 401 || status == 403 || CREDENTIAL_CODES.contains(code)) {
            String hint = "Check the AWS credentials and that they allow s3:PutObject, s3:GetObject, s3:DeleteObject "
                    + "and s3:ListBucket on bucket " + settings.bucket() + ".";
            return RemoteException.actionRequired(message, hint, e);
        }
        if (status >= 500 || status == 408 || status == 409 || status == 429 || TRANSIENT_CODES.contains(code)) {
            return RemoteException.transientFailure(message, e);
        }
        return RemoteException.rejected(message, e);
    }

    private static RemoteException networkError(String failed, S3Settings settings, SdkException e) {
        String host = settings.endpoint().map(URI::getHost).orElse("AWS");
        if (causeOf(e, UnknownHostException.class).isPresent()) {
            return RemoteException.transientFailure(
                    failed + ": " + reason(e),
                    "Check the endpoint, region and bucket; path-style: true if the server has no host name for each"
                            + " bucket.",
                    e);
        }
        if (causeOf(e, CertificateException.class).isPresent()) {
            return RemoteException.actionRequired(
                    failed + ": certificate not trusted: " + reason(e),
                    "Check that the certificate of " + host
                            + " is valid, names that host, and is signed by an authority that Java trusts.",
                    e);
        }
        boolean isConnectionLost = causeOf(e, SocketException.class).isPresent()
                || causeOf(e, SocketTimeoutException.class).isPresent();
        if (causeOf(e, SSLException.class).isPresent() && !isConnectionLost) {
            return RemoteException.actionRequired(
                    failed + ": TLS failed: " + reason(e),
                    "Check whether the endpoint begins with http:// or https://, and its port.",
                    e);
        }
        return RemoteException.transientFailure(
                failed + ": " + reason(e), "Check that " + host + " can be reached from here and responds.", e);
    }

    /** The network's own words, without those of the SDK around them. */
    private static String reason(SdkException e) {
        return causeOf(e, IOException.class)
                .map(ErrorMessages::describe)
                .orElseGet(() -> e.getMessage().replaceFirst(" \\(SDK .*", ""))
                .replaceFirst("\\.$", "");
    }

    private static <T extends Throwable> Optional<T> causeOf(SdkException e, Class<T> type) {
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return Optional.of(type.cast(cause));
            }
        }
        return Optional.empty();
    }

    /** Whether the same request may succeed at once. Not after a timeout: the next one would take as long. */
    static boolean isWorthRetrying(Throwable e) {
        return e instanceof SdkServiceException response
                && (RETRYABLE_STATUSES.contains(response.statusCode())
                        || RetryUtils.isThrottlingException(response)
                        || RetryUtils.isClockSkewException(response));
    }

    /** The failure of a request for one file, which nothing else waits for. */
    static RemoteException rejected(RemoteException denied, String action, S3Settings settings, String rest) {
        String hint = "Allow " + action + " on this file in bucket " + settings.bucket() + rest;
        return RemoteException.rejected(denied.getMessage(), hint, denied);
    }

    static boolean isAccessDenied(RemoteException e) {
        return e.getCause() instanceof AwsServiceException response && isAccessDenied(response);
    }

    static boolean isAccessDenied(AwsServiceException e) {
        return e.statusCode() == 403 && code(e).equals("AccessDenied");
    }

    /** Whether a put failed because of its condition: not met, or not supported by the server. */
    static boolean isConditionalRequestError(AwsServiceException e) {
        return isPreconditionFailed(e) || e.statusCode() == 501 || UNSUPPORTED_HEADER_CODES.contains(code(e));
    }

    /** Whether the condition is not met, which includes that the object was deleted. */
    static boolean isPreconditionFailed(AwsServiceException e) {
        return e.statusCode() == 412 || code(e).equals("NoSuchKey");
    }

    /** Whether an open connection failed, as an idle one does after a restart of the server. */
    static boolean isBrokenConnection(SdkException e) {
        return causeOf(e, SocketException.class)
                .filter(cause -> !(cause instanceof ConnectException || cause instanceof NoRouteToHostException))
                .isPresent();
    }

    /** S3's error code, such as {@code AccessDenied}. The whole message also has request ids and host names. */
    private static String code(AwsServiceException e) {
        boolean hasCode = e.awsErrorDetails() != null && e.awsErrorDetails().errorCode() != null;
        return hasCode ? e.awsErrorDetails().errorCode() : "unknown error";
    }
}
