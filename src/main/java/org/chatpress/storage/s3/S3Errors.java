package org.chatpress.storage.s3;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.util.Set;
import org.chatpress.error.RemoteException;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** Says who must act when S3, or the way there, failed. */
final class S3Errors {
    // S3 answers these with a 400, which otherwise means that the one object is not acceptable
    private static final Set<String> PASSING = Set.of("RequestTimeout", "IncompleteBody", "BadDigest");
    private static final Set<String> ABOUT_THE_TOKEN =
            Set.of("ExpiredToken", "InvalidToken", "TokenRefreshRequired", "AuthorizationHeaderMalformed");

    private static final Set<String> ABOUT_AN_ODD_HEADER =
            Set.of("NotImplemented", "InvalidArgument", "InvalidRequest");

    private S3Errors() {}

    static RemoteException translate(String failed, S3Settings settings, SdkException e) {
        if (!(e instanceof AwsServiceException answer)) {
            return RemoteException.transientFailure(failed + ": " + e.getMessage(), e);
        }

        int status = answer.statusCode();
        String code = code(answer);
        String message = failed + ": " + status + " " + code;
        if (code.equals("NoSuchBucket")) {
            return RemoteException.actionRequired(
                    message, "Make bucket " + settings.bucket() + ", or correct its name.", e);
        }
        if (code.equals("RequestTimeTooSkewed")) {
            return RemoteException.actionRequired(message, "Set this machine's clock.", e);
        }
        if (status == 301) {
            return RemoteException.actionRequired(
                    message, "Set the region that bucket " + settings.bucket() + " is in.", e);
        }
        if (status == 401 || status == 403 || ABOUT_THE_TOKEN.contains(code)) {
            String hint = "Check the AWS credentials, and that they allow s3:PutObject, s3:GetObject, s3:DeleteObject "
                    + "and s3:ListBucket on bucket " + settings.bucket() + ".";
            return RemoteException.actionRequired(message, hint, e);
        }
        if (status >= 500 || status == 408 || status == 409 || status == 429 || PASSING.contains(code)) {
            return RemoteException.transientFailure(message, e);
        }
        return RemoteException.rejected(message, e);
    }

    /** True if a put was not done because of its condition: it is not met, or the server knows no conditions. */
    static boolean isConditionalRequestError(AwsServiceException e) {
        return isPreconditionFailed(e) || e.statusCode() == 501 || ABOUT_AN_ODD_HEADER.contains(code(e));
    }

    /** True also if nothing is there any more that could meet it. */
    static boolean isPreconditionFailed(AwsServiceException e) {
        return e.statusCode() == 412 || code(e).equals("NoSuchKey");
    }

    /** True if something went wrong on a connection that was there. */
    static boolean isBrokenConnection(SdkException e) {
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketException) {
                return !(cause instanceof ConnectException || cause instanceof NoRouteToHostException);
            }
        }
        return false;
    }

    /** S3's own word, such as {@code AccessDenied}; the whole message would bring request ids and host names along. */
    private static String code(AwsServiceException e) {
        boolean said = e.awsErrorDetails() != null && e.awsErrorDetails().errorCode() != null;
        return said ? e.awsErrorDetails().errorCode() : "without a reason";
    }
}
