package org.chatpress.config;

import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code ${NAME}} and {@code ${NAME:-default}} in a text; any other dollar sign stays. */
record EnvironmentVariables(Map<String, String> environment) {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?}");

    EnvironmentVariables {
        environment = Map.copyOf(environment);
    }

    /** The variables of the text that have neither a value nor a default. */
    List<String> missingIn(String text) {
        return VARIABLE.matcher(text)
                .results()
                .filter(variable -> variable.group(2) == null)
                .map(variable -> variable.group(1))
                .filter(name -> environment.getOrDefault(name, "").isEmpty())
                .distinct()
                .toList();
    }

    /** True for {@code ${} that begins no variable: a slip that would end up in a password. */
    boolean isMistypedIn(String text) {
        return VARIABLE.matcher(text).replaceAll("").contains("${");
    }

    /** The text with its variables' values, and nothing replaced within those. */
    String substitute(String text) {
        return VARIABLE.matcher(text).replaceAll(variable -> Matcher.quoteReplacement(value(variable)));
    }

    private String value(MatchResult variable) {
        // As in a shell, :- stands in for an empty variable too.
        String set = environment.getOrDefault(variable.group(1), "");
        return set.isEmpty() ? variable.group(2) : set;
    }
}
