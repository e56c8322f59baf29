package org.chatpress.publish;

import static java.util.Comparator.comparing;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.chatpress.storage.Key;

/**
 * What one channel needs in one turn.
 *
 * @param hasTakedown true if files are there that show what was taken down
 */
record Bundle(Shelf.Behind behind, PublishPlan plan, boolean hasTakedown) {
    private static final int MOST_FILES_TOGETHER = 60;

    static Bundle of(Shelf.Behind behind, Shelf shelf) {
        Set<Key> doomed = shelf.doomed(behind.channel());
        return new Bundle(behind, PublishPlan.of(shelf.wanted(behind.channel()), doomed), !doomed.isEmpty());
    }

    /**
     * Those that travel together. One with a takedown goes first, and alone: it waits for no other's files. Then small
     * ones go before big ones, so that no message waits for an archive; channels.json, which names them all, is last.
     */
    static List<List<Bundle>> loads(List<Bundle> bundles) {
        var loads = new ArrayList<List<Bundle>>();
        List<Bundle> inOrder = bundles.stream()
                .sorted(comparing(Bundle::isChannelList)
                        .thenComparing(bundle -> !bundle.hasTakedown)
                        .thenComparing(bundle -> bundle.plan().uploads().size()))
                .toList();
        for (Bundle bundle : inOrder) {
            List<Bundle> last = loads.isEmpty() ? List.of() : loads.get(loads.size() - 1);
            if (!last.isEmpty() && bundle.fits(last)) {
                last.add(bundle);
            } else {
                loads.add(new ArrayList<>(List.of(bundle)));
            }
        }
        return loads;
    }

    private boolean fits(List<Bundle> load) {
        int files =
                load.stream().mapToInt(bundle -> bundle.plan().uploads().size()).sum();
        return !travelsAlone()
                && !load.get(0).travelsAlone()
                && files + plan.uploads().size() <= MOST_FILES_TOGETHER;
    }

    private boolean travelsAlone() {
        return hasTakedown || isChannelList();
    }

    private boolean isChannelList() {
        return behind.channel().isEmpty();
    }
}
