package org.chatpress.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/** Somebody who types commands in a folder and reads what they print. */
final class Terminal {
    private final Path settings;
    private final StringBuilder everything = new StringBuilder();

    Terminal(Path folder) {
        this.settings = folder.resolve("channels.yml");
    }

    /** What a command left on the screen. */
    record Printed(int exit, String out, String err) {
        String all() {
            return out + err;
        }
    }

    /** From now on the settings are these. */
    Terminal writes(String yaml) {
        try {
            Files.writeString(settings, yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Types {@code chatpress ...} and waits for its end; the settings are those of the folder. */
    Printed types(String... arguments) {
        String[] all = new String[arguments.length + 2];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        all[arguments.length] = "--config";
        all[arguments.length + 1] = settings.toString();
        Printed printed = chatpress(all);
        everything.append(printed.all());
        return printed;
    }

    /** All that was ever printed here. */
    String everything() {
        return everything.toString();
    }

    /** Types {@code chatpress ...} and nothing else. The log is as in production. */
    static Printed chatpress(String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        PrintStream realOut = System.out;
        PrintStream realErr = System.err;
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        try {
            int exit = exitOf(arguments);
            return new Printed(exit, text(out), text(err));
        } finally {
            System.setOut(realOut);
            System.setErr(realErr);
        }
    }

    /** The same, for what prints elsewhere or never ends by itself. */
    static int exitOf(String... arguments) {
        var log = (Logger) LoggerFactory.getLogger("org.chatpress");
        Level quiet = log.getLevel();
        log.setLevel(Level.INFO);
        try {
            return ChatpressCommand.run(arguments);
        } finally {
            log.setLevel(quiet);
        }
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }
}
