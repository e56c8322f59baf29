package org.chatpress.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The JSON Schemas. */
@Command(
        name = "schema",
        description = "Prints the JSON Schema of channels.yml or of the published files: chatpress schema chat",
        mixinStandardHelpOptions = true)
final class SchemaCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "channels|chat", description = "which")
    private Which which;

    /** The schemas there are; named as people type them. */
    @SuppressWarnings("checkstyle")
    enum Which {
        channels,
        chat
    }

    @Override
    public Integer call() {
        String file = "/org/chatpress/schema/" + which + ".schema.json";
        try (InputStream in = SchemaCommand.class.getResourceAsStream(file)) {
            spec.commandLine().getOut().print(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            spec.commandLine().getOut().flush();
            return ChatpressCommand.OK;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
