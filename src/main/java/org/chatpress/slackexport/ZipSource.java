package org.chatpress.slackexport;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** A zipped export, as Slack provides it. */
final class ZipSource implements ExportSource {
    private static final String NAMES_NOT_UTF_8 = "the names of some files are not UTF-8: if a channel or an upload is"
            + " missing, unpack the zip and import the folder";

    private final Path path;
    private final ZipFile zip;
    private final SortedMap<String, ZipEntry> entries;
    private final List<String> problems;

    private ZipSource(Path path, ZipFile zip, SortedMap<String, ZipEntry> entries, List<String> problems) {
        this.path = path;
        this.problems = problems;
        this.zip = zip;
        this.entries = entries;
    }

    /**
     * Reads the list of entries. Where a name is not UTF-8, each of its bytes becomes a character.
     *
     * @throws IOException if the file is not a zip
     */
    static ZipSource open(Path path, SlackExport.Limits limits) throws IOException {
        try {
            return open(path, StandardCharsets.UTF_8, limits, List.of());
        } catch (ZipException e) {
            // Java says no more than this, and opens the zip in a charset in which every name is valid.
            return open(path, StandardCharsets.ISO_8859_1, limits, List.of(NAMES_NOT_UTF_8));
        }
    }

    private static ZipSource open(Path path, Charset charset, SlackExport.Limits limits, List<String> problems)
            throws IOException {
        var zip = new ZipFile(path.toFile(), charset);
        try {
            limits.checkFiles(path.toString(), zip.size());
            var entries = new TreeMap<String, ZipEntry>();
            for (ZipEntry entry : Collections.list(zip.entries())) {
                String name = ExportSource.checkName(path.toString(), inUtf8(entry.getName(), charset));
                if (!entry.isDirectory()) {
                    entries.put(name, entry);
                }
            }
            return new ZipSource(path, zip, entries, problems);
        } catch (RuntimeException e) {
            zip.close();
            throw e;
        }
    }

    @Override
    public String path() {
        return path.toString();
    }

    private static String inUtf8(String name, Charset charset) {
        if (charset.equals(StandardCharsets.UTF_8) || name.chars().anyMatch(c -> c > 0xFF)) {
            return name;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(name.getBytes(charset)))
                    .toString();
        } catch (CharacterCodingException e) {
            return name;
        }
    }

    @Override
    public List<String> problems() {
        return problems;
    }

    @Override
    public List<String> names() {
        return List.copyOf(entries.keySet());
    }

    @Override
    public InputStream open(String name) throws IOException {
        return zip.getInputStream(entries.get(name));
    }

    @Override
    public void close() {
        try {
            zip.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close " + path, e);
        }
    }
}
