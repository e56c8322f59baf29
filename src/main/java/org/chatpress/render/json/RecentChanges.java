package org.chatpress.render.json;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.chatpress.model.MessageTs;
import org.chatpress.model.PublicMessage;
import org.chatpress.render.json.ChatSource.Change;

/**
 * The newest changes as the pointer carries them: every change from {@code from} on, except puts of a message that a
 * later change supersedes.
 *
 * @param from the oldest sequence number from which no change is missing; one above the newest change if there are none
 * @param ops rendered JSON, oldest first
 * @param messages the messages that the ops contain
 * @param requiresRewrite true if a change above {@code base} took something down or changed the metadata: pages and
 *     index must no longer show it
 */
record RecentChanges(long from, List<byte[]> ops, List<MessageTs> messages, boolean requiresRewrite) {
    static final int MAX_OPS = 8;
    static final int MAX_BYTES = 6 * 1024;

    /** How many changes to read: more than MAX_OPS, since superseded ones are left out. */
    static final int LOOK_BACK = 64;

    /**
     * @param base the sequence number that the pages show
     * @param availableBytes what the pointer has left for ops; at most MAX_BYTES are used
     */
    static RecentChanges of(ChatSource chat, long base, int availableBytes) {
        int maxBytes = Math.min(MAX_BYTES, availableBytes);
        var ops = new ArrayList<byte[]>();
        var messages = new ArrayList<MessageTs>();
        Set<MessageTs> seen = new HashSet<>();
        long from = chat.seq() + 1;
        int bytes = 0;
        boolean isFull = false;
        boolean requiresRewrite = false;
        for (Change change : chat.newestChanges(LOOK_BACK)) {
            requiresRewrite |= change.seq() > base && change.op() != Change.Op.PUT;
            if (isFull) {
                continue;
            }
            boolean isSuperseded = change.op().isPut() && !seen.add(change.ts().orElseThrow());
            if (!isSuperseded) {
                change.ts().ifPresent(seen::add);
                byte[] op = op(change, chat);
                if (ops.size() == MAX_OPS || bytes + op.length > maxBytes) {
                    isFull = true;
                    continue;
                }
                bytes += op.length;
                ops.add(0, op);
                if (change.op().isPut()) {
                    change.ts().ifPresent(messages::add);
                }
            }
            from = change.seq();
        }
        return new RecentChanges(from, List.copyOf(ops), List.copyOf(messages), requiresRewrite);
    }

    private static byte[] op(Change change, ChatSource chat) {
        Optional<PublicMessage> message =
                change.op().isPut() ? chat.message(change.ts().orElseThrow()) : Optional.empty();
        return JsonWriter.bytes(json -> {
            json.writeStartObject();
            json.writeNumberField("seq", change.seq());
            switch (change.op()) {
                case PUT, CUT -> {
                    json.writeStringField("op", "put");
                    json.writeFieldName("m");
                    MessageJson.write(json, message.orElseThrow());
                }
                case DEL -> {
                    json.writeStringField("op", "del");
                    json.writeStringField("id", change.ts().orElseThrow().value());
                }
                case META -> json.writeStringField("op", "meta");
            }
            json.writeEndObject();
        });
    }
}
