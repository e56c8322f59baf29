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
final class YamlText {
    private static final int MOST_CHARACTERS = 1_000_000;
    private static final int MOST_VALUES = 50_000;
    private static final int DEEPEST = 50;
    private static final String TOO_OFTEN = "repeats itself too often by aliases (*name). Write it out.";

    private final Variables variables;
    private final Findings findings;
    private int values;

    YamlText(Variables variables, Findings findings) {
        this.variables = variables;
        this.findings = findings;
    }

    /** The document's value; broken, with a problem reported, where this is not YAML. */
    Value read(String text) {
        var top = new Value.Place(0, "", findings);
        try {
            Node node = new Yaml(limits()).compose(new StringReader(text));
            if (node == null) {
                return Value.nothing(top);
            }
            if (node instanceof MappingNode) {
                return value(node, top, 1);
            }
            findings.problem(
                    line(node.getStartMark()), "", "must begin with \"slack:\", \"publish:\" or another such section.");
        } catch (MarkedYAMLException broken) {
            findings.problem(line(broken.getProblemMark()), "", notYaml(broken.getProblem()));
        } catch (ReaderException broken) {
            int line = 1
                    + (int) text.codePoints()
                            .limit(broken.getPosition())
                            .filter(c -> c == '\n')
                            .count();
            findings.problem(line, "", "holds a control character. Delete it.");
        } catch (TooMuch broken) {
            top.problem(broken.getMessage());
        } catch (YAMLException broken) {
            top.problem(tooMuch(broken.getMessage()));
        }
        return Value.broken(top);
    }

    private static LoaderOptions limits() {
        var options = new LoaderOptions();
        options.setCodePointLimit(MOST_CHARACTERS);
        options.setNestingDepthLimit(DEEPEST);
        options.setMaxAliasesForCollections(50);
        return options;
    }

    private Value value(Node node, Value.Place place, int depth) {
        // A few aliases of aliases unfold to millions of values, and an alias within its own anchor to endless ones.
        if (++values > MOST_VALUES || depth > DEEPEST + 1) {
            throw new TooMuch(TOO_OFTEN);
        }
        if (node instanceof MappingNode mapping) {
            return section(mapping, place, depth);
        }
        if (node instanceof SequenceNode sequence) {
            var items = new ArrayList<Value>();
            for (Node item : sequence.getValue()) {
                items.add(value(item, place.item(line(item.getStartMark()), items.size()), depth + 1));
            }
            return Value.list(place, List.copyOf(items));
        }
        return scalar((ScalarNode) node, place);
    }

    private Value section(MappingNode mapping, Value.Place place, int depth) {
        var members = new LinkedHashMap<String, Value>();
        boolean merges = false;
        for (NodeTuple tuple : mapping.getValue()) {
            int line = line(tuple.getKeyNode().getStartMark());
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                findings.problem(line, place.path(), "has a list or a section for a key. Write a word.");
                continue;
            }
            Value.Place member = place.member(line, key.getValue());
            if (key.getTag().equals(Tag.MERGE)) {
                member.problem("YAML's << is not read. Put what channels share into defaults.");
                merges = true;
                continue;
            }
            Value there = members.putIfAbsent(key.getValue(), value(tuple.getValueNode(), member, depth + 1));
            if (there != null) {
                member.problem("stands here twice, first on line " + there.line() + ". Keep one.");
            }
        }
        // What was to be merged would be told as missing.
        return merges ? Value.broken(place) : Value.section(place, members);
    }

    private Value scalar(ScalarNode node, Value.Place place) {
        boolean plain = node.getScalarStyle() == DumperOptions.ScalarStyle.PLAIN;
        String written = node.getValue();
        if (plain && node.getTag().equals(Tag.NULL)) {
            return Value.nothing(place);
        }
        if (variables.isMistypedIn(written)) {
            place.problem("has a ${ that begins no variable. Write ${NAME}, in letters, digits and underscores.");
            return Value.broken(place);
        }
        List<String> missing = variables.missingFrom(written);
        missing.forEach(name -> place.problem("${" + name + "} is not set. Export it before starting Chatpress."));
        return missing.isEmpty()
                ? Value.text(place, variables.replacedIn(written), written, plain)
                : Value.broken(place);
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

    private static final class TooMuch extends RuntimeException {
        TooMuch(String problem) {
            super(problem, null, false, false);
        }
    }
}
