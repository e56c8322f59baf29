package org.chatpress.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.chatpress.Main;

/** The program as processes of its own, all with the same settings; each keeps what it says. */
public final class Program {
    private final Path folder;
    private final Map<String, String> environment;
    private final Map<Long, Path> logs = new HashMap<>();

    /**
     * @param folder where channels.yml is, and what the processes say
     * @param environment what they find in it beside our own
     */
    public Program(Path folder, Map<String, String> environment) {
        this.folder = folder;
        this.environment = Map.copyOf(environment);
    }

    /** Where the settings are. */
    public Path settings() {
        return folder.resolve("channels.yml");
    }

    /** A new process. */
    public Process start(String... arguments) {
        String classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@src/main/archive/chatpress.args",
                "-cp",
                classes,
                Main.class.getName()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--config", settings().toString()));
        try {
            Path log = Files.createTempFile(folder, "chatpress", ".log");
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            logs.put(process.pid(), log);
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a process has said so far. */
    public String output(Process process) {
        return text(logs.get(process.pid()));
    }

    /** What all processes have said so far. */
    public String output() {
        return logs.values().stream().map(Program::text).collect(Collectors.joining());
    }

    /** True if it ended within that time. */
    public static boolean endsWithin(Process process, long millis) {
        try {
            return process.waitFor(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
