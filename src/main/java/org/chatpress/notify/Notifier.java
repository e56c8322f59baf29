package org.chatpress.notify;

import java.io.PrintWriter;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.chatpress.config.Settings;
import org.chatpress.config.Webhook;
import org.chatpress.config.Webhook.Event;
import org.chatpress.cycle.context.CycleContext;
import org.chatpress.cycle.context.CycleMode.Background;
import org.chatpress.error.RemoteException;
import org.chatpress.model.DaemonThreadFactory;
import org.chatpress.model.PublicMessage;
import org.chatpress.render.formats.EventJson;
import org.chatpress.render.json.ChatSource;
import org.chatpress.store.OutboxRepository.FeedVersion;
import org.chatpress.store.OutboxRepository.QueuedEvent;
import org.chatpress.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends webhooks their events, and pings hubs for new feeds, each receiver on a thread of its own: one that does not answer
 * delays neither a cycle nor another receiver.
 */
public final class Notifier implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);

    private static final Duration MAX_IN_CYCLE = Duration.ofSeconds(5);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(5);
    private static final Duration MAX_RETRY = Duration.ofHours(1);
    private static final int RETRY_FACTOR = 3;
    private static final int MAX_FACTORS = 7;

    private final Store store;
    private final Clock clock;
    private final Background mode;
    private final Optional<PrintWriter> dryRun;
    private final Map<Receiver, Worker> workers = new HashMap<>();
    private final ExecutorService threads = Executors.newCachedThreadPool(new DaemonThreadFactory("notify"));
    private boolean isStarted;

    /** @param dryRun where to print what would be sent; empty: it is sent */
    public Notifier(Store store, Clock clock, Background mode, Optional<PrintWriter> dryRun) {
        this.store = store;
        this.clock = clock;
        this.mode = mode;
        this.dryRun = dryRun;
    }

    /** A webhook, or a hub and where its feeds are. Exactly one of the two is present. */
    private record Receiver(Optional<Webhook> webhook, Optional<URI> hub, Optional<URI> publicUrl) {}

    /** Sends what there is to send, beside the cycles or for a few seconds, and reports what failed. */
    public void run(CycleContext context) {
        if (dryRun.isPresent()) {
            print(context.settings(), dryRun.get());
            return;
        }
        if (mode == Background.NEVER) {
            return;
        }
        updateWorkers(context.settings());
        if (!isStarted) {
            store.outbox().retryAll();
            isStarted = true;
        }
        boolean isWithinCycle = mode == Background.WITHIN_CYCLE;
        workers.values().forEach(worker -> worker.start(threads, isWithinCycle));
        long end = System.nanoTime() + MAX_IN_CYCLE.toNanos();
        if (isWithinCycle && !workers.values().stream().allMatch(worker -> worker.hasEnded(end))) {
            context.report().deferWork();
        }
        workers.values().forEach(worker -> context.report().addAll(worker.takeDone()));
    }

    /** Gives up the requests in progress. */
    @Override
    public void close() {
        workers.values().forEach(Worker::close);
        threads.shutdownNow();
    }

    private void updateWorkers(Settings settings) {
        Set<Receiver> receivers = new HashSet<>();
        settings.webhooks()
                .forEach(webhook ->
                        receivers.add(new Receiver(Optional.of(webhook), Optional.empty(), Optional.empty())));
        settings.publicUrl()
                .ifPresent(url -> settings.hubs()
                        .forEach(hub ->
                                receivers.add(new Receiver(Optional.empty(), Optional.of(hub), Optional.of(url)))));
        workers.entrySet().removeIf(entry -> {
            boolean isRemoved = !receivers.contains(entry.getKey());
            if (isRemoved) {
                entry.getValue().close();
            }
            return isRemoved;
        });
        receivers.forEach(receiver -> workers.computeIfAbsent(receiver, this::worker));
    }

    private Worker worker(Receiver receiver) {
        if (receiver.webhook().isPresent()) {
            Webhook webhook = receiver.webhook().get();
            var client = new WebhookClient(webhook);
            // The outbox knows when to try an event again; those of other channels do not wait for it.
            return new Worker(webhook.name(), () -> sendNext(webhook, client), failures -> Duration.ZERO);
        }
        var client = new HubClient(receiver.hub().orElseThrow());
        return new Worker(
                client.name(),
                () -> pingNext(receiver.hub().get(), receiver.publicUrl().orElseThrow(), client),
                Notifier::waitAfter);
    }

    // WEBHOOKS

    /** What to send; the body is empty if the message is no longer public. */
    private record Delivery(QueuedEvent event, Optional<byte[]> body) {}

    /** Sends a webhook its next event. Returns false if there is none. */
    private boolean sendNext(Webhook webhook, WebhookClient client) {
        Optional<Delivery> next = next(webhook);
        if (next.isEmpty()) {
            return false;
        }
        QueuedEvent event = next.get().event();
        if (next.get().body().isEmpty()) {
            store.outbox().remove(event);
            return true;
        }
        try {
            if (client.send(event.messageId(), next.get().body().get(), clock.instant())) {
                store.outbox().remove(event);
                store.outbox().recordSuccess(webhook.id());
            } else {
                store.outbox().recordGone(webhook.id(), webhook.name() + " answered HTTP 410");
                LOG.warn("{} answered 410 Gone; it gets no more events until the next start", webhook.name());
            }
            return true;
        } catch (RemoteException e) {
            if (!Thread.currentThread().isInterrupted()) {
                recordFailure(webhook, event, e);
            }
            throw e;
        }
    }

    private void recordFailure(Webhook webhook, QueuedEvent event, RemoteException e) {
        Duration wait = wait(event.failures(), e);
        boolean isGivenUp = store.outbox().recordFailure(event, e.messageWithHint(), clock.instant(), wait);
        if (isGivenUp) {
            LOG.error("{} did not receive an event within a day; it is given up", webhook.name());
        }
    }

    /** Reads the event and the text together, so that a takedown comes before or after both. */
    private Optional<Delivery> next(Webhook webhook) {
        return store.readInTransaction(() ->
                store.outbox().next(webhook.id(), clock.instant()).map(event -> new Delivery(event, body(event))));
    }

    private Optional<byte[]> body(QueuedEvent event) {
        String type = name(event.event());
        if (event.event() == Event.TAKEN_DOWN) {
            return Optional.of(EventJson.ofTakedown(type, event.createdAt(), event.channel(), event.seq(), event.ts()));
        }
        ChatSource chat = store.publicMessages().chat(event.channel());
        Optional<PublicMessage> message = event.ts().flatMap(chat::message);
        return message.isEmpty() && event.ts().isPresent()
                ? Optional.empty()
                : Optional.of(EventJson.ofPublic(type, event.createdAt(), chat, event.seq(), message));
    }

    /** As in channels.yml. */
    private static String name(Event event) {
        return event.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    // HUBS

    /** Pings a hub for a feed. Returns false if there is none. */
    private boolean pingNext(URI hub, URI publicUrl, HubClient client) {
        List<FeedVersion> feeds = store.outbox().feedsToPing(hub);
        if (feeds.isEmpty()) {
            return false;
        }
        client.ping(publicUrl.resolve(feeds.get(0).key().value()));
        store.outbox().recordPing(hub, feeds.get(0));
        return true;
    }

    // DRY RUN

    private void print(Settings settings, PrintWriter out) {
        for (Webhook webhook : settings.webhooks()) {
            for (Optional<Delivery> next = next(webhook); next.isPresent(); next = next(webhook)) {
                QueuedEvent event = next.get().event();
                out.printf(
                        "would send %s of %s%s to %s%n",
                        name(event.event()),
                        event.channel(),
                        event.ts().map(ts -> " " + ts).orElse(""),
                        webhook.name());
                store.outbox().remove(event);
            }
        }
        for (URI hub : settings.hubs()) {
            settings.publicUrl()
                    .ifPresent(url -> store.outbox()
                            .feedsToPing(hub)
                            .forEach(feed -> out.printf(
                                    "would ping %s for %s%n",
                                    new HubClient(hub).name(),
                                    url.resolve(feed.key().value()))));
        }
    }

    /** Longer than the retry interval if the server says so. */
    private static Duration wait(int earlierFailures, RemoteException e) {
        Duration wait = waitAfter(earlierFailures);
        Duration asked = e.retryAfter().orElse(Duration.ZERO);
        Duration longer = wait.compareTo(asked) < 0 ? asked : wait;
        return longer.compareTo(MAX_RETRY) < 0 ? longer : MAX_RETRY;
    }

    /** 5, 15, 45 s and so on, up to an hour. */
    private static Duration waitAfter(int earlierFailures) {
        long factor = (long) Math.pow(RETRY_FACTOR, Math.min(earlierFailures, MAX_FACTORS));
        Duration wait = FIRST_RETRY.multipliedBy(factor);
        return wait.compareTo(MAX_RETRY) < 0 ? wait : MAX_RETRY;
    }
}
