package org.chatpress.approval;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.chatpress.approval.policy.EmojiAlias;
import org.chatpress.cycle.context.CycleContext;
import org.chatpress.error.RemoteException;
import org.chatpress.slack.SlackReader;
import org.chatpress.slack.SlackReader.CustomEmojiList;
import org.chatpress.store.Store;
import org.chatpress.text.MessageFormatter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the workspace's list of custom emoji once an hour, for those that public messages show, which the next cycle
 * publishes, and for reactions with aliases. A name that is in no list yet makes the next one due after a minute.
 */
public final class CustomEmojiSync {
    private static final Logger LOG = LoggerFactory.getLogger(CustomEmojiSync.class);

    /** Slack's times of responses are whole seconds. */
    private static final Duration ACCURACY = Duration.ofSeconds(1);

    private final SlackReader slack;
    private final Store store;
    private final MessageFormatter text;
    private volatile boolean hasWarned;

    /** Whether public messages show the emoji of the newest list. */
    private volatile boolean areTargetsSet;

    public CustomEmojiSync(SlackReader slack, Store store, MessageFormatter text) {
        this.slack = slack;
        this.store = store;
        this.text = text;
    }

    /** Failures are only logged: until the list is read, an emoji shows its name between colons. */
    public void runPending(CycleContext context) {
        readIfDue(context.now());
        if (!areTargetsSet && context.settings().publicUrl().isPresent()) {
            areTargetsSet = true;
            setTargets(context.now());
        }
    }

    /**
     * What custom emoji stand for in reactions, by their names. Left out are those that the newest list may lack, until the
     * next one.
     */
    Map<String, EmojiAlias> aliases(Set<String> names, Instant now) {
        Map<String, EmojiAlias> known = store.emoji().aliases(names);
        if (known.size() == names.size() && store.emoji().isFetched()) {
            return known;
        }
        readIfDue(now);
        return store.emoji().aliases(names);
    }

    private void readIfDue(Instant now) {
        if (!store.emoji().isDue(now)) {
            return;
        }
        store.emoji().recordFetch(now);
        try {
            save(slack.customEmoji());
        } catch (RemoteException e) {
            if (e.kind() == RemoteException.Kind.ACTION_REQUIRED
                    && store.emoji().hasUnknown()
                    && !hasWarned) {
                hasWarned = true;
                LOG.warn(
                        "cannot read custom emoji, so messages show their names, and aliases approve nothing: {}. {}",
                        e.getMessage(),
                        e.hint());
            }
            if (e.kind() != RemoteException.Kind.TRANSIENT) {
                store.emoji().saveUnreadable();
            } else if (store.emoji().hasUnknown()) {
                LOG.warn(
                        "cannot read custom emoji, so messages wait that have one which is not known; trying again in a"
                                + " minute: {}",
                        e.getMessage());
            }
        }
    }

    private void save(CustomEmojiList list) {
        store.emoji()
                .save(
                        list.targets(),
                        text.emojiAliases(list.targets()),
                        list.readAt().plus(ACCURACY));
        areTargetsSet = false;
    }

    /** Without a public URL, no image is downloaded. */
    private void setTargets(Instant now) {
        store.inTransaction(() -> {
            List<String> used = store.emoji().usedNames();
            Map<String, String> targets = text.resolveEmojiAliases(store.emoji().targets(used));
            used.forEach(name -> store.emoji().setTarget(name, targets.getOrDefault(name, ""), now));
        });
    }
}
