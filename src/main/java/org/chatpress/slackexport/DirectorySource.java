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

/** An export that somebody unpacked. */
final class DirectorySource implements ExportSource {
    private final Path folder;
    private final List<String> names;

    private DirectorySource(Path folder, List<String> names) {
        this.folder = folder;
        this.names = names;
    }

    /** Lists the folder; a symbolic link anywhere below it is refused, wherever it leads. */
    static DirectorySource open(Path folder, SlackExport.Limits limits) throws IOException {
        var names = new ArrayList<String>();
        Files.walkFileTree(folder.toRealPath(), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                String name = folder.toRealPath().relativize(file).toString();
                if (attributes.isSymbolicLink()) {
                    throw SafeEntryName.refused(
                            folder.toString(), name, "is a symbolic link. Put the file itself in its place.");
                }
                if (attributes.isRegularFile()) {
                    names.add(SafeEntryName.checked(folder.toString(), name));
                    limits.checkEntries(folder.toString(), names.size());
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return new DirectorySource(folder, names.stream().sorted().toList());
    }

    @Override
    public String path() {
        return folder.toString();
    }

    @Override
    public List<String> names() {
        return names;
    }

    @Override
    public InputStream open(String name) throws IOException {
        // NOFOLLOW: the link may have been put there after the folder was listed.
        return Files.newInputStream(folder.toRealPath().resolve(name), LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public void close() {}
}
