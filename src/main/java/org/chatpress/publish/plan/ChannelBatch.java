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
public record ChannelBatch(PublishState.StaleChannel stale, PublishPlan plan, boolean hasTakedown) {
    private static final int MOST_FILES_TOGETHER = 60;

    public static ChannelBatch of(PublishState.StaleChannel stale, PublishState state) {
        Set<ObjectKey> doomed = state.filesToTakeDown(stale.channel());
        return new ChannelBatch(stale, PublishPlan.of(state.desiredFiles(stale.channel()), doomed), !doomed.isEmpty());
    }

    /**
     * Those that travel together. One with a takedown goes first, and alone: it waits for no other's files. Then small
     * ones go before big ones, so that no message waits for an archive; channels.json, which names them all, is last.
     */
    public static List<List<ChannelBatch>> batches(List<ChannelBatch> batches) {
        var loads = new ArrayList<List<ChannelBatch>>();
        List<ChannelBatch> inOrder = batches.stream()
                .sorted(comparing(ChannelBatch::isChannelList)
                        .thenComparing(batch -> !batch.hasTakedown)
                        .thenComparing(batch -> batch.plan().uploads().size()))
                .toList();
        for (ChannelBatch batch : inOrder) {
            List<ChannelBatch> last = loads.isEmpty() ? List.of() : loads.get(loads.size() - 1);
            if (!last.isEmpty() && batch.fits(last)) {
                last.add(batch);
            } else {
                loads.add(new ArrayList<>(List.of(batch)));
            }
        }
        return loads;
    }

    private boolean fits(List<ChannelBatch> load) {
        int files =
                load.stream().mapToInt(batch -> batch.plan().uploads().size()).sum();
        return !travelsAlone()
                && !load.get(0).travelsAlone()
                && files + plan.uploads().size() <= MOST_FILES_TOGETHER;
    }

    private boolean travelsAlone() {
        return hasTakedown || isChannelList();
    }

    private boolean isChannelList() {
        return stale.channel().isEmpty();
    }
}
