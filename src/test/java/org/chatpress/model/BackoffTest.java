package org.chatpress.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    void doublesUpToTheMaximum() {
        var backoff = new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(30));

        assertThat(IntStream.range(0, 7).mapToObj(backoff::delay).map(Duration::toSeconds))
                .containsExactly(2L, 4L, 8L, 16L, 30L, 30L, 30L);
    }

    @Test
    void staysAtTheMaximumHoweverManyAttemptsFail() {
        var backoff = new Backoff(Duration.ofHours(1), Duration.ofDays(1));

        assertThat(backoff.delay(63)).isEqualTo(Duration.ofDays(1));
        assertThat(backoff.delay(Integer.MAX_VALUE)).isEqualTo(Duration.ofDays(1));
    }
}
