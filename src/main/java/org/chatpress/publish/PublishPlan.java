package org.chatpress.publish;

import java.util.Comparator;
import java.util.List;
import org.chatpress.render.Role;
import org.chatpress.storage.Key;

/**
 * What has to be put on one storage so that it has one channel's files: whatever differs, in the order in which nothing
 * names a file that isn't there yet.
 *
 * @param uploads pages, authors, index, then the pointer, then what doesn't hang on it
 */
public record PublishPlan(List<Upload> uploads) {
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

    public static PublishPlan of(List<Wanted> wanted) {
        return new PublishPlan(wanted.stream()
                .filter(file -> file.there().filter(file.digest()::equals).isEmpty())
                .map(file -> new Upload(file.key(), file.role(), file.digest(), reason(file)))
                .sorted(Comparator.comparing(Upload::role).thenComparing(Upload::key))
                .toList());
    }

    private static Reason reason(Wanted file) {
        if (file.there().isPresent()) {
            return Reason.CHANGED;
        }
        return file.mayBeThere() ? Reason.UNSURE : Reason.NEW;
    }
}
