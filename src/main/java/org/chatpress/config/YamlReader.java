package org.chatpress.config;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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
 * YAML as values with places. Every scalar stays the text that was written: YAML's own types would make {@code false}
 * of the slug {@code no} and cut the zeros off a ts.
 */
final class YamlReader {
    private static final int MOST_CHARACTERS = 1_000_000;
    private static final int MOST_VALUES = 50_000;
    private static final int DEEPEST = 50;
    private static final String TOO_OFTEN = "repeats itself too often by aliases (*name). Write it out.";

    private final EnvironmentVariables variables;
    private final ConfigProblems problems;
    private int values;

    YamlReader(EnvironmentVariables variables, ConfigProblems problems) {
        this.variables = variables;
        this.problems = problems;
    }

    /** The document's value; broken, with a problem reported, where this is not YAML. */
    ConfigNode read(String text) {
        var top = new ConfigNode.Location(0, "", problems);
        try {
            Node node = new Yaml(limits()).compose(new StringReader(text));
            if (node == null) {
                return ConfigNode.missing(top);
            }
            if (node instanceof MappingNode) {
                return value(node, top, 1);
            }
            problems.problem(
                    line(node.getStartMark()), "", "must begin with \"slack:\", \"publish:\" or another such section.");
        } catch (MarkedYAMLException broken) {
            problems.problem(line(broken.getProblemMark()), "", notYaml(broken.getProblem()));
        } catch (ReaderException broken) {
            int line = 1
                    + (int) text.codePoints()
                            .limit(broken.getPosition())
                            .filter(c -> c == '\n')
                            .count();
            problems.problem(line, "", "holds a control character. Delete it.");
        } catch (LimitExceededException broken) {
            top.problem(broken.getMessage());
        } catch (YAMLException broken) {
            top.problem(tooMuch(broken.getMessage()));
        }
        return ConfigNode.invalid(top);
    }

    private static LoaderOptions limits() {
        var options = new LoaderOptions();
        options.setCodePointLimit(MOST_CHARACTERS);
        options.setNestingDepthLimit(DEEPEST);
        options.setMaxAliasesForCollections(50);
        return options;
    }

    private ConfigNode value(Node node, ConfigNode.Location place, int depth) {
        // A few aliases of aliases unfold to millions of values, and an alias within its own anchor to endless ones.
        if (++values > MOST_VALUES || depth > DEEPEST + 1) {
            throw new LimitExceededException(TOO_OFTEN);
        }
        if (node instanceof MappingNode mapping) {
            return section(mapping, place, depth);
        }
        if (node instanceof SequenceNode sequence) {
            var items = new ArrayList<ConfigNode>();
            for (Node item : sequence.getValue()) {
                items.add(value(item, place.item(line(item.getStartMark()), items.size()), depth + 1));
            }
            return ConfigNode.list(place, List.copyOf(items));
        }
        return scalar((ScalarNode) node, place);
    }

    private ConfigNode section(MappingNode mapping, ConfigNode.Location place, int depth) {
        var members = new LinkedHashMap<String, ConfigNode>();
        boolean merges = false;
        for (NodeTuple tuple : mapping.getValue()) {
            int line = line(tuple.getKeyNode().getStartMark());
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                problems.problem(line, place.path(), "has a list or a section for a key. Write a word.");
                continue;
            }
            ConfigNode.Location member = place.member(line, key.getValue());
            if (key.getTag().equals(Tag.MERGE)) {
                member.problem("YAML's << is not read. Put what channels share into defaults.");
                merges = true;
                continue;
            }
            ConfigNode there = members.putIfAbsent(key.getValue(), value(tuple.getValueNode(), member, depth + 1));
            if (there != null) {
                member.problem("stands here twice, first on line " + there.line() + ". Keep one.");
            }
        }
        // What was to be merged would be told as missing.
        return merges ? ConfigNode.invalid(place) : ConfigNode.section(place, members);
    }

    private ConfigNode scalar(ScalarNode node, ConfigNode.Location place) {
        boolean plain = node.getScalarStyle() == DumperOptions.ScalarStyle.PLAIN;
        String written = node.getValue();
        if (plain && node.getTag().equals(Tag.NULL)) {
            return ConfigNode.missing(place);
        }
        if (variables.isMistypedIn(written)) {
            place.problem("has a ${ that begins no variable. Write ${NAME}, in letters, digits and underscores.");
            return ConfigNode.invalid(place);
        }
        List<String> missing = variables.missingIn(written);
        missing.forEach(name -> place.problem("${" + name + "} is not set. Export it before starting Chatpress."));
        return missing.isEmpty()
                ? ConfigNode.text(place, variables.substitute(written), written, plain)
                : ConfigNode.invalid(place);
    }

    /** By SnakeYAML's own words: it throws the same for each of its limits. */
    private static String tooMuch(String limit) {
        if (limit.contains("code points")) {
            return "is too long. Write at most " + MOST_CHARACTERS + " characters.";
        }
        return limit.contains("Depth")
                ? "is too deep: more than " + DEEPEST + " sections and lists, one in the other. Write it out flat."
                : TOO_OFTEN;
    }

    private static String notYaml(String problem) {
        // What SnakeYAML prints of these two is the start of somebody's unquoted password, as often as not.
        if (problem.contains("undefined alias") || problem.contains("undefined tag")) {
            return "is no YAML: a value that begins with * or ! needs quotes. Put \" before and after it.";
        }
        return "is no YAML: " + problem + ". Look at the indentation, colons and quotes here and on the line above.";
    }

    private static int line(Mark mark) {
        return mark == null ? 0 : mark.getLine() + 1;
    }

    private static final class LimitExceededException extends RuntimeException {
        LimitExceededException(String problem) {
            super(problem, null, false, false);
        }
    }
}
