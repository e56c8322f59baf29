package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.EDITOR;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.chatpress.support.TestNewsroom.SLUG;
import static org.chatpress.support.TestNewsroom.approval;
import static org.chatpress.support.TestNewsroom.channel;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.chatpress.config.Webhook;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.model.ChannelId;
import org.chatpress.model.Json;
import org.chatpress.model.MessageTs;
import org.chatpress.render.json.ChatSource;
import org.chatpress.render.json.ChatSource.Change;
import org.chatpress.store.OutboxRepository.WebhookStatus;
import org.chatpress.support.FakeHttpService;
import org.chatpress.support.FakeHttpService.Answer;
import org.chatpress.support.FakeHttpService.Received;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Webhooks receive each public change, and nothing else. */
@Tag("slow")
class NotifyCycleTest extends WithNewsroom {
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String OTHER = "C0OTHER";

    /** The soak makes more. */
    private static final int CHANGES = Integer.getInteger("notify.changes", 1_500);

    private final FakeHttpService receiver = FakeHttpService.start();
    private final FakeHttpService hub = FakeHttpService.start().answers(request -> Answer.of(202));

    @BeforeEach
    void notifyTheReceiver() {
        newsroom.saysAtTheTop("notify: [%s]".formatted(webhook("")));
    }

    @AfterEach
    void closeReceivers() {
        receiver.close();
        hub.close();
    }

    private String webhook(String more) {
        return "{webhook: {url: \"%shook\", secret: %s%s}}".formatted(receiver.uri(), SECRET, more);
    }

    private String post(String text) {
        return newsroom.slack.post(CHANNEL, REPORTER, text);
    }

    private static JsonNode json(Received request) {
        return Json.parse(request.body());
    }

    /** What the receiver got: {@code published 1.2 Smith wins}. */
    private List<String> events() {
        return receiver.received().stream().map(NotifyCycleTest::line).toList();
    }

    private static String line(Received request) {
        JsonNode event = json(request);
        return (event.path("type").asText() + " "
                        + event.at("/data/message/id").asText() + " "
                        + event.at("/data/message/text").asText())
                .strip();
    }

    private WebhookStatus status() {
        Webhook webhook = newsroom.settings().webhooks().get(0);
        return newsroom.store().outbox().status(webhook.id());
    }

    // WHAT IS SENT

    @Test
    void eachChangeIsSentInItsOrder() {
        newsroom.cycle();
        String first = post("polls are closed");
        String second = post("Smith leads");
        newsroom.cycle();
        newsroom.slack.edit(CHANNEL, second, REPORTER, "Smith wins");
        newsroom.cycle();
        newsroom.slack.delete(CHANNEL, first);
        newsroom.cycle();
        newsroom.says("approval: none, closed: true").cycle();
        newsroom.says("approval: none").cycle();

        assertThat(events())
                .containsExactly(
                        "opened",
                        "published " + first + " polls are closed",
                        "published " + second + " Smith leads",
                        "changed " + second + " Smith wins",
                        "taken-down " + first,
                        "closed",
                        "opened");
        assertThat(receiver.received())
                .extracting(request -> json(request).at("/data/seq").asInt())
                .isSorted();
        assertThat(receiver.received())
                .extracting(request -> request.headers().get("webhook-id"))
                .doesNotHaveDuplicates();
        assertThat(status()).isEqualTo(WebhookStatus.NEW);
    }

    @Test
    void anEventHasTheMessageAsReadersSeeIt() {
        newsroom.saysAtTheTop("public-url: https://static.example/\nnotify: [%s]".formatted(webhook("")))
                .says("approval: none, page: https://news.example/night, formats: [html]");
        String ts = post("Smith *wins*");
        newsroom.cycle();

        JsonNode event = json(receiver.received().get(1));
        assertThat(event.path("timestamp").asText()).isEqualTo("2026-11-03T19:00:10Z");
        assertThat(event.at("/data/channel").toString())
                .isEqualTo("{\"id\":\"%s\",\"slug\":\"%s\",\"headline\":\"Election night\"}".formatted(CHANNEL, SLUG));
        assertThat(event.at("/data/url").asText()).isEqualTo("https://news.example/night#m-" + ts);
        assertThat(event.at("/data/message"))
                .isEqualTo(newsroom.reader().whole().at("/messages/0"));
    }

