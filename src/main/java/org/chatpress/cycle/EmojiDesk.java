package org.chatpress.cycle;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.chatpress.config.Settings;
import org.chatpress.failure.RemoteFailure;
import org.chatpress.slack.Slack;
import org.chatpress.store.Store;
import org.chatpress.text.MessageText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Learns what the workspace's own emoji in public messages stand for; the next cycle shows it. */
public final class EmojiDesk {
    private static final Logger LOG = LoggerFactory.getLogger(EmojiDesk.class);

    private final Slack slack;
    private final Store store;
    private final MessageText text;
    private boolean told;

    public EmojiDesk(Slack slack, Store store, MessageText text) {
        this.slack = slack;
        this.store = store;
        this.text = text;
    }

    /** A list that can't be had is no trouble: an emoji keeps its name between colons until it can. */
    void work(Settings settings, Instant now) {
        if (settings.publicUrl().isEmpty() || !store.emoji().isDue(now)) {
            return;
        }
        store.emoji().asked(now);
        try {
            save(slack.emoji(), now);
        } catch (RemoteFailure e) {
            if (e.kind() == RemoteFailure.Kind.DENIED && !told) {
                told = true;
                LOG.warn("custom emoji stay names: {}. {}", e.getMessage(), e.hint());
            }
        }
    }

    private void save(Map<String, String> list, Instant now) {
        store.inTransaction(() -> {
            store.emoji().save(list);
            List<String> named = store.emoji().named();
            Map<String, String> ends = text.emojiEnds(store.emoji().of(named));
            named.forEach(name -> store.emoji().leadsTo(name, ends.getOrDefault(name, ""), now));
        });
    }
}
