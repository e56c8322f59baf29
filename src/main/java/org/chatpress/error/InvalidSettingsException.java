package org.chatpress.error;

import java.util.List;

/** The settings, or the way the program was called, must be mended by the operator first. Exit code 2. */
public final class InvalidSettingsException extends RuntimeException {
    private final String file;
    private final List<ConfigProblem> problems;

    /** All problems of one file at once; there is at least one. */
    public InvalidSettingsException(String file, List<ConfigProblem> problems) {
        super(printed(file, problems));
        this.file = file;
        this.problems = List.copyOf(problems);
    }

    public String file() {
        return file;
    }

    public List<ConfigProblem> problems() {
        return problems;
    }

    private static String printed(String file, List<ConfigProblem> problems) {
        int width = problems.stream().mapToInt(p -> p.path().length()).max().orElse(0);
        var text = new StringBuilder(file)
                .append(problems.size() == 1 ? " has 1 problem:" : " has " + problems.size() + " problems:");
        for (ConfigProblem problem : problems) {
            text.append("\n  ");
            if (problem.line() > 0) {
                text.append(String.format("line %-4d", problem.line()));
            }
            if (!problem.path().isEmpty()) {
                text.append(String.format("%-" + width + "s  ", problem.path()));
            }
            text.append(problem.text());
        }
        return text.toString();
    }
}