    @Test
    void aWebhookGetsTheEventsThatItAsksForOnly() {
        newsroom.saysAtTheTop("notify: [%s]".formatted(webhook(", events: [taken-down]")));
        String ts = post("Smith wins");
        newsroom.cycle();
        newsroom.slack.delete(CHANNEL, ts);
        newsroom.cycle();

        assertThat(events()).containsExactly("taken-down " + ts);
    }

    @Test
    void nothingIsSentOfWhatIsNotPublic() {
        newsroom.says(approval(""));
        post("secret that waits");
        String rejected = post("secret that was rejected");
        newsroom.slack.react(CHANNEL, rejected, EDITOR, "no_entry");
        String edited = post("Smith wins");
        newsroom.slack.react(CHANNEL, edited, EDITOR, "white_check_mark");
        newsroom.cycle();
        newsroom.slack.edit(CHANNEL, edited, REPORTER, "secret edit");
        newsroom.cycle();
        newsroom.slack.unreact(CHANNEL, edited, EDITOR, "white_check_mark");
        newsroom.cycle();

        assertThat(events()).containsExactly("opened", "published " + edited + " Smith wins", "taken-down " + edited);
        assertThat(receiver.received()).noneMatch(request -> request.body().contains("secret"));
    }

    @Test
    void ofAHiddenChatOnlyItsIdIsSent() {
        post("Smith wins");
        newsroom.cycle();
        receiver.forget();

        newsroom.lists(
                "{id: %s, slug: renamed, since: 2026-11-03T18:00:00Z, headline: secret, approval: none, hidden: true}"
                        .formatted(CHANNEL));
        newsroom.cycle();
        post("secret");
        newsroom.cycle();

        assertThat(receiver.received()).singleElement().satisfies(request -> {
            assertThat(json(request).path("type").asText()).isEqualTo("taken-down");
            assertThat(json(request).at("/data/channel").toString()).isEqualTo("{\"id\":\"%s\"}".formatted(CHANNEL));
        });
        newsroom.says("approval: none").cycle();
        assertThat(events()).endsWith("opened");
    }

    @Test
    void aMessageThatIsTakenDownBeforeItsEventIsSentIsSentAsTakenDownOnly() {
        newsroom.cycle();
        receiver.answers(request -> Answer.of(503));
        String ts = post("Smith wins");
        String other = post("turnout is high");
        newsroom.cycle();
        newsroom.slack.edit(CHANNEL, ts, REPORTER, "Smith leads");
        newsroom.cycle();
        newsroom.slack.delete(CHANNEL, ts);
        receiver.forget();
        newsroom.cycle();
        assertThat(status().pending()).isEqualTo(2);

        receiver.answers(request -> Answer.of(200));
        newsroom.clock.advance(Duration.ofHours(1));
        newsroom.cycle();

        assertThat(events())
                .endsWith("published " + other + " turnout is high", "taken-down " + ts)
                .noneMatch(event -> event.contains("Smith"));
        assertThat(status().pending()).isZero();
    }

    @Test
    void aMessageThatIsTakenDownWhileItsEventIsSentIsSentAsTakenDownToo() {
        String ts = changedWhileItsEventIsSent("taken-down", sent -> newsroom.slack.delete(CHANNEL, sent));

        assertThat(events()).containsExactly("published " + ts + " Smith wins", "taken-down " + ts);
    }

    @Test
    void aChatThatIsHiddenWhileAnEventIsSentIsSentAsTakenDownToo() {
        String ts = changedWhileItsEventIsSent("taken-down", sent -> newsroom.says("approval: none, hidden: true"));

        assertThat(events()).containsExactly("published " + ts + " Smith wins", "taken-down");
    }

