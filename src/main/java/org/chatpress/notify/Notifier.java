package org.chatpress.notify;

import java.io.PrintWriter;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.chatpress.config.Settings;
import org.chatpress.config.Webhook;
import org.chatpress.config.Webhook.Event;
import org.chatpress.cycle.context.BackgroundWorker;
import org.chatpress.cycle.context.BackgroundWorkers;
import org.chatpress.cycle.context.CycleContext;
import org.chatpress.cycle.context.CycleMode.Background;
import org.chatpress.error.RemoteException;
import org.chatpress.model.PublicMessage;
import org.chatpress.render.formats.EventJson;
import org.chatpress.render.json.ChatSource;
import org.chatpress.store.OutboxRepository.FeedVersion;
import org.chatpress.store.OutboxRepository.QueuedEvent;
import org.chatpress.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends webhooks their events, and pings hubs for new feeds. */
public final class Notifier implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);

    private static final Duration FIRST_RETRY = Duration.ofSeconds(5);
    private static final Duration MAX_RETRY = Duration.ofHours(1);
    private static final int RETRY_FACTOR = 3;
    private static final int MAX_FACTORS = 7;

    private final Store store;
    private final Clock clock;
    private final Background mode;
    private final Optional<PrintWriter> dryRun;
    private final BackgroundWorkers<Record> workers;
    private Optional<Instant> lastRun = Optional.empty();

    /** @param dryRun where to print what would be sent; empty: it is sent */
    public Notifier(Store store, Clock clock, Background mode, Optional<PrintWriter> dryRun) {
        this.store = store;
        this.clock = clock;
        this.mode = mode;
        this.dryRun = dryRun;
        this.workers = new BackgroundWorkers<>("notify", mode);
    }

    /** Sends what there is to send, beside the cycles or for a few seconds, and reports what failed. */
    public void run(CycleContext context) {
        if (dryRun.isPresent()) {
            print(context.settings(), dryRun.get());
            return;
        }
        if (mode == Background.NEVER) {
            return;
        }
        workers.update(receivers(context.settings()));
        if (lastRun.isEmpty()) {
            store.outbox().retryGone();
        }
        if (lastRun.isEmpty() || context.now().isBefore(lastRun.get())) {
            // A wait until a time by the old clock could last as long as the clock was set back.
            store.outbox().retryAll();
        }
        lastRun = Optional.of(context.now());
        workers.start();
        workers.finish(context.report());
    }

    /** Gives up the requests in progress. */
    @Override
    public void close() {
        workers.close();
    }

    private Map<Record, Supplier<BackgroundWorker>> receivers(Settings settings) {
        Map<Record, Supplier<BackgroundWorker>> receivers = new HashMap<>();
        settings.webhooks().forEach(webhook -> receivers.put(webhook, () -> new WebhookWorker(webhook)));
        settings.publicUrl()
                .ifPresent(publicUrl -> settings.hubs().forEach(url -> {
                    var hub = new Hub(url, publicUrl);
                    receivers.put(hub, () -> new HubWorker(hub));
                }));
        return receivers;
    }

    /** 5, 15, 45 s and so on, up to an hour; longer than the retry interval if the server says so. */
    private static Duration retryWait(RemoteException failure, int earlierFailures) {
        Duration wait = FIRST_RETRY.multipliedBy((long) Math.pow(RETRY_FACTOR, Math.min(earlierFailures, MAX_FACTORS)));
        Duration asked = failure.retryAfter().orElse(Duration.ZERO);
        Duration longer = wait.compareTo(asked) < 0 ? asked : wait;
        return longer.compareTo(MAX_RETRY) < 0 ? longer : MAX_RETRY;
    }

    // WEBHOOKS

    private final class WebhookWorker extends BackgroundWorker {
        private final Webhook webhook;
        private final WebhookClient client;
        private QueuedEvent event;

        WebhookWorker(Webhook webhook) {
            super(webhook.name(), webhook.name());
            this.webhook = webhook;
            this.client = new WebhookClient(webhook);
        }

        /** Sends the next event. */
        @Override
        protected boolean step() {
            Optional<Delivery> next = next(webhook);
            if (next.isEmpty()) {
                return false;
            }
            event = next.get().event();
            if (next.get().body().isEmpty()) {
                store.outbox().remove(event);
            } else if (client.send(event.messageId(), next.get().body().get(), clock.instant())) {
                store.outbox().remove(event);
                store.outbox().recordSuccess(webhook.id());
            } else {
                store.outbox().recordGone(webhook.id(), webhook.name() + " answered HTTP 410");
                LOG.warn("{} answered 410 Gone; it gets no more events until the next start", webhook.name());
            }
            return true;
        }

        @Override
        protected void saveFailure(RemoteException failure) {
            Duration wait = retryWait(failure, event.failures());
            boolean isGivenUp = store.outbox().recordFailure(event, failure.messageWithHint(), clock.instant(), wait);
            if (isGivenUp) {
                LOG.error(
                        "the event {} of {} is given up after a day: {}",
                        name(event.event()),
                        event.channel(),
                        failure.messageWithHint());
            }
        }

        /** None: the outbox knows when to try an event again, and those of other channels do not wait for it. */
        @Override
        protected Duration waitAfter(RemoteException failure, int earlierFailures) {
            return Duration.ZERO;
        }
    }

    /** What to send; the body is empty if the message is no longer public. */
    private record Delivery(QueuedEvent event, Optional<byte[]> body) {}

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

    /** A hub, and where its feeds are. */
    private record Hub(URI url, URI publicUrl) {}

    private final class HubWorker extends BackgroundWorker {
        private final Hub hub;
        private final HubClient client;

        HubWorker(Hub hub) {
            super(HubClient.name(hub.url()), HubClient.name(hub.url()));
            this.hub = hub;
            this.client = new HubClient(hub.url());
        }

        /** Pings the hub for the next feed. */
        @Override
        protected boolean step() {
            List<FeedVersion> feeds = store.outbox().feedsToPing(hub.url());
            if (feeds.isEmpty()) {
                return false;
            }
            client.ping(hub.publicUrl().resolve(feeds.get(0).key().value()));
            store.outbox().recordPing(hub.url(), feeds.get(0));
            return true;
        }

        @Override
        protected void saveFailure(RemoteException failure) {
            store.outbox().recordFailedPing(hub.url(), failure.messageWithHint());
        }

        @Override
        protected Duration waitAfter(RemoteException failure, int earlierFailures) {
            return retryWait(failure, earlierFailures);
        }
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
                                    HubClient.name(hub), url.resolve(feed.key().value()))));
        }
    }
}
