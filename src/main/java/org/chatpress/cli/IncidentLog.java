package org.chatpress.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.chatpress.config.Settings;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.error.RemoteException;
import org.chatpress.error.StoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells troubles to the person on duty: each once when it comes, and once when what was in trouble has had its turn and
 * done well. Having no turn proves nothing.
 */
final class IncidentLog {
    private static final Logger LOG = LoggerFactory.getLogger(IncidentLog.class);

    private final Map<String, String> known = new HashMap<>();
    private String ofStore = "";
    private String waitsForRestart = "";

    void log(CycleReport report) {
        var met = new HashSet<String>();
        for (CycleReport.Incident incident : report.incidents()) {
            if (met.add(incident.what()) && isNew(incident)) {
                log(incident);
            }
        }
        for (String what : report.succeeded()) {
            if (known.remove(what) != null) {
                LOG.info("{} works again", what);
            }
        }
        if (!ofStore.isEmpty() && !report.didNothing()) {
            LOG.info("the database works again");
            ofStore = "";
        }
    }

    /** The store's own trouble ended a cycle. */
    void log(StoreException failure) {
        if (!failure.getMessage().equals(ofStore)) {
            LOG.error("{}. {} Chatpress goes on trying.", failure.getMessage(), failure.hint());
            ofStore = failure.getMessage();
        }
    }

    /** What changed in the settings, and only a new process takes up. */
    void logRestartNeeded(Settings first, Settings now) {
        var parts = new ArrayList<String>();
        add(parts, "slack.token", first.slack().token(), now.slack().token());
        add(parts, "slack.api-url", first.slack().apiUrl(), now.slack().apiUrl());
        add(parts, "slack.app-token", first.slack().appToken(), now.slack().appToken());
        add(parts, "database", first.database(), now.database());
        String changed = String.join(", ", parts);
        if (!changed.isEmpty() && !changed.equals(waitsForRestart)) {
            LOG.warn("changed in the settings: {}; restart Chatpress to use what they say now", changed);
        }
        waitsForRestart = changed;
    }

    private static void add(List<String> changed, String key, Object before, Object now) {
        if (!before.equals(now)) {
            changed.add(key);
        }
    }

    private boolean isNew(CycleReport.Incident incident) {
        String message = RemoteException.withoutRetryAfter(incident.message());
        return !message.equals(known.put(incident.what(), message));
    }

    private static void log(CycleReport.Incident incident) {
        if (incident.kind() == RemoteException.Kind.ACTION_REQUIRED) {
            LOG.error("{}. {}", told(incident), incident.hint());
        } else {
            LOG.warn("{}; will try again in the next cycle", told(incident));
        }
    }

    /** A storage's message names the storage itself. */
    private static String told(CycleReport.Incident incident) {
        boolean namesIt = incident.message().contains(incident.what());
        return namesIt ? incident.message() : incident.what() + ": " + incident.message();
    }
}
