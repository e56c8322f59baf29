package org.chatpress.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.chatpress.cli.Terminal.Printed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** The help, and the errors for wrong command lines. */
class HelpTest {
    private static final Path GOLDEN = Path.of("src/test/resources/org/chatpress/cli/help.txt");
    private static final List<String> VERBS = List.of(
            "demo",
            "init",
            "run",
            "once",
            "check",
            "render",
            "import",
            "copy-database",
            "status",
            "messages",
            "schema");

    @Test
    void everyVerbHasAHelpText() throws IOException {
        StringBuilder all = new StringBuilder("$ chatpress --help\n").append(help("--help"));
        for (String verb : VERBS) {
            all.append("\n$ chatpress ").append(verb).append(" --help\n").append(help(verb, "--help"));
        }

        assertThat(all.toString()).isEqualTo(Files.readString(GOLDEN));
        assertThat(all.toString()).as("a file name that is broken in two").doesNotContainPattern("[a-z]\\.\\n +[a-z]");
    }

    @Test
    void withoutAVerbItListsTheVerbsAndSaysWhereToStart() {
        Printed printed = Terminal.chatpress();

        assertThat(printed.exit()).isEqualTo(2);
        assertThat(printed.out()).isEmpty();
        assertThat(printed.err()).contains("Verbs:").endsWith("""
                Missing verb. To see how Chatpress works: chatpress demo
                To use it with your Slack: chatpress init
                """);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "onse                | Unmatched argument at index 0: 'onse'",
                "once --frce         | Unknown option: '--frce'",
                "once extra          | Unmatched argument at index 1: 'extra'",
                "render              | Missing required option: '--to=DIR'",
                "import              | Missing required parameter: 'EXPORT'",
                "messages            | Missing required parameter: 'CHANNEL'",
                "demo --port eighty  | Invalid value for option '--port': 'eighty' is not an int",
                "demo --port 70000   | --port must be between 0 and 65535, not 70000.",
                "demo --port -1      | --port must be between 0 and 65535, not -1.",
                "demo --minutes 0    | --minutes must be at least 1, not 0.",
                "messages x --last 0 | --last must be at least 1, not 0.",
                "run --dry-run       | Unknown option: '--dry-run'",
                "check --dry-run     | Unknown option: '--dry-run'",
                "demo --dry-run      | Unknown option: '--dry-run'",
                "status --dry-run    | Unknown option: '--dry-run'",
                "messages --dry-run x | Unknown option: '--dry-run'",
                "--dry-run run       | run has no option --dry-run.",
                "--dry-run check     | check has no option --dry-run.",
                "--dry-run status    | status has no option --dry-run."
            })
    void aWrongCommandLineGetsOneClearLineAndAHint(String call, String line) {
        Printed printed = Terminal.chatpress(call.split(" "));

        assertThat(printed.exit()).isEqualTo(2);
        assertThat(printed.out()).isEmpty();
        assertThat(printed.err().lines().toList()).hasSize(2).first().isEqualTo(line);
        assertThat(printed.err().lines().skip(1)).allMatch(hint -> hint.startsWith("Try ") || hint.startsWith("Did "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"schema channels", "--version", "render --help"})
    void outputThatCannotBeWrittenFailsTheVerb(String call) {
        var err = new ByteArrayOutputStream();
        PrintStream realOut = System.out;
        PrintStream realErr = System.err;
        System.setOut(new PrintStream(new FullDisk(), true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        try {
            assertThat(Terminal.exitOf(call.split(" "))).isEqualTo(1);
        } finally {
            System.setOut(realOut);
            System.setErr(realErr);
        }
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualToIgnoringNewLines("cannot write to stdout (disk full or pipe closed)");
    }

    @Test
    void anErrorOfTheVirtualMachineEndsAVerbWithWordsAndExitCode1() {
        var memory = new StringWriter();
        var stack = new StringWriter();

        assertThat(exitOfVerbThatThrows(new OutOfMemoryError("Java heap space"), memory))
                .isEqualTo(1);
        assertThat(exitOfVerbThatThrows(new StackOverflowError(), stack)).isEqualTo(1);

        assertThat(memory.toString()).startsWith("Chatpress ran out of memory.");
        assertThat(stack.toString()).startsWith("Chatpress cannot go on. Please report it");
    }

    private static int exitOfVerbThatThrows(Error error, StringWriter err) {
        Callable<Integer> verb = () -> {
            throw error;
        };
        return ChatpressCommand.execute(
                new CommandLine(CommandSpec.wrapWithoutInspection(verb)).setErr(new PrintWriter(err, true)));
    }

    private static final class FullDisk extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            throw new IOException("No space left on device");
        }
    }

    @Test
    void printsItsVersion() {
        assertThat(Terminal.chatpress("--version").out()).startsWith("chatpress ");
    }

    private static String help(String... arguments) {
        Printed printed = Terminal.chatpress(arguments);
        assertThat(printed.exit()).isZero();
        assertThat(printed.err()).isEmpty();
        return printed.out();
    }
}
