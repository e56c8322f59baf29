package org.chatpress.slackexport;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/** An unpacked export. */
final class DirectorySource implements ExportSource {
    private final Path directory;
    private final List<String> names;

    private DirectorySource(Path directory, List<String> names) {
        this.directory = directory;
        this.names = names;
    }

    /** Lists the directory. Rejects symbolic links in it, wherever they lead. */
    static DirectorySource open(Path directory, SlackExport.Limits limits) throws IOException {
        var names = new ArrayList<String>();
        Files.walkFileTree(directory.toRealPath(), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                String name = directory.toRealPath().relativize(file).toString();
                if (attributes.isSymbolicLink()) {
                    throw ExportSource.invalidEntry(
                            directory.toString(), name, "symbolic link: replace it by the file");
                }
                if (attributes.isRegularFile()) {
                    names.add(ExportSource.checkName(directory.toString(), name));
                    limits.checkFiles(directory.toString(), names.size());
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return new DirectorySource(directory, names.stream().sorted().toList());
    }

    @Override
    public String path() {
        return directory.toString();
    }

    @Override
    public List<String> names() {
        return names;
    }

    @Override
    public InputStream open(String name) throws IOException {
        // NOFOLLOW_LINKS: a link may have replaced the file since the directory was listed.
        return Files.newInputStream(directory.toRealPath().resolve(name), LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public void close() {}
}
