package org.chatpress.media;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.chatpress.error.RemoteException;
import org.chatpress.media.model.PhotoSettings.Cms;
import org.chatpress.support.FakeCms;
import org.junit.jupiter.api.Test;

class PhotoFetcherTest {
    @Test
    void aCmsThatFallsSilentInTheMiddleOfItsAnswerIsNotWaitedForForEver() {
        try (FakeCms cms = FakeCms.start().answers(200, "{\"id\": ")) {
            cms.stalls();
            var settings = new Cms(null, cms.ask(), "id", "https://cms.example/{found}", Duration.ofSeconds(90));

            CompletableFuture<Void> checked = CompletableFuture.runAsync(() -> new PhotoFetcher(null).check(settings));

            assertThatThrownBy(() -> checked.get(60, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOf(RemoteException.class)
                    .hasMessage("the CMS does not answer: half an answer");
        }
    }
}
