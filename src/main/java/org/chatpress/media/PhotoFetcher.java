package org.chatpress.media;

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
import org.chatpress.error.ErrorMessages;
import org.chatpress.error.RemoteException;
import org.chatpress.media.UnsupportedImageException.Fallback;
import org.chatpress.media.model.PhotoRecord;
import org.chatpress.media.model.PhotoSettings.Cms;
import org.chatpress.media.model.ProcessedImage;
import org.chatpress.model.slack.SlackImageFile;
import org.chatpress.slack.SlackFiles;

/**
 * Takes one photo one stage further: out of Slack and through the darkroom, or to the question whether the CMS shows it.
 * What does not work is a {@link RemoteException}: REJECTED is for good.
 */
public final class PhotoFetcher {
    /** More than any phone's picture. */
    private static final int MOST_BYTES = 40 * 1024 * 1024;

    private static final int MOST_BYTES_OF_AN_ANSWER = 1024 * 1024;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** Slack makes its own copies in the moments after the upload. */
    private static final int TRIES_FOR_A_THUMBNAIL = 4;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final SlackFiles files;
    private HttpClient http;

    public PhotoFetcher(SlackFiles files) {
        this.files = files;
    }

    /** The photo as readers may have it. */
    public ProcessedImage fetch(PhotoRecord photo, int maxWidth) {
        SlackImageFile image = photo.image().isStub() ? files.file(photo.image().id()) : photo.image();
        byte[] bytes = files.download(image.url(), image.size(), MOST_BYTES);
        try {
            return ImageProcessor.process(bytes, photo.id(), maxWidth);
        } catch (UnsupportedImageException e) {
            if (e.fallback() == Fallback.NONE) {
                throw RemoteException.rejected(e.getMessage(), e);
            }
            return thumbnail(photo, e, maxWidth);
        }
    }

    /** What the CMS calls the photo; empty if it doesn't show it yet. */
    public Optional<String> lookUp(Cms cms, PhotoRecord photo) {
        CmsResponse answer = ask(cms.lookupUrl(photo.id()));
        return switch (answer.status()) {
            case 200 -> cms.field().isEmpty() ? Optional.of(photo.id()) : member(answer.body(), cms.field());
            case 404 -> Optional.empty();
            case 401, 403 ->
                throw RemoteException.actionRequired(
                        "the CMS answered HTTP " + answer.status(),
                        "Check photos.shown.ask, and let Chatpress in.",
                        null);
            default -> throw unavailable("the CMS answered HTTP " + answer.status(), null);
        };
    }

    /** Where readers find the photo. */
    public static String address(Cms cms, PhotoRecord photo, String found) {
        return cms.imageUrl(photo, found);
    }

    /** Fails, with a hint, if the CMS cannot be asked. */
    public void check(Cms cms) {
        ask(cms.lookupUrl("chatpress-check"));
    }

    /** Slack's own largest copy, where the original is in a format that we cannot read. */
    private ProcessedImage thumbnail(PhotoRecord photo, UnsupportedImageException why, int maxWidth) {
        SlackImageFile now;
        try {
            now = files.file(photo.image().id());
        } catch (RemoteException e) {
            if (e.kind() == RemoteException.Kind.REJECTED) {
                throw RemoteException.rejected(why.getMessage(), why);
            }
            throw e;
        }
        if (photo.image().size() > 0 && now.size() != photo.image().size()) {
            throw RemoteException.rejected("it was replaced after its approval", null);
        }
        if (now.thumbnail().isEmpty()) {
            if (photo.state().tries() < TRIES_FOR_A_THUMBNAIL) {
                throw unavailable(why.getMessage() + ", and Slack has no copy of it yet", why);
            }
            throw RemoteException.rejected(why.getMessage(), why);
        }
        try {
            return ImageProcessor.process(files.download(now.thumbnail(), 0, MOST_BYTES), photo.id(), maxWidth);
        } catch (UnsupportedImageException e) {
            throw RemoteException.rejected("Slack's copy cannot be used: " + e.getMessage(), e);
        }
    }

    private record CmsResponse(int status, byte[] body) {}

    private CmsResponse ask(String question) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(question))
                    .timeout(TIMEOUT)
                    .build();
            HttpResponse<InputStream> response = http().send(request, BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                return new CmsResponse(response.statusCode(), read(body));
            }
        } catch (IOException e) {
            throw unavailable("the CMS does not answer: " + ErrorMessages.describe(e), e);
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

    private static RemoteException unavailable(String message, Throwable cause) {
        return RemoteException.transientFailure(message, cause);
    }
}
