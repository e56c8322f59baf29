package org.chatpress.purge;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.chatpress.error.RemoteException;
import org.chatpress.error.RemoteException.Kind;
import org.chatpress.purge.CdnPurger.PurgeResult;
import org.chatpress.support.CapturedLog;
import org.chatpress.support.FakeHttpService;
import org.chatpress.support.FakeHttpService.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What every purger does, whatever the service. */
abstract class CdnPurgerContract {
    static final String SECRET = "secret-of-the-cdn";

    static {
        // For tests that are run without Maven; read before the first request.
        System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host");
    }

    final FakeHttpService service = FakeHttpService.start();
    private final CapturedLog log = CapturedLog.openVerbose();

    abstract CdnPurger purger();

    /** A request accepted, as the service's documentation shows it. */
    abstract Answer success();

    /** A token without permission, as the service's documentation shows it. */
    abstract Answer refusal();

    /** How many the service's documentation allows. */
    abstract int urlsInARequest();

    @AfterEach
    void close() {
        service.close();
        log.close();
    }

    /** Whatever the service answered. */
    @AfterEach
    void noSecretWasLogged() {
        assertThat(log.linesWith(SECRET)).isEmpty();
    }

    static List<URI> urls(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> URI.create("https://static.example/chats/night/i/p-%05d.json".formatted(i)))
                .toList();
    }

    /** Purges in batches as large as the purger takes. */
    static List<URI> purgeAll(CdnPurger purger, List<URI> urls) {
        var purged = new ArrayList<URI>();
        for (int from = 0; from < urls.size(); from += purger.batchSize()) {
            PurgeResult result = purger.purge(urls.subList(from, Math.min(urls.size(), from + purger.batchSize())));
            assertThat(result.failure()).isEmpty();
            purged.addAll(result.purged());
        }
        return purged;
    }

    /** Of a request that purged nothing; its words have no secret. */
    private static RemoteException failure(PurgeResult result) {
        assertThat(result.purged()).isEmpty();
        RemoteException failure = result.failure().orElseThrow();
        assertThat(failure.messageWithHint()).doesNotContain(SECRET);
        return failure;
    }

    @Test
    @Tag("simulation")
    void purgesTenThousandUrlsInBatches() {
        service.answers(request -> success());

        try (CdnPurger purger = purger()) {
            assertThat(purgeAll(purger, urls(10_000))).isEqualTo(urls(10_000));
        }
        assertThat(service.received()).hasSize(10_000 / urlsInARequest());
    }

    @Test
    void aRefusedTokenIsReportedWithAHintAndWithoutTheToken() {
        service.answers(request -> refusal());

        try (CdnPurger purger = purger()) {
            PurgeResult result = purger.purge(urls(2));

            RemoteException failure = failure(result);
            assertThat(failure.kind()).isEqualTo(Kind.ACTION_REQUIRED);
            assertThat(failure.hint()).startsWith("Check ").endsWith(".");
            assertThat(purger.name()).doesNotContain(SECRET);
        }
    }

    @Test
    void anErrorOfTheServicePasses() {
        service.answers(request -> Answer.of(503));

        try (CdnPurger purger = purger()) {
            PurgeResult result = purger.purge(urls(2));

            assertThat(failure(result).kind()).isEqualTo(Kind.TRANSIENT);
        }
    }

    @Test
    void aServiceThatIsGonePasses() {
        service.close();

        try (CdnPurger purger = purger()) {
            PurgeResult result = purger.purge(urls(2));

            assertThat(failure(result).kind()).isEqualTo(Kind.TRANSIENT);
        }
    }

    @Test
    void anInterruptEndsARequestToASilentService() throws InterruptedException {
        service.silent(true);
        try (CdnPurger purger = purger()) {
            var thread = new Thread(() -> purger.purge(urls(2)));
            thread.start();
            while (service.received().isEmpty()) {
                Thread.sleep(10);
            }

            long start = System.nanoTime();
            thread.interrupt();
            thread.join();

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
        }
    }
}
