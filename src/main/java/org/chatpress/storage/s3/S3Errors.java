package org.chatpress.storage.s3;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.util.Set;
import org.chatpress.error.RemoteException;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** Translates errors of S3 and the AWS SDK into {@link RemoteException}s. */
final class S3Errors {
    // S3 sends these with status 400, which otherwise means that it will never accept the object
    private static final Set<String> TRANSIENT_CODES = Set.of("RequestTimeout", "IncompleteBody", "BadDigest");
    private static final Set<String> CREDENTIAL_CODES =
            Set.of("ExpiredToken", "InvalidToken", "TokenRefreshRequired", "AuthorizationHeaderMalformed");

    private static final Set<String> UNSUPPORTED_HEADER_CODES =
            Set.of("NotImplemented", "InvalidArgument", "InvalidRequest");

    private S3Errors() {}

    static RemoteException translate(String failed, S3Settings settings, SdkException e) {
        if (!(e instanceof AwsServiceException response)) {
            return RemoteException.transientFailure(failed + ": " + e.getMessage(), e);
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
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketException) {
                return !(cause instanceof ConnectException || cause instanceof NoRouteToHostException);
            }
        }
        return false;
    }

    /** S3's error code, such as {@code AccessDenied}. The whole message also has request ids and host names. */
    private static String code(AwsServiceException e) {
        boolean hasCode = e.awsErrorDetails() != null && e.awsErrorDetails().errorCode() != null;
        return hasCode ? e.awsErrorDetails().errorCode() : "unknown error";
    }
}
