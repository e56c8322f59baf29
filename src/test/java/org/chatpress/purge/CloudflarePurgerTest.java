package org.chatpress.purge;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.chatpress.error.RemoteException;
import org.chatpress.model.Secret;
import org.chatpress.support.FakeHttpService.Answer;
import org.junit.jupiter.api.Test;

class CloudflarePurgerTest extends CdnPurgerContract {
    private static final String ZONE = "023e105f4ecef8ad9ca31a8372d0c353";

    @Override
    CdnPurger purger() {
        return purger(List.of());
    }

    private CdnPurger purger(List<String> origins) {
        return new PurgeSettings.Cloudflare(ZONE, new Secret(SECRET), origins, service.uri()).purger();
    }

    @Override
    int urlsInARequest() {
        return 100;
    }

    @Override
    Answer success() {
        return Answer.of(
                200,
                "{\"success\": true, \"errors\": [], \"messages\": [], \"result\": {\"id\": \"%s\"}}".formatted(ZONE));
    }

    @Override
    Answer refusal() {
        return Answer.of(
                403,
                "{\"success\": false, \"errors\": [{\"code\": 10000, \"message\": \"Authentication error\"}],"
                        + " \"messages\": [], \"result\": null}");
    }

    @Test
    void sendsAHundredUrlsInARequest() {
        service.answers(request -> success());

        try (CdnPurger purger = purger()) {
            purgeAll(purger, urls(250));
        }

        assertThat(service.received()).hasSize(3).allSatisfy(request -> {
            assertThat(request.method()).isEqualTo("POST");
            assertThat(request.path()).isEqualTo("/zones/" + ZONE + "/purge_cache");
            assertThat(request.headers())
                    .containsEntry("authorization", "Bearer " + SECRET)
                    .containsEntry("content-type", "application/json");
        });
        assertThat(service.received().get(0).body().split("https://", -1)).hasSize(101);
    }

    @Test
    void purgesTheCopyOfEachOriginToo() {
        service.answers(request -> success());

        try (CdnPurger purger = purger(List.of("https://news.example"))) {
            assertThat(purger.batchSize()).isEqualTo(50);
            purger.purge(urls(1));
        }

        String url = "https://static.example/chats/night/i/p-00000.json";
        assertThat(service.received().get(0).body())
                .isEqualTo("{\"files\":[\"%s\",{\"url\":\"%s\",\"headers\":{\"Origin\":\"https://news.example\"}}]}"
                        .formatted(url, url));
    }

    @Test
    void aRequestThatIsNotSuccessfulPurgedNothing() {
        service.answers(request -> Answer.of(200, "{\"success\": false, \"errors\": []}"));

        try (CdnPurger purger = purger()) {
            assertThat(purger.purge(urls(2)).purged()).isEmpty();
        }
    }

    @Test
    void waitsAsLongAsTheRateLimitSays() {
        service.answers(request -> Answer.of(
                        429, "{\"success\": false, \"errors\": [{\"code\": 10429, \"message\": \"Rate limited\"}]}")
                .with("Retry-After", "12"));

        try (CdnPurger purger = purger()) {
            RemoteException failure = purger.purge(urls(1)).failure().orElseThrow();

            assertThat(failure).hasMessage("Cloudflare answered HTTP 429, error 10429: Rate limited");
            assertThat(failure.retryAfter()).contains(Duration.ofSeconds(12));
        }
    }

    @Test
    void aRateLimitWithoutAWaitIsNotTriedAgainAtOnce() {
        service.answers(request -> Answer.of(429).with("Retry-After", "0"));

        try (CdnPurger purger = purger()) {
            assertThat(purger.purge(urls(1)).failure().orElseThrow().retryAfter())
                    .contains(Duration.ofSeconds(1));
        }
    }
}
