package org.chatpress.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The jar that {@code mvn package} built, as processes of their own on this Java, and its class-data archive. */
final class Jar {
    private static final Path FILE = Path.of("target/chatpress.jar").toAbsolutePath();
    private static final String JAVA_HOME = System.getProperty("java.home");

    /** The options of chatpress.args without the path of an archive. */
    static final List<String> OPTIONS = List.of("@src/main/archive/chatpress.args");

    /** The options with which operators run the program, once {@link #makeArchive} has made its archive. */
    static final List<String> WITH_ARCHIVE = List.of("@target/chatpress.args");

    private Jar() {}

    static void makeArchive() throws Exception {
        assertThat(FILE).as("the jar that mvn package builds").exists();
        ProcessBuilder making = new ProcessBuilder("sh", "src/main/archive/make-archive.sh", FILE.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        making.environment().put("JAVA_HOME", JAVA_HOME);
        assertThat(making.start().waitFor()).isZero();
    }

    static ProcessBuilder process(List<String> flags, String... arguments) {
        var command = new ArrayList<>(List.of(Path.of(JAVA_HOME, "bin", "java").toString()));
        command.addAll(flags);
        command.addAll(List.of("-jar", FILE.toString()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }

    /** The most resident memory so far, in MB, as Linux counts it; 0 elsewhere, and for a process that is gone. */
    static double peak(Process process) {
        try {
            return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }
}
