package org.chatpress.render.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Renders JSON with its members in the order in which they are written. */
public final class JsonWriter {
    // Writes an emoji as four bytes of UTF-8, not as twelve bytes of escapes.
    private static final JsonFactory FACTORY =
            new ObjectMapper().getFactory().enable(JsonGenerator.Feature.COMBINE_UNICODE_SURROGATES_IN_UTF8);

    private JsonWriter() {}

    /** Writes a part of a file. */
    public interface JsonFragment {
        void write(JsonGenerator json) throws IOException;
    }

    public static byte[] bytes(JsonFragment fragment) {
        var out = new ByteArrayOutputStream(4096);
        try (JsonGenerator json = FACTORY.createGenerator(out)) {
            fragment.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // cannot happen: a ByteArrayOutputStream does not fail
        }
        return out.toByteArray();
    }

    /** Writes a value that has been rendered before. */
    static void embed(JsonGenerator json, byte[] rendered) throws IOException {
        json.writeRawValue(new String(rendered, StandardCharsets.UTF_8));
    }
}
