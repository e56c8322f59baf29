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
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.slf4j.LoggerFactory;

/** Runs commands in a folder and captures what they print. */
final class Terminal {
    private final Path settings;
    private final StringBuilder everything = new StringBuilder();

    Terminal(Path folder) {
        this.settings = folder.resolve("channels.yml");
    }

    /** The exit code and output of a command. */
    record Printed(int exit, String out, String err) {
        String all() {
            return out + err;
        }
    }

    /** Writes the settings file, a while ago, so that no verb waits for more of it. */
    Terminal writes(String yaml) {
        try {
            Files.writeString(settings, yaml);
            Files.setLastModifiedTime(settings, FileTime.from(Instant.now().minusSeconds(60)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** Runs {@code chatpress ...} with the settings file of the folder. */
    Printed types(String... arguments) {
        String[] all = new String[arguments.length + 2];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        all[arguments.length] = "--config";
        all[arguments.length + 1] = settings.toString();
        Printed printed = chatpress(all);
        everything.append(printed.all());
        return printed;
    }

    /** Everything that the commands printed. */
    String everything() {
        return everything.toString();
    }

    /** Runs {@code chatpress ...} with exactly these arguments, and logs as in production. */
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

    /** The same without capturing the output. */
    static int exitOf(String... arguments) {
        var log = (Logger) LoggerFactory.getLogger("org.chatpress");
        Level level = log.getLevel();
        log.setLevel(Level.INFO);
        try {
            return ChatpressCommand.run(arguments);
        } finally {
            log.setLevel(level);
        }
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }
}
