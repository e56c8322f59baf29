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
 * Logs failures: each once, when it first happens, and once more when the channel or storage succeeds again. A channel or
 * storage that was not tried in a cycle counts as still failing.
 */
final class IncidentLog {
    private static final Logger LOG = LoggerFactory.getLogger(IncidentLog.class);

    private final Map<String, String> messages = new HashMap<>();
    private String storeMessage = "";
    private String needRestart = "";

    /** Logs what failed for the first time in this cycle, and what succeeded again. */
    void log(CycleReport report) {
        var logged = new HashSet<String>();
        for (CycleReport.Incident incident : report.incidents()) {
            if (logged.add(incident.what()) && isNew(incident)) {
                log(incident);
            }
        }
        for (String what : report.succeeded()) {
            if (messages.remove(what) != null) {
                LOG.info("{} works again", what);
            }
        }
        if (!storeMessage.isEmpty() && !report.didNothing()) {
            LOG.info("the database works again");
            storeMessage = "";
        }
    }

    /** Logs a failure of the database, which ended a cycle early. */
    void log(StoreException failure) {
        if (!failure.getMessage().equals(storeMessage)) {
            LOG.error("{}. {} Chatpress keeps trying.", failure.getMessage(), failure.hint());
            storeMessage = failure.getMessage();
        }
    }

    /** Logs the changed settings that only a restart applies. */
    void logRestartNeeded(Settings atStart, Settings current) {
        var keys = new ArrayList<String>();
        addIfChanged(
                keys, "slack.token", atStart.slack().token(), current.slack().token());
        addIfChanged(
                keys, "slack.api-url", atStart.slack().apiUrl(), current.slack().apiUrl());
        addIfChanged(
                keys,
                "slack.app-token",
                atStart.slack().appToken(),
                current.slack().appToken());
        addIfChanged(keys, "database", atStart.database(), current.database());
        String changed = String.join(", ", keys);
        if (!changed.isEmpty() && !changed.equals(needRestart)) {
            LOG.warn("restart Chatpress to apply changed settings: {}", changed);
        }
        needRestart = changed;
    }

    private static void addIfChanged(List<String> keys, String key, Object atStart, Object current) {
        if (!atStart.equals(current)) {
            keys.add(key);
        }
    }

    private boolean isNew(CycleReport.Incident incident) {
        String message = RemoteException.withoutRetryAfter(incident.message());
        return !message.equals(messages.put(incident.what(), message));
    }

    private static void log(CycleReport.Incident incident) {
        boolean isRejectedWithHint = incident.kind() == RemoteException.Kind.REJECTED
                && !incident.hint().isEmpty();
        if (incident.kind() == RemoteException.Kind.ACTION_REQUIRED || isRejectedWithHint) {
            LOG.error(incident.descriptionWithHint());
            return;
        }
        String hint = incident.hint().isEmpty() ? "" : ". " + incident.hint();
        LOG.warn("{}; will try again in a later cycle{}", incident.description(), hint);
    }
}
