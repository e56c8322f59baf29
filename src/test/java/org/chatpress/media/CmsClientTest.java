package org.chatpress.media;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.chatpress.error.RemoteException;
import org.chatpress.media.model.PhotoSettings.Cms;
import org.chatpress.support.FakeCms;
import org.junit.jupiter.api.Test;

class CmsClientTest {
    @Test
    void aResponseThatStallsHalfWayTimesOut() {
        try (FakeCms server = FakeCms.start().answers(200, "{\"id\": ")) {
            server.stalls();
            var cms = new Cms(null, server.ask(), "id", "https://cms.example/{found}", Duration.ofSeconds(90));

            CompletableFuture<Void> checked =
                    CompletableFuture.runAsync(() -> new CmsClient(Duration.ofSeconds(1)).check(cms));

            assertThatThrownBy(() -> checked.get(60, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOf(RemoteException.class)
                    .hasMessage("the CMS does not answer: incomplete response");
        }
    }
}
