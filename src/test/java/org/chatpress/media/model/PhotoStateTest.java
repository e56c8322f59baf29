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
        var state = new PhotoState(stage, 3, NOW, NOW, "");
        var event = new PhotoEvent(kind, "because");

        if (next == null) {
            assertThatThrownBy(() -> state.advancedBy(event, NOW, PATIENCE)).isInstanceOf(IllegalStateException.class);
        } else {
            assertThat(state.advancedBy(event, NOW, PATIENCE).stage()).isEqualTo(next);
        }
    }

    @Test
    void itIsTriedLessAndLessOftenAndForTheLastTimeWhenPatienceIsOver() {
        PhotoState state = new PhotoState(PhotoStage.DROPPED, 0, NOW, NOW, "");
        var tries = new ArrayList<Long>();

        while (state.stage() == PhotoStage.DROPPED) {
            state = state.advancedBy(PhotoEvent.retry("not there"), state.notBefore(), PATIENCE);
            tries.add(Duration.between(NOW, state.notBefore()).toSeconds());
        }

        assertThat(tries).containsExactly(2L, 6L, 14L, 30L, 60L, 90L, 90L);
        assertThat(state.stage()).isEqualTo(PhotoStage.FAILED);
        assertThat(state.reason()).isEqualTo("not there");
    }

    @Test
    void aStageThatWasReachedBeginsAnew() {
        PhotoState state = new PhotoState(PhotoStage.READY, 5, NOW, NOW.plusSeconds(30), "the drop is down");

        PhotoState next = state.advancedBy(PhotoEvent.DROPPED, NOW.plusSeconds(31), PATIENCE);

        assertThat(next).isEqualTo(new PhotoState(PhotoStage.DROPPED, 0, NOW.plusSeconds(31), NOW.plusSeconds(31), ""));
    }
}
