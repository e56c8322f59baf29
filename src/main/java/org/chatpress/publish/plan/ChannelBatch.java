package org.chatpress.publish.plan;

import static java.util.Comparator.comparing;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.chatpress.storage.ObjectKey;

/**
 * What one channel needs on one storage.
 *
 * @param hasTakedown true if the storage has files that contain what was taken down
 */
public record ChannelBatch(PublishState.StaleChannel stale, PublishPlan plan, boolean hasTakedown) {
    private static final int MAX_FILES_OF_GROUP = 60;

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

    private boolean fits(List<ChannelBatch> group) {
        int files =
                group.stream().mapToInt(batch -> batch.plan().uploads().size()).sum();
        return !isAlone() && !group.get(0).isAlone() && files + plan.uploads().size() <= MAX_FILES_OF_GROUP;
    }

    private boolean isAlone() {
        return hasTakedown || isChannelList();
    }

    private boolean isChannelList() {
        return stale.channel().isEmpty();
    }
}
