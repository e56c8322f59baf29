package org.chatpress.cli;

import java.util.HashMap;
import java.util.Map;
import org.chatpress.cycle.CycleReport;
import org.chatpress.failure.RemoteFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells troubles to the person on duty: each once when it comes, and once when it is over. */
final class TroubleLog {
    private static final Logger LOG = LoggerFactory.getLogger(TroubleLog.class);

    private Map<String, String> known = Map.of();

    void tell(CycleReport report) {
        var now = new HashMap<String, String>();
        for (CycleReport.Trouble trouble : report.troubles()) {
            String before = now.put(trouble.what(), trouble.message());
            if (before == null && !trouble.message().equals(known.get(trouble.what()))) {
                tell(trouble);
            }
        }
        known.keySet().stream()
                .filter(what -> !now.containsKey(what))
                .sorted()
                .forEach(what -> LOG.info("{} works again", what));
        known = now;
    }

    private static void tell(CycleReport.Trouble trouble) {
        if (trouble.kind() == RemoteFailure.Kind.DENIED) {
            LOG.error("{}. {}", told(trouble), trouble.hint());
        } else {
            LOG.warn("{}; will try again in the next cycle", told(trouble));
        }
    }

    /** A storage's message names the storage itself. */
    private static String told(CycleReport.Trouble trouble) {
        boolean namesIt = trouble.message().contains(trouble.what());
        return namesIt ? trouble.message() : trouble.what() + ": " + trouble.message();
    }
}
