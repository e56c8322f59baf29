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
        "403, AccessDenied,                DENIED",
        "403, RequestTimeTooSkewed,        DENIED",
        "401, Unauthorized,                DENIED",
        "404, NoSuchBucket,                DENIED",
        "301, PermanentRedirect,           DENIED",
        "400, ExpiredToken,                DENIED",
        "400, AuthorizationHeaderMalformed, DENIED",
        "400, RequestTimeout,              UNAVAILABLE",
        "408, RequestTimeout,              UNAVAILABLE",
        "409, OperationAborted,            UNAVAILABLE",
        "429, TooManyRequests,             UNAVAILABLE",
        "500, InternalError,               UNAVAILABLE",
        "503, SlowDown,                    UNAVAILABLE",
        "400, EntityTooLarge,              REFUSED",
        "400, KeyTooLongError,             REFUSED",
    })
    void saysWhoMustAct(int status, String code, Kind kind) {
        var answer = S3Exception.builder()
                .statusCode(status)
                .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).build())
                .build();

        RemoteException failure = S3Errors.translate("cannot put a to s3://news", SETTINGS, answer);

        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure).hasMessage("cannot put a to s3://news: " + status + " " + code);
        assertThat(failure.hint().isEmpty()).isEqualTo(kind != Kind.ACTION_REQUIRED);
    }

    @Test
    void theNetworkPasses() {
        var noAnswer = SdkClientException.create("Unable to execute HTTP request: Connection refused");

        assertThat(S3Errors.translate("cannot put a", SETTINGS, noAnswer).kind())
                .isEqualTo(Kind.TRANSIENT);
    }
}
