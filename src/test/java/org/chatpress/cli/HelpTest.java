package org.chatpress.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.chatpress.cli.Terminal.Printed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the program says of itself, and to calls that it does not understand. */
class HelpTest {
    private static final Path GOLDEN = Path.of("src/test/resources/org/chatpress/cli/help.txt");
    private static final List<String> VERBS =
            List.of("run", "once", "check", "render", "import", "demo", "status", "messages", "schema");

    @Test
    void everyVerbExplainsItself() throws IOException {
        StringBuilder all = new StringBuilder("$ chatpress --help\n").append(help("--help"));
        for (String verb : VERBS) {
            all.append("\n$ chatpress ").append(verb).append(" --help\n").append(help(verb, "--help"));
        }

        assertThat(all.toString()).isEqualTo(Files.readString(GOLDEN));
    }

    @Test
    void withoutAVerbItShowsWhichThereAre() {
        Printed printed = Terminal.chatpress();

        assertThat(printed.exit()).isEqualTo(2);
        assertThat(printed.out()).isEmpty();
        assertThat(printed.err()).contains("Verbs:").endsWith("""
                Say what to do: chatpress VERB.
                Try chatpress --help.
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
                "demo --port 70000   | --port 70000 is no port. Write a number up to 65535.",
                "demo --port -1      | --port -1 is no port. Write a number up to 65535.",
                "demo --minutes 0    | --minutes 0 is no time. Write 1 or more.",
                "messages x --last 0 | --last 0 is no number of messages. Write 1 or more.",
                "run --dry-run       | run --dry-run cannot be. Use once --dry-run to see what a cycle would do.",
                "check --dry-run     | check --dry-run cannot be. A check leaves nothing behind as it is.",
                "demo --dry-run --port 70000 | demo --dry-run cannot be. A demo touches neither your Slack nor your"
                        + " storages as it is."
            })
    void aCallThatIsWrongGetsOneClearLineAndAHintWhereToLook(String call, String line) {
        Printed printed = Terminal.chatpress(call.split(" "));

        assertThat(printed.exit()).isEqualTo(2);
        assertThat(printed.out()).isEmpty();
        assertThat(printed.err().lines().toList()).hasSize(2).first().isEqualTo(line);
        assertThat(printed.err().lines().skip(1)).allMatch(hint -> hint.startsWith("Try ") || hint.startsWith("Did "));
    }

    @ParameterizedTest
    @ValueSource(strings = {"schema channels", "--version", "render --help"})
    void anAnswerThatCannotBeWrittenFailsTheCall(String call) {
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
        assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("cannot write the answer to stdout: ");
    }

    private static final class FullDisk extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            throw new IOException("No space left on device");
        }
    }

    @Test
    void tellsItsVersion() {
        assertThat(Terminal.chatpress("--version").out()).startsWith("chatpress ");
    }

    private static String help(String... arguments) {
        Printed printed = Terminal.chatpress(arguments);
        assertThat(printed.exit()).isZero();
        assertThat(printed.err()).isEmpty();
        return printed.out();
    }
}
