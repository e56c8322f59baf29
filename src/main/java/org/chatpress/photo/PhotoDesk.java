package org.chatpress.photo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.chatpress.failure.Reason;
import org.chatpress.failure.RemoteFailure;
import org.chatpress.model.ImageFile;
import org.chatpress.photo.PhotoSettings.Cms;
import org.chatpress.photo.Unprintable.Remedy;
import org.chatpress.slack.Slack;

/**
 * Takes one photo one stage further: out of Slack and through the darkroom, or to the question whether the CMS shows it.
 * What does not work is a {@link RemoteFailure}: REFUSED is for good.
 */
public final class PhotoDesk {
    /** More than any phone's picture. */
    private static final int MOST_BYTES = 40 * 1024 * 1024;

    private static final int MOST_BYTES_OF_AN_ANSWER = 1024 * 1024;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** Slack makes its own copies in the moments after the upload. */
    private static final int TRIES_FOR_A_THUMBNAIL = 4;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Slack slack;
    private HttpClient http;

    public PhotoDesk(Slack slack) {
        this.slack = slack;
    }

    /** The photo as readers may have it. */
    public Print print(Shot shot, int maxWidth) {
        ImageFile image = shot.image().isStub() ? slack.file(shot.image().id()) : shot.image();
        byte[] bytes = slack.download(image.url(), image.size(), MOST_BYTES);
        try {
            return Darkroom.develop(bytes, shot.id(), maxWidth);
        } catch (Unprintable e) {
            if (e.remedy() == Remedy.NONE) {
                throw RemoteFailure.refused(e.getMessage(), e);
            }
            return thumbnail(shot, e, maxWidth);
        }
    }

    /** What the CMS calls the photo; empty if it doesn't show it yet. */
    public Optional<String> found(Cms cms, Shot shot) {
        Answer answer = ask(cms.question(shot.id()));
        return switch (answer.status()) {
            case 200 -> cms.field().isEmpty() ? Optional.of(shot.id()) : member(answer.body(), cms.field());
            case 404 -> Optional.empty();
            case 401, 403 ->
                throw RemoteFailure.denied(
                        "the CMS answered HTTP " + answer.status(),
                        "Check photos.shown.ask, and let Chatpress in.",
                        null);
            default -> throw unavailable("the CMS answered HTTP " + answer.status(), null);
        };
    }

    /** Where readers find the photo. */
    public static String address(Cms cms, Shot shot, String found) {
        return cms.address(shot, found);
    }

    /** Fails, with a hint, if the CMS cannot be asked. */
    public void check(Cms cms) {
        ask(cms.question("chatpress-check"));
    }

    /** Slack's own largest copy, where the original is in a format that we cannot read. */
    private Print thumbnail(Shot shot, Unprintable why, int maxWidth) {
        ImageFile now;
        try {
            now = slack.file(shot.image().id());
        } catch (RemoteFailure e) {
            if (e.kind() == RemoteFailure.Kind.REFUSED) {
                throw RemoteFailure.refused(why.getMessage(), why);
            }
            throw e;
        }
        if (shot.image().size() > 0 && now.size() != shot.image().size()) {
            throw RemoteFailure.refused("it was replaced after its approval", null);
        }
        if (now.thumbnail().isEmpty()) {
            if (shot.trip().tries() < TRIES_FOR_A_THUMBNAIL) {
                throw unavailable(why.getMessage() + ", and Slack has no copy of it yet", why);
            }
            throw RemoteFailure.refused(why.getMessage(), why);
        }
        try {
            return Darkroom.develop(slack.download(now.thumbnail(), 0, MOST_BYTES), shot.id(), maxWidth);
        } catch (Unprintable e) {
            throw RemoteFailure.refused("Slack's copy cannot be used: " + e.getMessage(), e);
        }
    }

    private record Answer(int status, byte[] body) {}

    private Answer ask(String question) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(question))
                    .timeout(TIMEOUT)
                    .build();
            HttpResponse<InputStream> response = http().send(request, BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                return new Answer(response.statusCode(), read(body));
            }
        } catch (IOException e) {
            throw unavailable("the CMS does not answer: " + Reason.of(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable("the CMS was not waited for", e);
        }
    }

    /** The request's timeout is over once an answer has begun, and it may fall silent in the middle. */
    private static byte[] read(InputStream body) throws IOException, InterruptedException {
        var reading = new FutureTask<>(() -> body.readNBytes(MOST_BYTES_OF_AN_ANSWER));
        var thread = new Thread(reading, "cms");
        thread.setDaemon(true);
        thread.start();
        try {
            return reading.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("half an answer", e);
        }
    }

    private synchronized HttpClient http() {
        if (http == null) {
            http = HttpClient.newBuilder()
                    .connectTimeout(TIMEOUT)
                    .followRedirects(HttpClient.Redirect.NORMAL)
                    .build();
        }
        return http;
    }

    /** The member's value, wherever in the answer it is. */
    private static Optional<String> member(byte[] body, String name) {
        try {
            JsonNode value = JSON.readTree(body).findValue(name);
            return Optional.ofNullable(value)
                    .filter(JsonNode::isValueNode)
                    .filter(scalar -> !scalar.isNull())
                    .map(JsonNode::asText)
                    .filter(text -> !text.isBlank());
        } catch (IOException e) {
            throw unavailable("the CMS answered something else than JSON", null);
        }
    }

    private static RemoteFailure unavailable(String message, Throwable cause) {
        return RemoteFailure.unavailable(message, cause);
    }
}
