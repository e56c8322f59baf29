package org.chatpress.config;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.chatpress.config.ConfigNode.Location;
import org.chatpress.error.InvalidSettingsException.Problem;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.reader.ReaderException;

/**
 * Reads YAML into {@link ConfigNode}s and replaces {@code ${NAME}} and {@code ${NAME:-default}} in scalars. Every
 * scalar stays a text: YAML's own types would turn the slug {@code no} into a boolean and drop the trailing zeros of a
 * ts.
 */
final class YamlReader {
    private static final int MAX_CHARACTERS = 1_000_000;
    private static final int MAX_NODES = 50_000;
    private static final int MAX_DEPTH = 50;
    private static final String TOO_MANY_ALIASES = "too many values from aliases (*name): write them out";
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?}");

    private final Map<String, String> environment;
    private final List<Problem> problems;
    private int nodes;

    /** @param problems receives the problems of the text and, later, of the nodes */
    YamlReader(Map<String, String> environment, List<Problem> problems) {
        this.environment = environment;
        this.problems = problems;
    }

    /** The root node; invalid, with its problem reported, if the text is not YAML or not a section. */
    ConfigNode read(String text) {
        var top = new Location(0, "", problems);
        try {
            Node root = new Yaml(limits()).compose(new StringReader(text));
            if (root == null) {
                return ConfigNode.missing(top);
            }
            if (root instanceof MappingNode) {
                return node(root, top, 1);
            }
            atLine(line(root.getStartMark()))
                    .problem("expected a section: start with a key such as \"slack:\" or \"publish:\"");
        } catch (MarkedYAMLException e) {
            atLine(line(e.getProblemMark())).problem(syntaxError(e.getProblem()));
        } catch (ReaderException e) {
            long newlines = text.codePoints()
                    .limit(e.getPosition())
                    .filter(c -> c == '\n')
                    .count();
            atLine(1 + (int) newlines).problem("control character: delete it");
        } catch (TooManyNodesException e) {
            top.problem(TOO_MANY_ALIASES);
        } catch (YAMLException e) {
            top.problem(limitExceeded(e.getMessage()));
        }
        return ConfigNode.invalid(top);
    }

    private static LoaderOptions limits() {
        var options = new LoaderOptions();
        options.setCodePointLimit(MAX_CHARACTERS);
        options.setNestingDepthLimit(MAX_DEPTH);
        options.setMaxAliasesForCollections(50);
        return options;
    }

    private ConfigNode node(Node node, Location location, int depth) {
        // A few aliases of aliases expand to millions of nodes; an alias inside its own anchor expands forever.
        if (++nodes > MAX_NODES || depth > MAX_DEPTH + 1) {
            throw new TooManyNodesException();
        }
        if (node instanceof MappingNode mapping) {
            return section(mapping, location, depth);
        }
        if (node instanceof SequenceNode sequence) {
            var items = new ArrayList<ConfigNode>();
            for (Node item : sequence.getValue()) {
                items.add(node(item, location.item(line(item.getStartMark()), items.size()), depth + 1));
            }
            return ConfigNode.list(location, List.copyOf(items));
        }
        return scalar((ScalarNode) node, location);
    }

    private ConfigNode section(MappingNode mapping, Location location, int depth) {
        var members = new LinkedHashMap<String, ConfigNode>();
        boolean hasMergeKey = false;
        for (NodeTuple tuple : mapping.getValue()) {
            int line = line(tuple.getKeyNode().getStartMark());
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                new Location(line, location.path(), problems).problem("a list or section as a key: write a word");
                continue;
            }
            Location member = location.member(line, key.getValue());
            if (key.getTag().equals(Tag.MERGE)) {
                member.problem("YAML merge keys (<<) are not supported: write shared settings into defaults");
                hasMergeKey = true;
                continue;
            }
            ConfigNode first = members.putIfAbsent(key.getValue(), node(tuple.getValueNode(), member, depth + 1));
            if (first != null) {
                member.problem("duplicate key (also on line " + first.line() + "): keep one of them");
            }
        }
        // The merged keys would be reported as missing.
        return hasMergeKey ? ConfigNode.invalid(location) : ConfigNode.section(location, members);
    }

    private ConfigNode scalar(ScalarNode node, Location location) {
        boolean unquoted = node.getScalarStyle() == DumperOptions.ScalarStyle.PLAIN;
        String source = node.getValue();
        if (unquoted && node.getTag().equals(Tag.NULL)) {
            return ConfigNode.missing(location);
        }
        // Otherwise a typo in a variable's name would become part of a password.
        if (VARIABLE.matcher(source).replaceAll("").contains("${")) {
            location.problem("invalid variable: write ${NAME}, with letters, digits and underscores in the name");
            return ConfigNode.invalid(location);
        }
        List<String> unset = unsetVariables(source);
        unset.forEach(name -> location.problem("${" + name + "} is not set: export it before you start Chatpress"));
        return unset.isEmpty()
                ? ConfigNode.text(location, withVariables(source), source, unquoted)
                : ConfigNode.invalid(location);
    }

    /** The names of the variables that have neither a value nor a default. */
    private List<String> unsetVariables(String text) {
        return VARIABLE.matcher(text)
                .results()
                .filter(variable -> variable.group(2) == null)
                .map(variable -> variable.group(1))
                .filter(name -> environment.getOrDefault(name, "").isEmpty())
                .distinct()
                .toList();
    }

    /** Replaces variables once: a {@code ${NAME}} inside a value stays. */
    private String withVariables(String text) {
        return VARIABLE.matcher(text).replaceAll(variable -> Matcher.quoteReplacement(value(variable)));
    }

    private String value(MatchResult variable) {
        // As in a shell, the default after :- also replaces an empty value.
        String value = environment.getOrDefault(variable.group(1), "");
        return value.isEmpty() ? variable.group(2) : value;
    }

    /** SnakeYAML throws the same exception for each of its limits; only the message tells them apart. */
    private static String limitExceeded(String message) {
        if (message.contains("code points")) {
            return "file too long: write at most " + MAX_CHARACTERS + " characters";
        }
        return message.contains("Depth")
                ? "nested too deeply: write at most " + MAX_DEPTH + " levels of sections and lists"
                : TOO_MANY_ALIASES;
    }

    private static String syntaxError(String problem) {
        // For these two, SnakeYAML's message quotes the value, which is often an unquoted password.
        if (problem.contains("undefined alias") || problem.contains("undefined tag")) {
            return "invalid YAML: put quotes around a value that starts with * or !";
        }
        return "invalid YAML: " + problem + "; check the indentation, colons and quotes here and on the line above";
    }

    private Location atLine(int line) {
        return new Location(line, "", problems);
    }

    private static int line(Mark mark) {
        return mark == null ? 0 : mark.getLine() + 1;
    }

    private static final class TooManyNodesException extends RuntimeException {
        TooManyNodesException() {
            super(TOO_MANY_ALIASES, null, false, false);
        }
    }
}
