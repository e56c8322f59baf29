package org.chatpress.cycle.context;

import java.time.Instant;
import java.util.List;
import org.chatpress.config.Channel;
import org.chatpress.config.Settings;

/**
 * What every stage of a cycle works with.
 *
 * @param settings read once, at the start of the cycle
 * @param now the time at which the cycle started; every stage uses it
 * @param report collects what the stages did and what failed
 */
public record CycleContext(Settings settings, Instant now, CycleReport report) {
    public CycleContext(Settings settings, Instant now) {
        this(settings, now, new CycleReport(now));
    }

    /** The channels that the settings list. */
    public List<Channel> channels() {
        return settings.channels();
    }
}
