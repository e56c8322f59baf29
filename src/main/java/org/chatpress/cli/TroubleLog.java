package org.chatpress.cli;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import org.chatpress.cycle.CycleReport;
import org.chatpress.failure.RemoteFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells troubles to the person on duty: each once when it comes, and once when what was in trouble has had its turn and
 * done well. Having no turn proves nothing.
 */
final class TroubleLog {
    private static final Logger LOG = LoggerFactory.getLogger(TroubleLog.class);

    private final Map<String, String> known = new HashMap<>();

    void tell(CycleReport report) {
        var met = new HashSet<String>();
        for (CycleReport.Trouble trouble : report.troubles()) {
            if (met.add(trouble.what()) && isNew(trouble)) {
                tell(trouble);
            }
        }
        for (String what : report.good()) {
            if (known.remove(what) != null) {
                LOG.info("{} works again", what);
            }
        }
    }

    /** A wait that is named in seconds differs each time and is no news. */
    private boolean isNew(CycleReport.Trouble trouble) {
        String message = trouble.message().replaceAll("\\d+ s\\b", "");
        return !message.equals(known.put(trouble.what(), message));
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
