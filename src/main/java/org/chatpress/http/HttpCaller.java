package org.chatpress.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.chatpress.error.ErrorMessages;
import org.chatpress.error.RemoteException;

/**
 * Sends HTTP requests with a time limit of ten seconds on the whole exchange. Follows no redirects: a request may carry a
 * token, and a redirect may lead into the private network. An interrupted thread gives up its request at once.
 */
public final class HttpCaller {
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int REQUEST_TIMEOUT = 408;

    /** Of one exchange, from the connection to the end of the response. */
    private static final Duration TIME_LIMIT = Duration.ofSeconds(10);

    /** Some servers send 0 while they still refuse requests. */
    private static final long MIN_RETRY_AFTER_SECONDS = 1;

    private HttpClient client;

    /**
     * A response.
     *
     * @param body its first 64 KiB as UTF-8
     * @param retryAfter what the header Retry-After says in seconds, and a second at least; empty if it is missing or a date
     */
    public record Response(int status, String body, Optional<Duration> retryAfter) {
        public boolean isSuccess() {
            return status / 100 == 2;
        }

        public boolean isRedirect() {
            return status / 100 == 3;
        }

        /** True if the same request may succeed later. */
        public boolean isTransient() {
            return status >= 500 || status == TOO_MANY_REQUESTS || status == REQUEST_TIMEOUT;
        }

        /** A failure that passes; after {@link #retryAfter} if the server says so. */
        public RemoteException transientFailure(String message) {
            return retryAfter
                    .map(wait -> RemoteException.transientFailure(message, wait))
                    .orElseGet(() -> RemoteException.transientFailure(message, (Throwable) null));
        }
    }

    /**
     * Sends a request and waits for the response.
     *
     * @param server names the server in messages; contains no secret
     * @throws RemoteException TRANSIENT if there is no complete response in time
     */
    public Response send(HttpRequest.Builder request, String server) {
        return begin(request, server).await();
    }

    /** Sends a request without waiting. */
    public Exchange begin(HttpRequest.Builder request, String server) {
        CompletableFuture<HttpResponse<String>> response =
                client().sendAsync(request.timeout(TIME_LIMIT).build(), head -> new LimitedBody());
        return new Exchange(response, server, System.nanoTime() + TIME_LIMIT.toNanos());
    }

    /** A request that is under way. */
    public static final class Exchange {
        private final CompletableFuture<HttpResponse<String>> response;
        private final String server;
        private final long deadline;

        private Exchange(CompletableFuture<HttpResponse<String>> response, String server, long deadline) {
            this.response = response;
            this.server = server;
            this.deadline = deadline;
        }

        /** @throws RemoteException TRANSIENT if there is no complete response in time */
        public Response await() {
            try {
                HttpResponse<String> answer =
                        response.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
                return new Response(answer.statusCode(), answer.body(), retryAfter(answer));
            } catch (TimeoutException e) {
                response.cancel(true);
                throw RemoteException.transientFailure(server + " does not answer in time", e);
            } catch (ExecutionException e) {
                String reason = e.getCause() instanceof IOException io ? ErrorMessages.describe(io) : "" + e.getCause();
                throw RemoteException.transientFailure(server + " does not answer: " + reason, e.getCause());
            } catch (InterruptedException e) {
                response.cancel(true);
                Thread.currentThread().interrupt();
                throw RemoteException.transientFailure("the request to " + server + " was interrupted", e);
            }
        }

        private static Optional<Duration> retryAfter(HttpResponse<?> response) {
            return response.headers()
                    .firstValue("Retry-After")
                    .filter(value -> value.matches("\\d{1,6}"))
                    .map(value -> Duration.ofSeconds(Math.max(MIN_RETRY_AFTER_SECONDS, Long.parseLong(value))));
        }
    }

    private synchronized HttpClient client() {
        if (client == null) {
            client = HttpClient.newBuilder()
                    .connectTimeout(TIME_LIMIT)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .build();
        }
        return client;
    }

    /** Collects the start of a body and ends the response there: a server may send without end. */
    private static final class LimitedBody implements BodySubscriber<String> {
        private static final int MAX_BYTES = 64 * 1024;

        private final CompletableFuture<String> text = new CompletableFuture<>();
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private Subscription subscription;

        @Override
        public CompletionStage<String> getBody() {
            return text;
        }

        @Override
        public void onSubscribe(Subscription started) {
            subscription = started;
            started.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> parts) {
            for (ByteBuffer part : parts) {
                var next = new byte[Math.min(part.remaining(), MAX_BYTES - bytes.size())];
                part.get(next);
                bytes.writeBytes(next);
            }
            if (bytes.size() == MAX_BYTES) {
                subscription.cancel();
                onComplete();
            }
        }

        @Override
        public void onError(Throwable failure) {
            text.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            text.complete(bytes.toString(StandardCharsets.UTF_8));
        }
    }
}
