package org.chatpress.media;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.chatpress.config.Settings;
import org.chatpress.cycle.context.CycleContext;
import org.chatpress.error.RemoteException;
import org.chatpress.slack.SlackReader;
import org.chatpress.store.Store;
import org.chatpress.text.MessageFormatter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Learns what the workspace's own emoji in public messages stand for; the next cycle shows it. */
public final class CustomEmojiSync {
    private static final Logger LOG = LoggerFactory.getLogger(CustomEmojiSync.class);

    private final SlackReader slack;
    private final Store store;
    private final MessageFormatter text;
    private boolean told;

    public CustomEmojiSync(SlackReader slack, Store store, MessageFormatter text) {
        this.slack = slack;
        this.store = store;
        this.text = text;
    }

    /** A list that can't be had is no trouble: an emoji keeps its name between colons until it can. */
    public void runPending(CycleContext context) {
        Settings settings = context.settings();
        Instant now = context.now();
        if (settings.publicUrl().isEmpty() || !store.emoji().isDue(now)) {
            return;
        }
        store.emoji().recordFetch(now);
        try {
            save(slack.customEmoji(), now);
        } catch (RemoteException e) {
            if (e.kind() == RemoteException.Kind.ACTION_REQUIRED && !told) {
                told = true;
                LOG.warn("custom emoji stay names: {}. {}", e.getMessage(), e.hint());
            }
        }
    }

    private void save(Map<String, String> list, Instant now) {
        store.inTransaction(() -> {
            store.emoji().save(list);
            List<String> named = store.emoji().usedNames();
            Map<String, String> ends = text.emojiTargets(store.emoji().targets(named));
            named.forEach(name -> store.emoji().setTarget(name, ends.getOrDefault(name, ""), now));
        });
    }
}