    @Test
    void aChatThatLeavesTheSettingsWhileAnEventIsSentIsSentAsClosedToo() {
        newsroom.slack.channel(OTHER);
        String ts =
                changedWhileItsEventIsSent("closed", sent -> newsroom.lists(channel(OTHER, "other", "approval: none")));

        assertThat(events()).contains("published " + ts + " Smith wins", "closed");
        assertThat(receiver.received())
                .filteredOn(request -> request.body().contains(CHANNEL))
                .hasSize(2);
    }

    /** @return the message whose event was being sent during the change */
    private String changedWhileItsEventIsSent(String lastEvent, Consumer<String> change) {
        newsroom.worksBesideCycles()
                .saysAtTheTop("notify: [%s]".formatted(webhook(", events: [published, taken-down, closed]")));
        var isSending = new CountDownLatch(1);
        var isChanged = new CountDownLatch(1);
        var isReceived = new CountDownLatch(1);
        receiver.answers(request -> {
            String type = json(request).path("type").asText();
            if (type.equals("published")) {
                isSending.countDown();
                await(isChanged);
            } else if (type.equals(lastEvent)) {
                isReceived.countDown();
            }
            return Answer.of(200);
        });

        String ts = post("Smith wins");
        newsroom.cycle();
        await(isSending);
        change.accept(ts);
        newsroom.cycle();
        isChanged.countDown();

        await(isReceived);
        return ts;
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(8, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aChatWhoseNameAnotherOneTakesIsSentAsTakenDown() {
        newsroom.slack.channel(OTHER);
        post("Smith wins");
        newsroom.cycle();
        receiver.forget();

        newsroom.lists(channel(OTHER, SLUG, "approval: none"));
        newsroom.cycle();
        newsroom.cycle();

        assertThat(receiver.received())
                .extracting(request -> json(request).path("type").asText() + " "
                        + json(request).at("/data/channel").toString())
                .contains("taken-down {\"id\":\"%s\"}".formatted(CHANNEL))
                .noneMatch(event -> event.startsWith("closed"));
        assertThat(status().pending()).isZero();
    }

    // WHEN IT IS SENT

    @Test
    void anEventIsTriedAgainAfterFiveAndFifteenSecondsAndAtOnceAfterAStart() {
        newsroom.cycle();
        receiver.answers(request -> Answer.of(500)).forget();
        post("Smith wins");
        newsroom.cycleNow();
        assertThat(newsroom.cycleNow().isComplete()).isTrue();
        assertThat(receiver.received()).hasSize(1);
        newsroom.clock.advance(Duration.ofSeconds(5));
        CycleReport report = newsroom.cycleNow();
        assertThat(report.incidents())
                .singleElement()
                .satisfies(incident -> assertThat(incident.description())
                        .startsWith("webhook http://127.0.0.1:")
                        .endsWith(" answered HTTP 500"));
        newsroom.clock.advance(Duration.ofSeconds(14));
        newsroom.cycleNow();
        assertThat(receiver.received()).hasSize(2);
        newsroom.clock.advance(Duration.ofSeconds(1));
        newsroom.cycleNow();
        assertThat(receiver.received()).hasSize(3);

        newsroom.restart().cycleNow();
        assertThat(receiver.received())
                .hasSize(4)
                .extracting(request -> request.headers().get("webhook-id"))
                .containsOnly(receiver.received().get(0).headers().get("webhook-id"));
        assertThat(status().lastError()).contains("HTTP 500");
    }

    @Test
    void anEventIsGivenUpAfterADay() {
        newsroom.cycle();
        receiver.answers(request -> Answer.of(500));
        post("Smith wins");
        newsroom.cycle();
        newsroom.clock.advance(Duration.ofHours(25));
        newsroom.cycle();

        assertThat(status().pending()).isZero();
        assertThat(status().dropped()).isEqualTo(1);
        assertThat(status().lastError()).contains("HTTP 500");
    }

    @Test
    void aReceiverThatAsksToWaitIsTriedAgainAfterThatTime() {
        newsroom.cycle();
        receiver.answers(request -> Answer.of(429).with("Retry-After", "60"));
        post("Smith wins");
        newsroom.cycleNow();
        receiver.answers(request -> Answer.of(200)).forget();

        newsroom.clock.advance(Duration.ofSeconds(59));
        newsroom.cycleNow();
        assertThat(receiver.received()).isEmpty();
        newsroom.clock.advance(Duration.ofSeconds(1));
        newsroom.cycleNow();

        assertThat(receiver.received()).hasSize(1);
    }

    @Test
    void anEventIsTriedAgainAtOnceAfterTheClockWasSetBack() {
        newsroom.clock.advance(Duration.ofDays(2));
        newsroom.cycle();
        receiver.answers(request -> Answer.of(500));
        post("Smith wins");
        newsroom.cycleNow();

        newsroom.clock.advance(Duration.ofMinutes(-30));
        receiver.answers(request -> Answer.of(200));
        newsroom.cycleNow();

        assertThat(status()).isEqualTo(WebhookStatus.NEW);
    }

    @Test
    void anEventIsGivenUpADayAfterTheClockWasSetBack() {
        newsroom.clock.advance(Duration.ofDays(9));
        newsroom.cycle();
        receiver.answers(request -> Answer.of(500));
        post("Smith wins");
        newsroom.cycleNow();

        newsroom.clock.advance(Duration.ofDays(-8));
        newsroom.cycleNow();
        assertThat(status().dropped()).isZero();
        newsroom.clock.advance(Duration.ofHours(25));
        newsroom.cycleNow();

        assertThat(status().dropped()).isEqualTo(1);
    }

    @Test
    void aReceiverThatIsGoneGetsNothingUntilTheNextStart() {
        newsroom.cycle();
        receiver.answers(request -> Answer.of(410));
        post("Smith wins");
        newsroom.cycle();
        assertThat(status().isGone()).isTrue();
        receiver.answers(request -> Answer.of(200)).forget();
        post("turnout is high");
        newsroom.cycle();
        assertThat(receiver.received()).isEmpty();

        newsroom.restart().cycle();
        String ts = post("a recount");
        newsroom.cycle();
        assertThat(events()).containsExactly("published " + ts + " a recount");
    }

    @Test
    void aChannelDoesNotWaitForTheEventsOfAnother() {
        newsroom.slack.channel(OTHER);
        newsroom.lists(channel(CHANNEL, SLUG, "approval: none"), channel(OTHER, "other", "approval: none"));
        newsroom.cycle();
        receiver.answers(request -> Answer.of(request.body().contains(CHANNEL) ? 500 : 200))
                .forget();
        post("Smith wins");
        String ts = newsroom.slack.post(OTHER, REPORTER, "turnout is high");
        newsroom.cycle();

        assertThat(events()).contains("published " + ts + " turnout is high");
        assertThat(status().pending()).isEqualTo(1);
    }

    @Test
    void aSilentReceiverDelaysNoCycleAndNoEnd() {
        newsroom.cycle();
        receiver.silent(true);
        String ts = post("Smith wins");
        long start = System.nanoTime();
        newsroom.cycle();
        newsroom.slack.delete(CHANNEL, ts);
        newsroom.restart();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
    }

    /** As by cron: each process has one cycle. */
    @Test
    void aReceiverAndAHubThatDoNotAnswerDuringACycleAreReported() {
        newsroom.saysAtTheTop("public-url: https://static.example/\nnotify: [%s, websub: \"%s\"]"
                        .formatted(webhook(", events: [published]"), hub.uri()))
                .says("approval: none, formats: [atom]");
        receiver.silent(true);
        hub.silent(true);
        post("Smith wins");

        CycleReport report = newsroom.cycle();

        assertThat(report.incidents())
                .extracting(incident -> incident.description().replaceFirst(":\\d+", ""))
                .containsExactlyInAnyOrder(
                        "webhook http://127.0.0.1 does not answer in time",
                        "hub http://127.0.0.1 does not answer in time");
        assertThat(report.isComplete()).isFalse();
        assertThat(status().pending()).isEqualTo(1);
        assertThat(status().lastError()).endsWith(" does not answer in time");
    }

    @Test
    void aSilentReceiverDelaysNothingBesideTheCycles() {
        newsroom.worksBesideCycles();
        receiver.silent(true);
        post("Smith wins");
        long start = System.nanoTime();
        for (int i = 0; i < 5; i++) {
            newsroom.cycle();
        }
        newsroom.restart();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(9));
    }

    // IN THE LONG RUN

    /**
     * A receiver that fails, hangs, redirects and asks to wait knows in the end what readers see, each change once and in
     * order. Another one wants no more events after a while.
     */
    @Test
    @Tag("simulation")
    void aReceiverThatFailsOftenHearsOfThousandsOfChangesInOrder() {
        var random = new Random(19);
        newsroom.slack.channel(OTHER);
        newsroom.lists(channel(CHANNEL, SLUG, approval("")), channel(OTHER, "other", "approval: none"));
        var accepted = new ArrayList<JsonNode>();
        var ids = new HashSet<String>();
        List<String> wrong = new CopyOnWriteArrayList<>();
        var leaving = FakeHttpService.start();
        leaving.answers(request -> Answer.of(leaving.received().size() <= 100 ? 200 : 410));
        newsroom.saysAtTheTop(
                "notify: [%s, {webhook: {url: \"%s\", secret: %s}}]".formatted(webhook(""), leaving.uri(), SECRET));
        receiver.answers(request -> {
            JsonNode event = json(request);
            if (!isPublicNow(event)) {
                wrong.add(request.body());
            }
            int luck = random.nextInt(100);
            if (luck < 6) {
                return luck < 2
                        ? Answer.of(500)
                        : luck < 4 ? Answer.of(302) : Answer.of(429).with("Retry-After", "1");
            }
            if (ids.add(request.headers().get("webhook-id"))) {
                accepted.add(event);
                if (accepted.size() == CHANGES / 5) {
                    // Longer than a cycle waits
                    LockSupport.parkNanos(Duration.ofSeconds(7).toNanos());
                }
            }
            // Received, but the sender does not know
            return Answer.of(luck < 8 ? 502 : 200);
        });

        Map<String, Map<Long, Change>> changes = Map.of(CHANNEL, new TreeMap<>(), OTHER, new TreeMap<>());
        while (changes.values().stream().mapToInt(Map::size).sum() < CHANGES) {
            change(random, CHANNEL, 60);
            change(random, OTHER, 60);
            newsroom.cycle();
            changes.forEach((channel, log) ->
                    chat(channel).newestChanges(100).forEach(change -> log.put(change.seq(), change)));
        }
        for (int i = 0; i < 1_000 && status().pending() > 0; i++) {
            newsroom.clock.advance(Duration.ofMinutes(1));
            newsroom.cycle();
        }

        leaving.close();
        assertThat(leaving.received()).hasSize(101);
        assertThat(wrong).isEmpty();
        assertThat(status().pending()).isZero();
        assertThat(accepted).hasSizeGreaterThan(CHANGES / 2);
        for (String channel : List.of(CHANNEL, OTHER)) {
            List<JsonNode> ofChannel = accepted.stream()
                    .filter(event -> event.at("/data/channel/id").asText().equals(channel))
                    .toList();
            assertThat(ofChannel.stream()
                            .map(event -> event.at("/data/seq").asInt())
                            .toList())
                    .isSorted()
                    .doesNotHaveDuplicates();
            assertThat(heard(ofChannel)).isEqualTo(publicTexts(channel));
            Map<Long, Change> unheard = changes.get(channel);
            ofChannel.forEach(event -> unheard.remove(event.at("/data/seq").asLong()));
            assertThat(unheard.values())
                    .as("only what was taken down before it was sent")
                    .allMatch(change -> change.op().isPut()
                            && chat(channel).message(change.ts().orElseThrow()).isEmpty());
        }
    }

    private ChatSource chat(String channel) {
        return newsroom.store().publicMessages().chat(new ChannelId(channel));
    }

    private final Map<String, List<String>> posted = new HashMap<>();

    private void change(Random random, String channel, int times) {
        List<String> all = posted.computeIfAbsent(channel, any -> new ArrayList<>());
        Set<String> touched = new HashSet<>();
        for (int i = 0; i < times; i++) {
            if (all.size() < 50 || random.nextInt(3) == 0) {
                String ts = newsroom.slack.post(channel, REPORTER, "message " + random.nextInt(1_000_000));
                newsroom.slack.react(channel, ts, EDITOR, "white_check_mark");
                all.add(ts);
                continue;
            }
            String ts = all.get(all.size() - 1 - random.nextInt(50));
            if (!touched.add(ts)) {
                continue;
            }
            switch (random.nextInt(3)) {
                case 0 -> newsroom.slack.delete(channel, ts);
                case 1 -> newsroom.slack.react(channel, ts, EDITOR, "no_entry");
                default -> newsroom.slack.edit(channel, ts, REPORTER, "edit " + random.nextInt(1_000_000));
            }
            all.remove(ts);
        }
    }

    private boolean isPublicNow(JsonNode event) {
        String text = event.at("/data/message/text").asText();
        return text.isEmpty()
                || newsroom.store()
                        .publicMessages()
                        .message(
                                new ChannelId(event.at("/data/channel/id").asText()),
                                new MessageTs(event.at("/data/message/id").asText()))
                        .filter(message -> message.text().equals(text))
                        .isPresent();
    }

    private static Map<String, String> heard(List<JsonNode> events) {
        Map<String, String> texts = new TreeMap<>();
        for (JsonNode event : events) {
            String id = event.at("/data/message/id").asText();
            switch (event.path("type").asText()) {
                case "published", "changed" ->
                    texts.put(id, event.at("/data/message/text").asText());
                case "taken-down" -> texts.remove(id);
                default -> assertThat(id).isEmpty();
            }
        }
        return texts;
    }

    private Map<String, String> publicTexts(String channel) {
        Map<String, String> texts = new TreeMap<>();
        chat(channel)
                .messages(Optional.empty(), Optional.empty(), 10_000)
                .forEach(message -> texts.put(message.ts().value(), message.text()));
        return texts;
    }

    // HUBS

    @Test
    void aHubIsPingedForEachNewFeedThatIsThereAndTheFeedsNameIt() {
        newsroom.saysAtTheTop("public-url: https://static.example/\nnotify: [websub: \"%s\"]".formatted(hub.uri()))
                .says("approval: none, formats: [json-feed, atom]");
        post("Smith wins");
        newsroom.storage().full(true);
        newsroom.cycle();
        assertThat(hub.received()).isEmpty();

        newsroom.storage().full(false);
        newsroom.clock.advance(Duration.ofMinutes(5));
        newsroom.cycle();
        newsroom.cycle();

        assertThat(hub.received())
                .extracting(request -> URLDecoder.decode(request.body(), StandardCharsets.UTF_8))
                .containsExactly(ping("atom.xml"), ping("feed.json"));
        assertThat(hub.received().get(0).headers()).containsEntry("content-type", "application/x-www-form-urlencoded");
        assertThat(newsroom.storage().text(SLUG + "/feed.json"))
                .contains("\"hubs\":[{\"type\":\"WebSub\",\"url\":\"%s\"}]".formatted(hub.uri()));
        assertThat(newsroom.storage().text(SLUG + "/atom.xml"))
                .contains("<link rel=\"hub\" href=\"%s\"/>".formatted(hub.uri()));
    }

    @Test
    void aHubThatFailsIsPingedAgain() {
        newsroom.saysAtTheTop("public-url: https://static.example/\nnotify: [websub: \"%s\"]".formatted(hub.uri()))
                .says("approval: none, formats: [atom]");
        hub.answers(request -> Answer.of(503));
        post("Smith wins");
        assertThat(newsroom.cycle().incidents()).hasSize(1);

        hub.answers(request -> Answer.of(202));
        assertThat(newsroom.cycle().incidents()).isEmpty();

        assertThat(hub.received()).hasSize(2);
    }

    private static String ping(String file) {
        String url = "https://static.example/" + SLUG + "/" + file;
        return "hub.mode=publish&hub.topic=" + url + "&hub.url=" + url;
    }
}
