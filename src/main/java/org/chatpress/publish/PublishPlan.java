package org.chatpress.publish;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.chatpress.render.Role;
import org.chatpress.storage.Key;

/**
 * What has to be put on one storage so that it has one channel's files: whatever differs, in the order in which nothing
 * names a file that isn't there yet.
 *
 * @param uploads pages, authors, index, then the pointer, then what doesn't hang on it, doomed files first
 * @param isWhole false if share pages are left for a later turn: a chat may have thousands
 */
public record PublishPlan(List<Upload> uploads, boolean isWhole) {
    static final int MOST_SHARE_PAGES = 100;

    public PublishPlan {
        uploads = List.copyOf(uploads);
    }

    /** Why a file is put. */
    public enum Reason {
        /** It was never there. */
        NEW,
        /** Another version is there. */
        CHANGED,
        /** An interrupted put may have left it, or not. */
        UNSURE
    }

    /** A file to put, and why. */
    public record Upload(Key key, Role role, String digest, Reason reason) {}

    /** @param doomed files that may show what was taken down: they are replaced before others are, and never left */
    public static PublishPlan of(List<Wanted> wanted, Set<Key> doomed) {
        List<Upload> uploads = wanted.stream()
                .filter(file -> file.there().filter(file.digest()::equals).isEmpty())
                .map(file -> new Upload(file.key(), file.role(), file.digest(), reason(file)))
                .sorted(Comparator.comparing(PublishPlan::comesAfterThePointer)
                        .thenComparing(upload -> comesAfterThePointer(upload) && !doomed.contains(upload.key()))
                        .thenComparing(Upload::role)
                        .thenComparing(Upload::key))
                .toList();
        List<Upload> sharePages = uploads.stream()
                .filter(upload -> upload.role() == Role.SHARE_PAGE && !doomed.contains(upload.key()))
                .toList();
        if (sharePages.size() <= MOST_SHARE_PAGES) {
            return new PublishPlan(uploads, true);
        }
        // Their names are times: the newest stand last.
        var fewer = new ArrayList<>(uploads);
        fewer.removeAll(Set.copyOf(sharePages.subList(0, sharePages.size() - MOST_SHARE_PAGES)));
        return new PublishPlan(fewer, false);
    }

    private static boolean comesAfterThePointer(Upload upload) {
        return upload.role().compareTo(Role.POINTER) > 0;
    }

    private static Reason reason(Wanted file) {
        if (file.there().isPresent()) {
            return Reason.CHANGED;
        }
        return file.mayBeThere() ? Reason.UNSURE : Reason.NEW;
    }
}
