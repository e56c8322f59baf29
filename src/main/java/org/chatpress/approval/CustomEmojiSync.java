package org.chatpress.approval;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.chatpress.cycle.context.CycleContext;
import org.chatpress.error.RemoteException;
import org.chatpress.slack.SlackReader;
import org.chatpress.store.Store;
import org.chatpress.text.MessageFormatter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the workspace's list of custom emoji, for those that public messages show, which the next cycle publishes, and
 * for reactions with aliases.
 */
public final class CustomEmojiSync {
    private static final Logger LOG = LoggerFactory.getLogger(CustomEmojiSync.class);

    private final SlackReader slack;
    private final Store store;
    private final MessageFormatter text;
    private volatile boolean hasWarned;

    public CustomEmojiSync(SlackReader slack, Store store, MessageFormatter text) {
        this.slack = slack;
        this.store = store;
        this.text = text;
    }

    /** Failures are not reported: until the list is read, an emoji shows its name between colons. */
    public void runPending(CycleContext context) {
        boolean isNeeded =
                context.settings().publicUrl().isPresent() || store.emoji().isFetched();
        if (isNeeded) {
            readIfDue(context.now());
        }
    }

    /**
     * The emoji that custom emoji stand for in reactions, by their names. Left out are those that the newest list may
     * lack, until the next one.
     */
    Map<String, String> standFor(Set<String> names, Instant now) {
        Map<String, String> known = store.emoji().standFor(names);
        if (known.size() == names.size() && store.emoji().isFetched()) {
            return known;
        }
        readIfDue(now);
        return store.emoji().standFor(names);
    }

    private void readIfDue(Instant now) {
        if (!store.emoji().isDue(now)) {
            return;
        }
        store.emoji().recordFetch(now);
        try {
            save(slack.customEmoji(), now);
        } catch (RemoteException e) {
            if (e.kind() != RemoteException.Kind.TRANSIENT) {
                store.emoji().saveUnreadable();
            }
            if (e.kind() == RemoteException.Kind.ACTION_REQUIRED && !hasWarned) {
                hasWarned = true;
                LOG.warn(
                        "cannot read custom emoji, so messages show their names, and aliases approve nothing: {}. {}",
                        e.getMessage(),
                        e.hint());
            }
        }
    }

    private void save(Map<String, String> list, Instant now) {
        store.inTransaction(() -> {
            store.emoji().save(list, text.emojiAliases(list));
            List<String> used = store.emoji().usedNames();
            Map<String, String> targets = text.resolveEmojiAliases(store.emoji().targets(used));
            used.forEach(name -> store.emoji().setTarget(name, targets.getOrDefault(name, ""), now));
        });
    }
}
