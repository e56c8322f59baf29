package org.chatpress.publish;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.chatpress.model.MessageTs;
import org.chatpress.publish.plan.OwnershipState;

/**
 * What the storages' files say about the closing of a chat.
 *
 * @param sites the storages that were read
 * @param isComplete whether those are all storages of the settings
 */
public record SiteClosings(List<SiteClosing> sites, boolean isComplete) {
    public SiteClosings {
        sites = List.copyOf(sites);
    }

    /** When the chat was closed; the latest time, because a storage that was down for long may show an older one. */
    public Optional<Instant> closedAt() {
        return sites.stream().flatMap(site -> site.closedAt().stream()).max(Comparator.naturalOrder());
    }

    /** The newest message that readers see. */
    public Optional<MessageTs> newestMessage() {
        return sites.stream().flatMap(site -> site.newestMessage().stream()).max(Comparator.naturalOrder());
    }

    /** True if the files show that the database is current. */
    public boolean confirmDatabase() {
        return !contradictDatabase()
                && (isComplete
                        || sites.stream()
                                .anyMatch(site -> site.ownership() == OwnershipState.OWNED && site.hasPointer()));
    }

    /** True if the files are newer than the database, or if it may have been lost together with them. */
    public boolean contradictDatabase() {
        boolean areNewer = sites.stream()
                .anyMatch(
                        site -> site.ownership() == OwnershipState.FOREIGN || site.ownership() == OwnershipState.LOST);
        boolean areMissing = isComplete
                && sites.stream().noneMatch(site -> site.ownership() == OwnershipState.OWNED && site.hasPointer())
                && sites.stream().anyMatch(site -> site.ownership() == OwnershipState.STALE);
        return areNewer || areMissing;
    }
}
