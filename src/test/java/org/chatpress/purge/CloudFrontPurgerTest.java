package org.chatpress.purge;

import static org.assertj.core.api.Assertions.assertThat;

import org.chatpress.error.RemoteException;
import org.chatpress.error.RemoteException.Kind;
import org.chatpress.support.FakeHttpService.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CloudFrontPurgerTest extends CdnPurgerContract {
    private static final String ENDPOINT = "aws.endpointUrlCloudFront";

    @BeforeEach
    void setCredentials() {
        System.setProperty(ENDPOINT, service.uri().toString());
        System.setProperty("aws.accessKeyId", "AKIDEXAMPLE");
        System.setProperty("aws.secretAccessKey", SECRET);
    }

    @AfterEach
    void clearCredentials() {
        System.clearProperty(ENDPOINT);
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
    }

    @Override
    CdnPurger purger() {
        return new PurgeSettings.CloudFront("E2ABC").purger();
    }

    @Override
    int urlsInARequest() {
        return 1_000;
    }

    @Override
    Answer success() {
        return Answer.of(201, """
                <?xml version="1.0"?>
                <Invalidation xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/">
                  <Id>IDFDVBD632BHDS5</Id><Status>InProgress</Status><CreateTime>2026-11-03T19:37:58Z</CreateTime>
                  <InvalidationBatch><CallerReference>x</CallerReference>
                    <Paths><Quantity>0</Quantity></Paths></InvalidationBatch>
                </Invalidation>
                """);
    }

    @Override
    Answer refusal() {
        return error(403, "AccessDenied");
    }

    private static Answer error(int status, String code) {
        return Answer.of(status, """
                <?xml version="1.0"?>
                <ErrorResponse xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/">
                  <Error><Type>Sender</Type><Code>%s</Code><Message>no</Message></Error><RequestId>1</RequestId>
                </ErrorResponse>
                """.formatted(code));
    }

    @Test
    void sendsAThousandPathsInARequest() {
        service.answers(request -> success());

        try (CdnPurger purger = purger()) {
            purgeAll(purger, urls(1_001));
        }

        assertThat(service.received()).hasSize(2).allSatisfy(request -> {
            assertThat(request.method()).isEqualTo("POST");
            assertThat(request.path()).isEqualTo("/2020-05-31/distribution/E2ABC/invalidation");
            assertThat(request.headers().get("authorization"))
                    .startsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
                    .contains("/cloudfront/aws4_request");
        });
        assertThat(service.received().get(1).body().replaceFirst("[0-9a-f-]{36}", "UUID"))
                .isEqualTo("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
                        + "<InvalidationBatch xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\"><Paths>"
                        + "<Quantity>1</Quantity><Items><Path>/chats/night/i/p-01000.json</Path></Items></Paths>"
                        + "<CallerReference>UUID</CallerReference></InvalidationBatch>");
    }

    @Test
    void tooManyInvalidationsInProgressPass() {
        service.answers(request -> error(400, "TooManyInvalidationsInProgress"));

        try (CdnPurger purger = purger()) {
            RemoteException failure = purger.purge(urls(1)).failure().orElseThrow();

            assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
            assertThat(failure.retryAfter()).isPresent();
        }
    }

    @Test
    void anUnknownDistributionIsReportedWithAHint() {
        service.answers(request -> error(404, "NoSuchDistribution"));

        try (CdnPurger purger = purger()) {
            assertThat(purger.purge(urls(1)).failure().orElseThrow().messageWithHint())
                    .isEqualTo("cannot purge from CloudFront E2ABC: 404 NoSuchDistribution."
                            + " Check the distribution's ID in purge.cloudfront.");
        }
    }

    @Test
    void missingCredentialsAreReportedWithAHint() {
        clearCredentials();

        try (CdnPurger purger = purger()) {
            assertThat(purger.purge(urls(1)).failure().orElseThrow().hint()).startsWith("Set AWS_ACCESS_KEY_ID");
        }
    }
}
