package org.chatpress.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the known word that is most similar to a misspelled one. */
final class DidYouMean {
    private DidYouMean() {}

    /**
     * The most similar word, at most a third of the letters away. Upper and lower case are the same, and so are hyphens
     * and underscores.
     */
    static Optional<String> closest(String misspelled, Collection<String> words) {
        String normalized = normalized(misspelled);
        int maxDistance = Math.max(1, normalized.length() / 3);
        return words.stream()
                .filter(word -> distance(normalized, normalized(word)) <= maxDistance)
                .min(Comparator.<String>comparingInt(word -> distance(normalized, normalized(word)))
                        .thenComparing(Comparator.naturalOrder()));
    }

    private static String normalized(String word) {
        return word.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The optimal string alignment distance: letters to insert, delete, replace, or swap with their neighbour. */
    private static int distance(String one, String other) {
        int[][] distance = new int[one.length() + 1][other.length() + 1];
        for (int i = 0; i <= one.length(); i++) {
            for (int j = 0; j <= other.length(); j++) {
                if (i == 0 || j == 0) {
                    distance[i][j] = i + j;
                    continue;
                }
                int replaced = distance[i - 1][j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                distance[i][j] = Math.min(replaced, 1 + Math.min(distance[i - 1][j], distance[i][j - 1]));
                boolean swapped = i > 1
                        && j > 1
                        && one.charAt(i - 1) == other.charAt(j - 2)
                        && one.charAt(i - 2) == other.charAt(j - 1);
                if (swapped) {
                    distance[i][j] = Math.min(distance[i][j], distance[i - 2][j - 2] + 1);
                }
            }
        }
        return distance[one.length()][other.length()];
    }
}
