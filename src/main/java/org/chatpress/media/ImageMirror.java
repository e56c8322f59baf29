package org.chatpress.media;

import java.time.Duration;
import java.time.Instant;
import org.chatpress.cycle.context.CycleContext;
import org.chatpress.error.RemoteException;
import org.chatpress.slack.SlackFiles;
import org.chatpress.store.Store;

/** Copies avatars and custom emoji from Slack for the chats that publish them. The next cycle publishes the copies. */
public final class ImageMirror {
    private static final Duration RETRY_AFTER_FAILURE = Duration.ofMinutes(1);
    private static final Duration RETRY_AFTER_REJECTION = Duration.ofDays(1);
    private static final int IMAGES_PER_RUN = 20;

    private final SlackFiles files;
    private final Store store;

    public ImageMirror(SlackFiles files, Store store) {
        this.files = files;
        this.store = store;
    }

    /** Failures are not reported: until a copy exists, an author has no avatar and an emoji shows its name. */
    public void runPending(CycleContext context) {
        Instant now = context.now();
        for (String url : store.mirroredImages().due(now, RETRY_AFTER_REJECTION, IMAGES_PER_RUN)) {
            try {
                store.mirroredImages().save(url, files.publicImage(url), now);
            } catch (RemoteException e) {
                if (e.kind() != RemoteException.Kind.REJECTED) {
                    store.mirroredImages().postpone(url, now.plus(RETRY_AFTER_FAILURE));
                    return;
                }
                store.mirroredImages().postpone(url, now.plus(RETRY_AFTER_REJECTION));
            }
        }
    }
}
