package org.chatpress.render.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.chatpress.model.Gzip;
import org.chatpress.storage.Storage.Content;

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

    /** Writes a file that may be long: only its compressed form is in memory. */
    static Content compressed(JsonFragment fragment) {
        return compressedStream(out -> {
            try (JsonGenerator json = FACTORY.createGenerator(out)) {
                fragment.write(json);
            }
        });
    }

    /** Compresses what {@code writer} writes. */
    static Content compressedStream(StreamWriter writer) {
        var compressed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(compressed, Gzip.BUFFER)) {
            writer.write(gzip);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // cannot happen: a ByteArrayOutputStream does not fail
        }
        return Content.ofGzip(compressed.toByteArray());
    }

    /** Writes a file as bytes. */
    interface StreamWriter {
        void write(OutputStream out) throws IOException;
    }

    /** Writes a string; leaves out the member if it is empty. */
    public static void text(JsonGenerator json, String member, String text) throws IOException {
        if (!text.isEmpty()) {
            json.writeStringField(member, text);
        }
    }

    /** Writes an item of an array. */
    public interface ItemWriter<T> {
        void write(T item) throws IOException;
    }

    /** Writes an array; leaves out the member if there are no items. */
    public static <T> void array(JsonGenerator json, String member, List<T> items, ItemWriter<T> writer)
            throws IOException {
        if (items.isEmpty()) {
            return;
        }
        json.writeArrayFieldStart(member);
        for (T item : items) {
            writer.write(item);
        }
        json.writeEndArray();
    }

    /** Writes a value that has been rendered before. */
    static void embed(JsonGenerator json, byte[] rendered) throws IOException {
        json.writeRawValue(new String(rendered, StandardCharsets.UTF_8));
    }
}
