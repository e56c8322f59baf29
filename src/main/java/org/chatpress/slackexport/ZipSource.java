package org.chatpress.slackexport;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** A zipped export, as Slack provides it. */
final class ZipSource implements ExportSource {
    private final Path path;
    private final ZipFile zip;
    private final SortedMap<String, ZipEntry> entries;

    private ZipSource(Path path, ZipFile zip, SortedMap<String, ZipEntry> entries) {
        this.path = path;
        this.zip = zip;
        this.entries = entries;
    }

    /**
     * Reads the list of entries.
     *
     * @throws IOException if the file is not a zip
     */
    static ZipSource open(Path path, SlackExport.Limits limits) throws IOException {
        var zip = new ZipFile(path.toFile());
        try {
            limits.checkFiles(path.toString(), zip.size());
            var entries = new TreeMap<String, ZipEntry>();
            for (ZipEntry entry : Collections.list(zip.entries())) {
                String name = ExportSource.checkName(path.toString(), entry.getName());
                if (!entry.isDirectory()) {
                    entries.put(name, entry);
                }
            }
            return new ZipSource(path, zip, entries);
        } catch (RuntimeException e) {
            zip.close();
            throw e;
        }
    }

    @Override
    public String path() {
        return path.toString();
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
