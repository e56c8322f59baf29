package org.chatpress.media;

import java.time.Duration;
import java.time.Instant;
import org.chatpress.cycle.context.CycleContext;
import org.chatpress.error.RemoteException;
import org.chatpress.slack.SlackFiles;
import org.chatpress.store.Store;

/** Makes copies of authors' pictures and custom emoji for the chats that publish them; the next cycle shows them. */
public final class AvatarMirror {
    private static final Duration UNTIL_SLACK_ANSWERS = Duration.ofMinutes(1);
    private static final Duration UNTIL_THERE_MAY_BE_ONE = Duration.ofDays(1);
    private static final int PICTURES_A_TURN = 20;

    private final SlackFiles files;
    private final Store store;

    public AvatarMirror(SlackFiles files, Store store) {
        this.files = files;
        this.store = store;
    }

    /** A picture that can't be had is no trouble: its author has none until it can, and an emoji is a name. */
    public void runPending(CycleContext context) {
        Instant now = context.now();
        for (String url : store.mirroredImages().due(now, PICTURES_A_TURN)) {
            try {
                store.mirroredImages().save(url, files.publicImage(url), now);
            } catch (RemoteException e) {
                if (e.kind() != RemoteException.Kind.REJECTED) {
                    store.mirroredImages().postpone(url, now.plus(UNTIL_SLACK_ANSWERS));
                    return;
                }
                store.mirroredImages().postpone(url, now.plus(UNTIL_THERE_MAY_BE_ONE));
            }
        }
    }
}
