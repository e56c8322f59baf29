package org.chatpress.render.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Writes JSON in the order in which it is told. */
public final class JsonWriter {
    // An emoji as four bytes, not as twelve of escapes.
    private static final JsonFactory FACTORY =
            new ObjectMapper().getFactory().enable(JsonGenerator.Feature.COMBINE_UNICODE_SURROGATES_IN_UTF8);

    private JsonWriter() {}

    /** What a piece of a file says through a generator. */
    public interface JsonFragment {
        void write(JsonGenerator json) throws IOException;
    }

    public static byte[] bytes(JsonFragment piece) {
        var out = new ByteArrayOutputStream(4096);
        try (JsonGenerator json = FACTORY.createGenerator(out)) {
            piece.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory never fails to be written
        }
        return out.toByteArray();
    }

    /** Puts a finished piece of JSON into a larger one. */
    static void embed(JsonGenerator json, byte[] piece) throws IOException {
        json.writeRawValue(new String(piece, StandardCharsets.UTF_8));
    }
}
