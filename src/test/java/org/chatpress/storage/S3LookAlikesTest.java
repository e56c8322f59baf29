package org.chatpress.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.storage.StorageContract.KEY;
import static org.chatpress.storage.StorageContract.blob;
import static org.chatpress.storage.StorageContract.failureOf;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.chatpress.storage.Storage.Conditions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** Servers that speak S3, and treat conditions in their own ways. */
class S3LookAlikesTest {
    /** What a server makes of a put's If-Match. */
    private enum Manner {
        HONOURS,
        IGNORES,
        ANSWERS_412_ALWAYS,
        ANSWERS_501
    }

    private final Map<String, byte[]> objects = new ConcurrentHashMap<>();
    private final AtomicInteger conditionalPuts = new AtomicInteger();
    private volatile Manner manner = Manner.HONOURS;
    private volatile int answersToLose;
    private HttpServer server;
    private Storage mine;
    private Storage theirs;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                answer(exchange);
            }
        });
        server.start();
        mine = storage();
        theirs = storage();
    }

    @AfterEach
    void stop() {
        mine.close();
        theirs.close();
        server.stop(0);
    }

    @Test
    void oneThatAnswers412ToARightConditionIsGivenNoMoreConditions() {
        manner = Manner.ANSWERS_412_ALWAYS;

        for (String text : new String[] {"one", "two", "three", "four"}) {
            assertThat(mine.putUnlessChanged(blob(KEY, text))).isEmpty();
            assertThat(there()).isEqualTo(text);
        }

        assertThat(conditionalPuts).hasValue(1);
    }

    @Test
    void oneThatKnowsNoConditionsIsGivenNoMore() {
        manner = Manner.ANSWERS_501;

        for (String text : new String[] {"one", "two", "three"}) {
            assertThat(mine.putUnlessChanged(blob(KEY, text))).isEmpty();
            assertThat(there()).isEqualTo(text);
        }

        assertThat(conditionalPuts).hasValue(1);
    }

    @Test
    void oneThatIgnoresConditionsIsPutToAllTheSame() {
        manner = Manner.IGNORES;
        mine.putUnlessChanged(blob(KEY, "mine"));
        theirs.putUnlessChanged(blob(KEY, "theirs"));

        assertThat(mine.putUnlessChanged(blob(KEY, "mine again"))).isEmpty();

        assertThat(there()).isEqualTo("mine again");
    }

    @Test
    void aLostAnswerIsNoFalseAlarm() {
        mine.putUnlessChanged(blob(KEY, "one"));

        answersToLose = 1;
        assertThat(mine.putUnlessChanged(blob(KEY, "two"))).isEmpty();
        assertThat(there()).isEqualTo("two");

        answersToLose = Integer.MAX_VALUE;
        failureOf(() -> mine.putUnlessChanged(blob(KEY, "three")));
        answersToLose = 0;
        assertThat(there()).isEqualTo("three");
        assertThat(mine.changed(KEY)).isEmpty();
        assertThat(mine.putUnlessChanged(blob(KEY, "four"))).isEmpty();
        assertThat(there()).isEqualTo("four");

        theirs.putUnlessChanged(blob(KEY, "theirs"));
        assertThat(mine.putUnlessChanged(blob(KEY, "five"))).isPresent();
    }

    @Test
    void aTrialTellsThemApart() {
        assertThat(mine.conditions()).isEqualTo(Conditions.HONOURED);
        manner = Manner.IGNORES;
        assertThat(mine.conditions()).isEqualTo(Conditions.IGNORED);
        manner = Manner.ANSWERS_412_ALWAYS;
        assertThat(mine.conditions()).isEqualTo(Conditions.MISTAKEN);
        manner = Manner.ANSWERS_501;
        assertThat(mine.conditions()).isEqualTo(Conditions.IGNORED);
        assertThat(objects).isEmpty();
    }

    private Storage storage() {
        URI endpoint = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        return new S3Storage(
                new S3Settings("chats", "", Optional.empty(), Optional.of(endpoint), true, false),
                StaticCredentialsProvider.create(AwsBasicCredentials.create("key", "secret")));
    }

    private String there() {
        return new String(objects.get("/chats/" + KEY), StandardCharsets.UTF_8);
    }

    private synchronized void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        byte[] there = objects.get(path);
        switch (exchange.getRequestMethod()) {
            case "PUT" -> {
                byte[] body = exchange.getRequestBody().readAllBytes();
                String condition = exchange.getRequestHeaders().getFirst("If-Match");
                conditionalPuts.addAndGet(condition == null ? 0 : 1);
                int status = status(condition, there);
                if (status == 200) {
                    objects.put(path, body);
                    exchange.getResponseHeaders().set("ETag", etag(body));
                }
                if (losesAnswer()) {
                    return;
                }
                send(exchange, status, new byte[0]);
            }
            case "DELETE" -> {
                objects.remove(path);
                exchange.sendResponseHeaders(204, -1);
            }
            default -> {
                if (losesAnswer()) {
                    return;
                }
                if (there == null) {
                    send(exchange, 404, "<Error><Code>NoSuchKey</Code></Error>".getBytes(StandardCharsets.UTF_8));
                } else {
                    exchange.getResponseHeaders().set("ETag", etag(there));
                    send(exchange, 200, there);
                }
            }
        }
    }

    private boolean losesAnswer() {
        boolean lost = answersToLose > 0;
        answersToLose -= lost ? 1 : 0;
        return lost;
    }

    private int status(String condition, byte[] there) {
        if (condition == null) {
            return 200;
        }
        return switch (manner) {
            case HONOURS -> there != null && condition.equals(etag(there)) ? 200 : 412;
            case IGNORES -> 200;
            case ANSWERS_412_ALWAYS -> 412;
            case ANSWERS_501 -> 501;
        };
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    private static String etag(byte[] bytes) {
        return "\"" + new Blob(KEY, bytes, "", "").digest().substring(0, 32) + "\"";
    }
}
