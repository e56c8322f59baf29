package org.chatpress.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.chatpress.error.RemoteException;
import org.chatpress.error.RemoteException.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.model.S3Exception;

class S3ErrorsTest {
    private static final S3Settings SETTINGS =
            new S3Settings("news", "", Optional.empty(), Optional.empty(), false, false);

    @ParameterizedTest
    @CsvSource({
        "403, AccessDenied,                ACTION_REQUIRED",
        "403, RequestTimeTooSkewed,        ACTION_REQUIRED",
        "401, Unauthorized,                ACTION_REQUIRED",
        "404, NoSuchBucket,                ACTION_REQUIRED",
        "301, PermanentRedirect,           ACTION_REQUIRED",
        "400, ExpiredToken,                ACTION_REQUIRED",
        "400, AuthorizationHeaderMalformed, ACTION_REQUIRED",
        "400, RequestTimeout,              TRANSIENT",
        "408, RequestTimeout,              TRANSIENT",
        "409, OperationAborted,            TRANSIENT",
        "429, TooManyRequests,             TRANSIENT",
        "500, InternalError,               TRANSIENT",
        "503, SlowDown,                    TRANSIENT",
        "400, EntityTooLarge,              REJECTED",
        "400, KeyTooLongError,             REJECTED",
    })
    void tellsWhoMustAct(int status, String code, Kind kind) {
        var response = S3Exception.builder()
                .statusCode(status)
                .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).build())
                .build();

        RemoteException failure = S3Errors.translate("cannot put a to s3://news", SETTINGS, response);

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure).hasMessage("cannot put a to s3://news: " + status + " " + code);
        assertThat(failure.hint().isEmpty()).isEqualTo(kind != Kind.ACTION_REQUIRED);
    }

    @Test
    void treatsNetworkErrorsAsTransient() {
        var noResponse = SdkClientException.create("Unable to execute HTTP request: Connection refused");

        assertThat(S3Errors.translate("cannot put a", SETTINGS, noResponse).kind())
                .isEqualTo(Kind.TRANSIENT);
    }
}
