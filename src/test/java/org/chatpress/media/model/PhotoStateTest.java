package org.chatpress.media.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import org.chatpress.media.model.PhotoEvent.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PhotoStateTest {
    private static final Instant NOW = Instant.parse("2026-11-03T19:00:00Z");
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @ParameterizedTest(name = "{0} and {1}")
    @CsvSource({
        "WANTED,  DEVELOPED, READY",
        "WANTED,  DROPPED,   ",
        "WANTED,  SHOWN,     ",
        "WANTED,  NOT_YET,   WANTED",
        "WANTED,  HOPELESS,  FAILED",
        "READY,   DEVELOPED, ",
        "READY,   DROPPED,   DROPPED",
        "READY,   SHOWN,     LIVE",
        "READY,   NOT_YET,   READY",
        "READY,   HOPELESS,  FAILED",
        "DROPPED, DEVELOPED, ",
        "DROPPED, DROPPED,   ",
        "DROPPED, SHOWN,     LIVE",
        "DROPPED, NOT_YET,   DROPPED",
        "DROPPED, HOPELESS,  FAILED",
        "LIVE,    DEVELOPED, ",
        "LIVE,    DROPPED,   ",
        "LIVE,    SHOWN,     ",
        "LIVE,    NOT_YET,   ",
        "LIVE,    HOPELESS,  ",
        "FAILED,  DEVELOPED, ",
        "FAILED,  DROPPED,   ",
        "FAILED,  SHOWN,     ",
        "FAILED,  NOT_YET,   ",
        "FAILED,  HOPELESS,  "
    })
    void theWholeTable(PhotoStage stage, Kind kind, PhotoStage next) {
        var trip = new PhotoState(stage, 3, NOW, NOW, "");
        var outcome = new PhotoEvent(kind, "because");

        if (next == null) {
            assertThatThrownBy(() -> trip.after(outcome, NOW, PATIENCE)).isInstanceOf(IllegalStateException.class);
        } else {
            assertThat(trip.after(outcome, NOW, PATIENCE).stage()).isEqualTo(next);
        }
    }

    @Test
    void itIsTriedLessAndLessOftenAndForTheLastTimeWhenPatienceIsOver() {
        PhotoState trip = new PhotoState(PhotoStage.DROPPED, 0, NOW, NOW, "");
        var tries = new ArrayList<Long>();

        while (trip.stage() == PhotoStage.DROPPED) {
            trip = trip.after(PhotoEvent.notYet("not there"), trip.notBefore(), PATIENCE);
            tries.add(Duration.between(NOW, trip.notBefore()).toSeconds());
        }

        assertThat(tries).containsExactly(2L, 6L, 14L, 30L, 60L, 90L, 90L);
        assertThat(trip.stage()).isEqualTo(PhotoStage.FAILED);
        assertThat(trip.reason()).isEqualTo("not there");
    }

    @Test
    void aStageThatWasReachedBeginsAnew() {
        PhotoState trip = new PhotoState(PhotoStage.READY, 5, NOW, NOW.plusSeconds(30), "the drop is down");

        PhotoState next = trip.after(PhotoEvent.DROPPED, NOW.plusSeconds(31), PATIENCE);

        assertThat(next).isEqualTo(new PhotoState(PhotoStage.DROPPED, 0, NOW.plusSeconds(31), NOW.plusSeconds(31), ""));
    }
}
