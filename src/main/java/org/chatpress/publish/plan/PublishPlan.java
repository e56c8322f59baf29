package org.chatpress.publish.plan;

import static java.util.Comparator.comparing;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.chatpress.render.json.FileRole;
import org.chatpress.storage.ObjectKey;

/**
 * The uploads that bring one channel's files on one storage up to date: every file that differs, ordered so that no file
 * is uploaded before the files that it names.
 *
 * @param uploads in order, wave by wave. A chat may have thousands of share pages: the plan has only the newest of them,
 *     so that no message waits for the others, and every one that contains what was taken down
 */
public record PublishPlan(List<Upload> uploads) {
    static final int MAX_SHARE_PAGES = 100;

    public PublishPlan {
        uploads = List.copyOf(uploads);
    }

    /**
     * A file that should be on a storage, and what the storage has of it.
     *
     * @param channel the channel's id; {@code ""} for channels.json
     * @param digest of headers and bytes
     * @param uploadedDigest of the version that the storage has; empty if it has none or an unknown one
     * @param mayBeThere true if some version was uploaded, or may have been
     */
    public record DesiredFile(
            String channel,
            ObjectKey key,
            FileRole role,
            String digest,
            Optional<String> uploadedDigest,
            boolean mayBeThere) {
        /** True if the storage has this version. */
        public boolean isThere() {
            return uploadedDigest.filter(digest::equals).isPresent();
        }
    }

    /** Files of a wave may be uploaded in any order, after those of the earlier waves. */
    public enum Wave {
        /** Pages, authors, index, photos. */
        REFERENCED_BY_POINTER,
        POINTER,
        /** Of the files in the next wave, those that contain what was taken down. */
        TAKEDOWNS_AFTER_POINTER,
        /** The whole chat, feeds and HTML pages, which no pointer names. */
        AFTER_POINTER
    }

    /** Why a file is uploaded. */
    public enum Reason {
        /** It was never uploaded. */
        NEW,
        /** The storage has another version. */
        CHANGED,
        /** An upload was interrupted, so the storage may have any version. */
        UNCONFIRMED,
        /** The version on the storage may contain what was taken down. */
        TAKEDOWN
    }

    /** A file to upload. */
    public record Upload(String channel, ObjectKey key, FileRole role, String digest, Reason reason) {
        public Wave wave() {
            if (role == FileRole.POINTER) {
                return Wave.POINTER;
            }
            if (role.compareTo(FileRole.POINTER) < 0) {
                return Wave.REFERENCED_BY_POINTER;
            }
            return reason == Reason.TAKEDOWN ? Wave.TAKEDOWNS_AFTER_POINTER : Wave.AFTER_POINTER;
        }
    }

    /** @param takedowns the files on the storage that may contain what was taken down */
    public static PublishPlan of(List<DesiredFile> desired, Set<ObjectKey> takedowns) {
        List<Upload> uploads = desired.stream()
                .filter(file -> !file.isThere())
                .map(file ->
                        new Upload(file.channel(), file.key(), file.role(), file.digest(), reason(file, takedowns)))
                .sorted(Comparator.comparing(Upload::wave)
                        .thenComparing(Upload::role)
                        .thenComparing(Upload::key))
                .toList();
        // Share pages are named by the ts of their message, so the newest ones come last.
        List<Upload> sharePages = uploads.stream()
                .filter(upload -> upload.role() == FileRole.SHARE_PAGE && upload.reason() != Reason.TAKEDOWN)
                .toList();
        var limited = new ArrayList<>(uploads);
        limited.removeAll(Set.copyOf(sharePages.subList(0, Math.max(0, sharePages.size() - MAX_SHARE_PAGES))));
        return new PublishPlan(limited);
    }

    /** True if the first upload is not preceded by that of the pointer. */
    public boolean startsAfterPointer() {
        return !uploads.isEmpty() && uploads.get(0).role() != FileRole.POINTER;
    }

    private static Reason reason(DesiredFile file, Set<ObjectKey> takedowns) {
        if (takedowns.contains(file.key())) {
            return Reason.TAKEDOWN;
        }
        if (file.uploadedDigest().isPresent()) {
            return Reason.CHANGED;
        }
        return file.mayBeThere() ? Reason.UNCONFIRMED : Reason.NEW;
    }

    /**
     * What one channel needs on one storage.
     *
     * @param hasTakedown true if the storage has files that contain what was taken down
     */
    public record ChannelBatch(PublishState.StaleChannel stale, PublishPlan plan, boolean hasTakedown) {
        public static final int MAX_FILES_OF_GROUP = 60;

        /** More of them may take longer than ten seconds on an FTP server. */
        private static final int MAX_FILES_BEFORE_TAKEDOWN = 200;

        public static ChannelBatch of(PublishState.StaleChannel stale, PublishState state) {
            Set<ObjectKey> takedowns = state.filesToTakeDown(stale.channel());
            return new ChannelBatch(
                    stale, PublishPlan.of(state.desiredFiles(stale.channel()), takedowns), !takedowns.isEmpty());
        }

        /**
         * Groups of channels whose files are uploaded together, in this order: each channel with a takedown in a group of its
         * own, so that it waits for no other file; then channels with few files before those with many, so that no message
         * waits for an archive; channels.json, which names all chats, last.
         */
        public static List<List<ChannelBatch>> groups(List<ChannelBatch> batches) {
            var groups = new ArrayList<List<ChannelBatch>>();
            List<ChannelBatch> inOrder = batches.stream()
                    .sorted(comparing(ChannelBatch::isChannelList)
                            .thenComparing(batch -> !batch.hasTakedown)
                            .thenComparing(batch -> batch.plan().uploads().size()))
                    .toList();
            for (ChannelBatch batch : inOrder) {
                List<ChannelBatch> last = groups.isEmpty() ? List.of() : groups.get(groups.size() - 1);
                if (!last.isEmpty() && batch.fits(last)) {
                    last.add(batch);
                } else {
                    groups.add(new ArrayList<>(List.of(batch)));
                }
            }
            return groups;
        }

        /** True if so many files are uploaded before the new pointer that a takedown must not wait for it. */
        public boolean delaysTakedown() {
            return hasTakedown
                    && plan.uploads().stream()
                                    .filter(upload -> upload.wave() == Wave.REFERENCED_BY_POINTER)
                                    .count()
                            > MAX_FILES_BEFORE_TAKEDOWN;
        }

        private boolean fits(List<ChannelBatch> group) {
            int files = group.stream()
                    .mapToInt(batch -> batch.plan().uploads().size())
                    .sum();
            return !isAlone()
                    && !group.get(0).isAlone()
                    && files + plan.uploads().size() <= MAX_FILES_OF_GROUP;
        }

        private boolean isAlone() {
            return hasTakedown || isChannelList();
        }

        private boolean isChannelList() {
            return stale.isChannelList();
        }
    }
}
