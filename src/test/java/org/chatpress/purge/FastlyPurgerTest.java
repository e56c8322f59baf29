package org.chatpress.purge;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import org.chatpress.model.Secret;
import org.chatpress.purge.CdnPurger.PurgeResult;
import org.chatpress.support.FakeHttpService.Answer;
import org.junit.jupiter.api.Test;

class FastlyPurgerTest extends CdnPurgerContract {
    @Override
    CdnPurger purger() {
        return new PurgeSettings.Fastly(new Secret(SECRET), service.uri()).purger();
    }

    @Override
    int urlsInARequest() {
        return 1;
    }

    @Override
    Answer success() {
        return Answer.of(200, "{\"status\": \"ok\", \"id\": \"108-1391560174-974124\"}");
    }

    @Override
    Answer refusal() {
        return Answer.of(401, "{\"msg\": \"Provided credentials are missing or invalid\"}");
    }

    @Test
    void sendsARequestForEachUrl() {
        service.answers(request -> success());

        try (CdnPurger purger = purger()) {
            purger.purge(urls(1));
        }

        assertThat(service.received()).singleElement().satisfies(request -> {
            assertThat(request.method()).isEqualTo("POST");
            assertThat(request.path()).isEqualTo("/purge/static.example/chats/night/i/p-00000.json");
            assertThat(request.headers())
                    .containsEntry("fastly-key", SECRET)
                    .containsEntry("accept", "application/json");
            assertThat(request.body()).isEmpty();
        });
    }

    @Test
    void urlsThatWereRefusedAreNamedByTheirAbsence() {
        service.answers(
                request -> request.path().endsWith("1.json") ? Answer.of(429).with("Retry-After", "7") : success());

        try (CdnPurger purger = purger()) {
            PurgeResult result = purger.purge(urls(3));

            assertThat(result.purged())
                    .extracting(URI::getPath)
                    .containsExactly("/chats/night/i/p-00000.json", "/chats/night/i/p-00002.json");
            assertThat(result.failure().orElseThrow().retryAfter()).contains(Duration.ofSeconds(7));
        }
    }
}
