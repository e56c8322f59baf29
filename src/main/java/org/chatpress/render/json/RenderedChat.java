package org.chatpress.render.json;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.chatpress.model.Gzip;
import org.chatpress.model.MessageTs;
import org.chatpress.model.Slug;
import org.chatpress.render.json.ChatSource.PageRef;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage.Content;
import org.chatpress.storage.Storage.StoredObject;

/**
 * The files of a chat at a sequence number.
 *
 * @param indexState the contents of the new index; empty if index and pages were not rewritten
 * @param files the files that were rendered
 * @param completeRoles roles of which {@code files} has every file; other stored files of these roles are obsolete
 */
public record RenderedChat(Optional<IndexState> indexState, List<RenderedFile> files, Set<FileRole> completeRoles) {
    public RenderedChat {
        files = List.copyOf(files);
        completeRoles = Set.copyOf(completeRoles);
    }

    /**
     * What the index of a chat lists.
     *
     * @param base the sequence number that the pages show
     * @param pages every page of the chat, oldest first
     * @param metadataDigest a digest of the channel's metadata in the index; empty: there is no index yet
     */
    public record IndexState(long base, List<PageRef> pages, String metadataDigest) {
        public IndexState {
            pages = List.copyOf(pages);
        }
    }

    /** The same chat with more files. */
    public RenderedChat withFiles(List<RenderedFile> moreFiles, Set<FileRole> moreCompleteRoles) {
        var allFiles = new ArrayList<>(files);
        allFiles.addAll(moreFiles);
        var allCompleteRoles = EnumSet.copyOf(completeRoles);
        allCompleteRoles.addAll(moreCompleteRoles);
        return new RenderedChat(indexState, allFiles, allCompleteRoles);
    }

    /** Collects the files of one rendering and names each. */
    static final class Builder {
        private final Slug slug;
        private final List<RenderedFile> files = new ArrayList<>();

        Builder(Slug slug) {
            this.slug = slug;
        }

        /** Adds a file that is named by its content, and returns its key. */
        ObjectKey addImmutable(FileRole role, String prefix, byte[] bytes, List<MessageTs> messages) {
            var key = new ObjectKey(slug + "/i/" + prefix + "-" + RenderedFile.contentHash(bytes) + ".json");
            // A long chat has thousands of pages
            add(role, key, Content.ofGzip(Gzip.compress(bytes)), role.cacheControl(), messages);
            return key;
        }

        void addPointer(byte[] bytes, boolean live, List<MessageTs> messages) {
            String cacheControl = live ? FileRole.POINTER.cacheControl() : FileRole.CLOSED_POINTER;
            add(FileRole.POINTER, new ObjectKey(slug + "/live.json"), Content.of(bytes), cacheControl, messages);
        }

        /** Adds a file that keeps its name when its content changes. */
        void addMutable(FileRole role, String name, Content content) {
            add(role, new ObjectKey(name), content, role.cacheControl(), List.of());
        }

        void addAll(List<RenderedFile> rendered) {
            files.addAll(rendered);
        }

        RenderedChat build(Optional<IndexState> indexState, Set<FileRole> completeRoles) {
            return new RenderedChat(indexState, files, completeRoles);
        }

        private void add(FileRole role, ObjectKey key, Content content, String cacheControl, List<MessageTs> messages) {
            files.add(
                    new RenderedFile(role, new StoredObject(key, content, role.contentType(), cacheControl), messages));
        }
    }
}
