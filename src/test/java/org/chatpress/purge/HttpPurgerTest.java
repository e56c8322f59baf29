package org.chatpress.purge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.chatpress.model.Secret;
import org.chatpress.support.FakeHttpService.Answer;
import org.junit.jupiter.api.Test;

class HttpPurgerTest extends CdnPurgerContract {
    @Override
    CdnPurger purger() {
        return new PurgeSettings.Http("PURGE", service.uri() + "{path}", Map.of("X-Key", new Secret(SECRET))).purger();
    }

    @Override
    int urlsInARequest() {
        return 1;
    }

    @Override
    Answer success() {
        return Answer.of(200);
    }

    @Override
    Answer refusal() {
        return Answer.of(405);
    }

    @Test
    void sendsTheHostOfThePublicUrlAndTheHeadersOfTheSettings() {
        try (CdnPurger purger = purger()) {
            purger.purge(urls(1));
        }

        assertThat(service.received()).singleElement().satisfies(request -> {
            assertThat(request.line()).isEqualTo("PURGE static.example /chats/night/i/p-00000.json");
            assertThat(request.headers()).containsEntry("x-key", SECRET);
        });
    }

    @Test
    void aFileThatTheCacheDoesNotHaveIsPurged() {
        service.answers(request -> Answer.of(404));

        try (CdnPurger purger = purger()) {
            assertThat(purger.purge(urls(2)).failure()).isEmpty();
        }
    }

    @Test
    void aRedirectIsNotFollowed() {
        service.answers(request -> Answer.of(302).with("Location", service.uri() + "elsewhere"));

        try (CdnPurger purger = purger()) {
            assertThat(purger.purge(urls(1)).purged()).isEmpty();
        }
        assertThat(service.received()).hasSize(1);
    }
}
