package org.chatpress.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.chatpress.error.InvalidSettingsException;
import org.chatpress.error.InvalidSettingsException.Problem;

/** What reading a file brought to light beside its values. Reading goes on after a problem, so that all are found. */
final class ConfigProblems {
    private final List<Problem> problems = new ArrayList<>();

    void problem(int line, String path, String text) {
        problems.add(new Problem(line, path, text));
    }

    /** Ends the reading, if there is a problem, with all of them in the file's order. */
    void throwProblems(String file) {
        if (!problems.isEmpty()) {
            problems.sort(Comparator.comparingInt(Problem::line));
            throw new InvalidSettingsException(file, problems);
        }
    }
}
