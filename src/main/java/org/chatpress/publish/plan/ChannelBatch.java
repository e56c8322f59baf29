package org.chatpress.publish.plan;

import static java.util.Comparator.comparing;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.chatpress.storage.ObjectKey;

/**
 * What one channel needs in one turn.
 *
 * @param hasTakedown true if files are there that show what was taken down
 */
public record ChannelBatch(PublishState.StaleChannel behind, PublishPlan plan, boolean hasTakedown) {
    private static final int MOST_FILES_TOGETHER = 60;

    public static ChannelBatch of(PublishState.StaleChannel behind, PublishState shelf) {
        Set<ObjectKey> doomed = shelf.doomed(behind.channel());
        return new ChannelBatch(behind, PublishPlan.of(shelf.wanted(behind.channel()), doomed), !doomed.isEmpty());
    }

    /**
     * Those that travel together. One with a takedown goes first, and alone: it waits for no other's files. Then small
     * ones go before big ones, so that no message waits for an archive; channels.json, which names them all, is last.
     */
    public static List<List<ChannelBatch>> loads(List<ChannelBatch> bundles) {
        var loads = new ArrayList<List<ChannelBatch>>();
        List<ChannelBatch> inOrder = bundles.stream()
                .sorted(comparing(ChannelBatch::isChannelList)
                        .thenComparing(bundle -> !bundle.hasTakedown)
                        .thenComparing(bundle -> bundle.plan().uploads().size()))
                .toList();
        for (ChannelBatch bundle : inOrder) {
            List<ChannelBatch> last = loads.isEmpty() ? List.of() : loads.get(loads.size() - 1);
            if (!last.isEmpty() && bundle.fits(last)) {
                last.add(bundle);
            } else {
                loads.add(new ArrayList<>(List.of(bundle)));
            }
        }
        return loads;
    }

    private boolean fits(List<ChannelBatch> load) {
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
