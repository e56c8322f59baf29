package org.chatpress.render.json;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.chatpress.model.MessageTs;
import org.chatpress.model.PublicMessage;

/**
 * The newest changes, as the pointer carries them: every change from {@code from} on, but for puts that a later op of
 * the same message supersedes.
 *
 * @param from the oldest seq from which nothing is missing; one above the newest change if none is carried
 * @param ops finished JSON, oldest first
 * @param messages the messages that the ops show
 * @param rewritesPages true if a change since the pages were written took something away or changed the channel's own
 *     words: no page or index may go on showing it
 */
record RecentChanges(long from, List<byte[]> ops, List<MessageTs> messages, boolean rewritesPages) {
    static final int MAX_OPS = 8;
    static final int MAX_BYTES = 6 * 1024;

    /** More than are ever carried: superseded ones take no room. */
    static final int LOOK_BACK = 64;

    /**
     * @param base the seq that the pages show
     * @param room how many bytes the pointer has for ops, where its other members leave fewer than usual
     */
    static RecentChanges of(ChatSource chat, long base, int room) {
        int most = Math.min(MAX_BYTES, room);
        var ops = new ArrayList<byte[]>();
        var holds = new ArrayList<MessageTs>();
        Set<MessageTs> seen = new HashSet<>();
        long from = chat.seq() + 1;
        int bytes = 0;
        boolean full = false;
        boolean rewrites = false;
        for (Change change : chat.newestChanges(LOOK_BACK)) {
            rewrites |= change.seq() > base && change.op() != Change.Op.PUT;
            if (full) {
                continue;
            }
            boolean superseded = change.op().isPut() && !seen.add(change.ts().orElseThrow());
            if (!superseded) {
                change.ts().ifPresent(seen::add);
                byte[] op = op(change, chat);
                if (ops.size() == MAX_OPS || bytes + op.length > most) {
                    full = true;
                    continue;
                }
                bytes += op.length;
                ops.add(0, op);
                if (change.op().isPut()) {
                    change.ts().ifPresent(holds::add);
                }
            }
            from = change.seq();
        }
        return new RecentChanges(from, List.copyOf(ops), List.copyOf(holds), rewrites);
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
