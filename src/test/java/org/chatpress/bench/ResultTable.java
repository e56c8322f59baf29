package org.chatpress.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A table on stdout, with the machine above it. */
final class ResultTable {
    private final List<String[]> rows = new ArrayList<>();

    ResultTable(String... columns) {
        rows.add(columns);
    }

    void add(String what, String... figures) {
        var row = new ArrayList<>(List.of(what));
        row.addAll(Arrays.asList(figures));
        rows.add(row.toArray(String[]::new));
    }

    void print() {
        System.out.printf(
                Locale.ROOT,
                "%nJDK %s, %d cores%n",
                System.getProperty("java.version"),
                Runtime.getRuntime().availableProcessors());
        int width = rows.stream().mapToInt(row -> row[0].length()).max().orElse(0);
        for (String[] row : rows) {
            var line = new StringBuilder(String.format(Locale.ROOT, "  %-" + width + "s", row[0]));
            for (int i = 1; i < row.length; i++) {
                line.append(String.format(Locale.ROOT, "  %12s", row[i]));
            }
            System.out.println(line);
        }
    }

    static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    static String seconds(double nanos) {
        return String.format(Locale.ROOT, "%.2f s", nanos / 1e9);
    }

    static String millis(double nanos) {
        return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
    }

    static String times(double ratio) {
        return String.format(Locale.ROOT, "%.2f", ratio);
    }
}
