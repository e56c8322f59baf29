package org.chatpress.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Prints the JSON Schemas. */
@Command(
        name = "schema",
        description = "Prints the JSON Schema of channels.yml or of the published files: chatpress schema chat")
final class SchemaCommand extends Verb {
    @Parameters(paramLabel = "channels|chat", description = "which schema")
    private Schema schema;

    /** The schemas; lower case, because picocli prints and parses these names. */
    enum Schema {
        channels,
        chat
    }

    @Override
    public Integer call() {
        String file = "/org/chatpress/schema/" + schema + ".schema.json";
        try (InputStream in = SchemaCommand.class.getResourceAsStream(file)) {
            out().print(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            out().flush();
            return ChatpressCommand.OK;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
