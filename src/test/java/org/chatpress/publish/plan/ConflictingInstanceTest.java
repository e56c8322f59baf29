package org.chatpress.publish.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.chatpress.publish.plan.ConflictingInstance.Observation;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.StoredObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConflictingInstanceTest {
    private static final Instant START = Instant.parse("2026-11-03T20:15:00Z");
    private static final ObjectKey POINTER = new ObjectKey("night/live.json");

    /**
     * A look each ten seconds, a letter each: small where the other one's list is as before, capital where it has moved;
     * {@code s}: it shows all of ours, {@code l}: it lacks something, {@code c}: ours has just changed, and nothing shows it,
     * {@code x}: it could not be looked at.
     */
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
            nothing of ours lacks, so quiet is no sign of death       | Ssssssssssssssssssss  | -
            a message lacks for a minute                              | Lllllll               | 6
            a message lacks, but it moves                             | LlllllLlllllLlllllLll | -
            it catches up within the minute                           | Llllllssssssssssssss  | -
            a message lacks later                                     | Sssssslllllll         | 12
            a change right after it moved may be shown already        | Scsssssssssssssssssss | -
            ours changes later, and it stands still for a minute      | Ssssscssssss          | 11
            ours changes later, and it moves                          | SssssccSsssssssssssss | -
            ours goes on changing                                     | Ssccccccccccc         | 10
            it could not be looked at in between: the minute begins again | Lllllxlllllll     | 12
            nothing can be seen                                       | xxxxxxxxxxxxxxxxxxxxx | -
            """)
    void seemsDeadAtTheLook(String what, String looks, String dead) {
        ConflictingInstance conflict = ConflictingInstance.noticed(POINTER, 0, START);
        int shown = 0;
        int changes = 0;
        String first = "-";
        for (int i = 0; i < looks.length() && first.equals("-"); i++) {
            Instant now = START.plusSeconds(10L * (i + 1));
            char look = looks.charAt(i);
            shown += Character.isUpperCase(look) ? 1 : 0;
            changes += Character.toLowerCase(look) == 'c' ? 1 : 0;
            conflict = look == 'x'
                    ? conflict.unseen(now)
                    : conflict.after(
                            new Observation("list " + shown, Character.toLowerCase(look) == 'l', changes), now);
            first = conflict.isDead(now, 0) ? String.valueOf(i) : "-";
        }

        assertThat(first).as(what).isEqualTo(dead);
    }

    @Test
    void twoThatNeverShowTheSameTakeTurnsMoreAndMoreSeldom() {
        ConflictingInstance conflict =
                ConflictingInstance.noticed(POINTER, 0, START).after(new Observation("list", true, 0), START);
        conflict = conflict.after(new Observation("list", true, 0), START.plusSeconds(10));

        assertThat(conflict.isDead(START.plusSeconds(60), 0)).isTrue();
        assertThat(conflict.isDead(START.plusSeconds(60), 1)).isFalse();
        assertThat(conflict.isDead(START.plusSeconds(120), 1)).isTrue();
        assertThat(conflict.isDead(START.plusSeconds(63 * 60), 100)).isFalse();
        assertThat(conflict.isDead(START.plusSeconds(64 * 60), 100)).isTrue();
    }

    @Test
    void isLookedAtEachTenSeconds() {
        ConflictingInstance conflict = ConflictingInstance.noticed(POINTER, 0, START);

        assertThat(conflict.isDue(START.plusSeconds(9))).isFalse();
        assertThat(conflict.isDue(START.plusSeconds(10))).isTrue();
        assertThat(conflict.unseen(START.plusSeconds(10)).isDue(START.plusSeconds(19)))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"channels": [{"slug": "night", "count": 2}, {"slug": "other", "count": 9}]}  | false
            {"channels": [{"slug": "night", "count": 1}]}                                 | true
            {"channels": [{"slug": "night", "count": 3}]}                                 | true
            {"channels": [{"slug": "other", "count": 2}]}                                 | true
            {"channels": 7}                                                               | true
            [1]                                                                           | true
            <html>                                                                        | true
            ''                                                                            | true
            """)
    void lacksWhatItShowsInOtherNumbers(String list, boolean lacks) {
        var object = new StoredObject(new ObjectKey("channels.json"), list.getBytes(StandardCharsets.UTF_8), "", "");

        assertThat(Observation.at(Optional.of(object), Map.of("night", 2), 7).lacks())
                .isEqualTo(lacks);
        assertThat(Observation.at(Optional.empty(), Map.of("night", 2), 7).lacks())
                .isTrue();
        assertThat(Observation.at(Optional.of(object), Map.of(), 7).lacks()).isFalse();
    }
}
