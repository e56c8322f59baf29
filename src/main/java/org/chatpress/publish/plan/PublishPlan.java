package org.chatpress.publish.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.chatpress.render.json.FileRole;
import org.chatpress.storage.ObjectKey;

/**
 * What has to be put on one storage so that it has one channel's files: whatever differs, in the order in which nothing
 * names a file that isn't there yet.
 *
 * @param uploads wave by wave. Of share pages, of which a chat may have thousands, only the newest, so that no message
 *     waits for them; doomed ones are never left out
 */
public record PublishPlan(List<Upload> uploads) {
    static final int MAX_SHARE_PAGES = 100;

    public PublishPlan {
        uploads = List.copyOf(uploads);
    }

    /** Files of a wave may be put in any order, and side by side; none is put before the earlier waves are there. */
    public enum Wave {
        /** Pages, authors, index, photos: what the pointer names. */
        REFERENCED_BY_POINTER,
        POINTER,
        /** The whole chat, feeds and pages, which hang on no pointer, where they may show what was taken down. */
        TAKEDOWNS_AFTER_POINTER,
        /** The others of these. */
        AFTER_POINTER
    }

    /** Why a file is put. */
    public enum Reason {
        /** It was never there. */
        NEW,
        /** Another version is there. */
        CHANGED,
        /** An interrupted put may have left it, or not. */
        UNCONFIRMED,
        /** Whatever is there may show what was taken down. */
        TAKEDOWN
    }

    /** A file to put, and why. */
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

    /** @param doomed files that may show what was taken down: they are replaced before others are, and never left */
    public static PublishPlan of(List<DesiredFile> wanted, Set<ObjectKey> doomed) {
        List<Upload> uploads = wanted.stream()
                .filter(file -> !file.isThere())
                .map(file -> new Upload(file.channel(), file.key(), file.role(), file.digest(), reason(file, doomed)))
                .sorted(Comparator.comparing(Upload::wave)
                        .thenComparing(Upload::role)
                        .thenComparing(Upload::key))
                .toList();
        List<Upload> sharePages = uploads.stream()
                .filter(upload -> upload.role() == FileRole.SHARE_PAGE && upload.reason() != Reason.TAKEDOWN)
                .toList();
        // Their names are times: the newest stand last.
        var fewer = new ArrayList<>(uploads);
        fewer.removeAll(Set.copyOf(sharePages.subList(0, Math.max(0, sharePages.size() - MAX_SHARE_PAGES))));
        return new PublishPlan(fewer);
    }

    /** True if something is put although no pointer was put before it. */
    public boolean startsAfterPointer() {
        return !uploads.isEmpty() && uploads.get(0).role() != FileRole.POINTER;
    }

    private static Reason reason(DesiredFile file, Set<ObjectKey> doomed) {
        if (doomed.contains(file.key())) {
            return Reason.TAKEDOWN;
        }
        if (file.uploadedDigest().isPresent()) {
            return Reason.CHANGED;
        }
        return file.mayBeThere() ? Reason.UNCONFIRMED : Reason.NEW;
    }
}
