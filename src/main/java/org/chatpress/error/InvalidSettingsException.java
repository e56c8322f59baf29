package org.chatpress.error;

import java.util.List;

/**
 * The operator must change the settings file, the command line or another input file before Chatpress can run. Exit
 * code 2. The message lists every problem, one per line.
 */
public final class InvalidSettingsException extends RuntimeException {
    private final List<Problem> problems;

    /**
     * One thing wrong in a file.
     *
     * @param line the line in the file, from 1; 0: unknown, or the whole file
     * @param path where in the file, such as {@code publish[1].ftp.password}; may be empty
     * @param text what is wrong and what to write instead
     */
    public record Problem(int line, String path, String text) {}

    /** @param problems all problems of the file; at least one */
    public InvalidSettingsException(String file, List<Problem> problems) {
        super(message(file, problems));
        this.problems = List.copyOf(problems);
    }

    /** A single problem that has no line. */
    public InvalidSettingsException(String file, String path, String text) {
        this(file, List.of(new Problem(0, path, text)));
    }

    public List<Problem> problems() {
        return problems;
    }

    private static String message(String file, List<Problem> problems) {
        int width = problems.stream().mapToInt(p -> p.path().length()).max().orElse(0);
        var text = new StringBuilder(file)
                .append(problems.size() == 1 ? " has 1 problem:" : " has " + problems.size() + " problems:");
        for (Problem problem : problems) {
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
