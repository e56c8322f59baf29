package org.chatpress.media.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import org.chatpress.media.model.PhotoState.Event.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PhotoStateTest {
    private static final Instant NOW = Instant.parse("2026-11-03T19:00:00Z");
    private static final Duration MAX_AGE = Duration.ofSeconds(90);

    @ParameterizedTest(name = "{0} and {1}")
    @CsvSource({
        "REQUESTED, PROCESSED, PROCESSED",
        "REQUESTED, UPLOADED,  ",
        "REQUESTED, FOUND,     ",
        "REQUESTED, RETRY,     REQUESTED",
        "REQUESTED, FAILED,    FAILED",
        "PROCESSED, PROCESSED, ",
        "PROCESSED, UPLOADED,  UPLOADED",
        "PROCESSED, FOUND,     LIVE",
        "PROCESSED, RETRY,     PROCESSED",
        "PROCESSED, FAILED,    FAILED",
        "UPLOADED,  PROCESSED, ",
        "UPLOADED,  UPLOADED,  ",
        "UPLOADED,  FOUND,     LIVE",
        "UPLOADED,  RETRY,     UPLOADED",
        "UPLOADED,  FAILED,    FAILED",
        "LIVE,    PROCESSED, ",
        "LIVE,    UPLOADED,  ",
        "LIVE,    FOUND,     ",
        "LIVE,    RETRY,     ",
        "LIVE,    FAILED,    ",
        "FAILED,  PROCESSED, ",
        "FAILED,  UPLOADED,  ",
        "FAILED,  FOUND,     ",
        "FAILED,  RETRY,     ",
        "FAILED,  FAILED,    "
    })
    void everyStageAllowsItsOwnEventsOnly(PhotoState.Stage stage, Kind kind, PhotoState.Stage next) {
        var state = new PhotoState(stage, 3, NOW, NOW, "");
        var event = new PhotoState.Event(kind, "a reason");

        if (next == null) {
            assertThatThrownBy(() -> state.advancedBy(event, NOW, MAX_AGE)).isInstanceOf(IllegalStateException.class);
        } else {
            assertThat(state.advancedBy(event, NOW, MAX_AGE).stage()).isEqualTo(next);
        }
    }

    @Test
    void attemptsGetRarerAndTheLastIsMadeWhenTheTimeIsUp() {
        PhotoState state = new PhotoState(PhotoState.Stage.UPLOADED, 0, NOW, NOW, "");
        var tries = new ArrayList<Long>();

        while (state.stage() == PhotoState.Stage.UPLOADED) {
            state = state.advancedBy(PhotoState.Event.retry("not there"), state.notBefore(), MAX_AGE);
            tries.add(Duration.between(NOW, state.notBefore()).toSeconds());
        }

        assertThat(tries).containsExactly(2L, 6L, 14L, 30L, 60L, 90L, 90L);
        assertThat(state.stage()).isEqualTo(PhotoState.Stage.FAILED);
        assertThat(state.reason()).isEqualTo("not there");
    }

    @Test
    void aNewStageResetsTriesAndReason() {
        PhotoState state =
                new PhotoState(PhotoState.Stage.PROCESSED, 5, NOW, NOW.plusSeconds(30), "the upload folder is down");

        PhotoState next = state.advancedBy(PhotoState.Event.UPLOADED, NOW.plusSeconds(31), MAX_AGE);

        assertThat(next)
                .isEqualTo(new PhotoState(PhotoState.Stage.UPLOADED, 0, NOW.plusSeconds(31), NOW.plusSeconds(31), ""));
    }
}
