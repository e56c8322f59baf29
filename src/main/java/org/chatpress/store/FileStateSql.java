package org.chatpress.store;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.chatpress.publish.plan.FileState;
import org.chatpress.publish.plan.FileState.Event;
import org.chatpress.store.sql.Database;

/** The transition table of {@link FileState} as SQL for the column {@code state}. */
final class FileStateSql {
    private FileStateSql() {}

    /** An expression: the state after the event. */
    static String after(Event event) {
        return changed(event).stream()
                .map(state -> " WHEN '" + state + "' THEN '" + state.transition(event) + "'")
                .collect(Collectors.joining("", "CASE state", " ELSE state END"));
    }

    /** A condition: the event changes the state. */
    static String isChangedBy(Event event) {
        return "state IN (" + Database.literals(changed(event)) + ")";
    }

    private static List<FileState> changed(Event event) {
        return Arrays.stream(FileState.values())
                .filter(state -> state.transition(event) != state)
                .toList();
    }
}
