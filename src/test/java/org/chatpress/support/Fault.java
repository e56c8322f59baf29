package org.chatpress.support;

import java.time.Duration;
import java.util.Arrays;
import java.util.function.Supplier;
import org.chatpress.support.HttpListener.Response;

/** What may go wrong with one call of a {@link FakeSlackServer}. */
public final class Fault {
    /** A 429 that doesn't say how long to wait. */
    public static final Fault TOO_MANY = new Fault("TOO_MANY", well -> notOkWith(429, "ratelimited"));

    public static final Fault SERVER_ERROR =
            new Fault("SERVER_ERROR", well -> Response.of(500, "text/plain", "upstream secret-body"));

    /** A login or maintenance page, with status 200. */
    public static final Fault HTML_PAGE = new Fault(
            "HTML_PAGE", well -> Response.of(200, "text/html; charset=utf-8", "<!DOCTYPE html><p>secret-body</p>"));

    /** The connection breaks in the middle of the answer; Slack has done what was asked. */
    public static final Fault HALF_ANSWER = new Fault("HALF_ANSWER", well -> {
        Response whole = well.get();
        return new Response(whole.status(), whole.headers(), half(whole.body()), whole.body().length);
    });

    /** The first half of the JSON, as if it were all; Slack has done what was asked. */
    public static final Fault HALF_JSON = new Fault("HALF_JSON", well -> {
        Response whole = well.get();
        byte[] half = half(whole.body());
        return new Response(whole.status(), whole.headers(), half, half.length);
    });

    /** The connection is reset without an answer. */
    public static final Fault RESET = new Fault("RESET", well -> Response.NONE);

    /** {@code ok}, and no messages. */
    public static final Fault EMPTY_PAGE = new Fault("EMPTY_PAGE", well -> json("""
            {"ok": true, "messages": [], "has_more": false}"""));

    /** No messages, although there are more. */
    public static final Fault EMPTY_PAGE_OF_MORE = new Fault("EMPTY_PAGE_OF_MORE", well -> json("""
            {"ok": true, "messages": [], "has_more": true}"""));

    /** Status 200 and nothing else. */
    public static final Fault EMPTY_BODY = new Fault("EMPTY_BODY", well -> json(""));

    private final String name;
    private final Answering answering;

    private interface Answering {
        Response instead(Supplier<Response> well);
    }

    private Fault(String name, Answering answering) {
        this.name = name;
        this.answering = answering;
    }

    /** A 429 that says how long to wait. */
    public static Fault tooMany(int retryAfterSeconds) {
        return new Fault(
                "TOO_MANY " + retryAfterSeconds,
                well -> notOkWith(429, "ratelimited").with("Retry-After", String.valueOf(retryAfterSeconds)));
    }

    /** {@code ok: false} with this error. */
    public static Fault notOk(String error) {
        return new Fault("NOT_OK " + error, well -> notOkWith(200, error));
    }

    /** Any status, without JSON. */
    public static Fault status(int status) {
        return new Fault("STATUS " + status, well -> Response.of(status, "text/plain", "secret-body"));
    }

    /** Any status, with JSON. */
    public static Fault status(int status, String json) {
        return new Fault("STATUS " + status, well -> Response.of(status, "application/json", json));
    }

    /** A redirect, as a captive portal sends it. */
    public static Fault redirectTo(String location) {
        return new Fault("REDIRECT", well -> Response.of(302, "text/plain", "").with("Location", location));
    }

    /** Any answer with status 200 that a test wants. */
    public static Fault answer(String json) {
        return new Fault("ANSWER", well -> json(json));
    }

    /** The right answer, but so late. */
    public static Fault slow(Duration delay) {
        return new Fault("SLOW " + delay, well -> {
            try {
                Thread.sleep(delay.toMillis());
            } catch (InterruptedException e) {
                return Response.NONE; // the fake is being closed
            }
            return well.get();
        });
    }

    /** Something happens when the call arrives; Slack does nothing, and the connection is reset. */
    public static Fault before(Runnable event) {
        return new Fault("BEFORE", well -> {
            event.run();
            return Response.NONE;
        });
    }

    /** Something happens when Slack has done what was asked, and before it answers. */
    public static Fault after(Runnable event) {
        return new Fault("AFTER", well -> {
            Response answer = well.get();
            event.run();
            return answer;
        });
    }

    Response instead(Supplier<Response> well) {
        return answering.instead(well);
    }

    @Override
    public String toString() {
        return name;
    }

    private static Response notOkWith(int status, String error) {
        return Response.of(status, "application/json", "{\"ok\": false, \"error\": \"" + error + "\"}");
    }

    private static Response json(String body) {
        return Response.of(200, "application/json; charset=utf-8", body);
    }

    private static byte[] half(byte[] body) {
        return Arrays.copyOf(body, body.length / 2);
    }
}
