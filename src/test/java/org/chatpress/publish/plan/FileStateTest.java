package org.chatpress.publish.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.chatpress.publish.plan.FileState.Event;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileStateTest {
    private static final String TABLE = """
            event                 | DESIRED          | SUPERSEDED       | GRACE            | TAKEDOWN_PENDING | DELETE_PENDING
            RENDERED              |                  | DESIRED          | DESIRED          |                  |
            CURRENT               |                  | DESIRED          | DESIRED          | DESIRED          | DESIRED
            LEFT_OUT              | SUPERSEDED       |                  |                  |                  |
            POINTER_REPLACED      |                  | GRACE            |                  |                  |
            UNREACHABLE           |                  | DELETE_PENDING   |                  |                  |
            GRACE_ENDED           |                  |                  | DELETE_PENDING   |                  |
            TAKEN_DOWN            | TAKEDOWN_PENDING | TAKEDOWN_PENDING | TAKEDOWN_PENDING |                  |
            TAKEDOWN_REPLACED     |                  |                  |                  | DESIRED          |
            TAKEDOWN_NOT_REPLACED |                  |                  |                  | DELETE_PENDING   |
            WITHDRAWN             | DELETE_PENDING   | DELETE_PENDING   | DELETE_PENDING   | DELETE_PENDING   |
            """;

    /** An empty cell: the event leaves the state as it is. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = TABLE)
    void hasOneTransitionForEachEvent(
            Event event,
            FileState fromDesired,
            FileState fromSuperseded,
            FileState fromGrace,
            FileState fromTakedownPending,
            FileState fromDeletePending) {
        List<FileState> to =
                Arrays.asList(fromDesired, fromSuperseded, fromGrace, fromTakedownPending, fromDeletePending);

        FileState[] states = FileState.values();
        for (int i = 0; i < states.length; i++) {
            FileState from = states[i];
            FileState expected = to.get(i);
            assertThat(from.transition(event)).as("%s, %s", from, event).isEqualTo(expected == null ? from : expected);
        }
    }

    @Test
    void theTableHasEachEvent() {
        assertThat(TABLE.lines().skip(1).map(line -> line.substring(0, line.indexOf(' '))))
                .containsExactly(Arrays.stream(Event.values()).map(Event::name).toArray(String[]::new));
    }
}
