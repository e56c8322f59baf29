package org.chatpress.purge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import org.chatpress.error.RemoteException;
import org.chatpress.http.HttpCaller;
import org.chatpress.http.HttpCaller.Response;
import org.chatpress.model.Json;

/**
 * Purges by URL through <a href="https://developers.cloudflare.com/cache/how-to/purge-cache/">Cloudflare's API</a>, which
 * takes 100 URLs in a request.
 */
final class CloudflarePurger implements CdnPurger {
    private static final int MAX_PER_REQUEST = 100;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final PurgeSettings.Cloudflare settings;
    private final HttpCaller http = new HttpCaller();

    CloudflarePurger(PurgeSettings.Cloudflare settings) {
        this.settings = settings;
    }

    @Override
    public String name() {
        return "Cloudflare";
    }

    /** Cloudflare counts a URL once for each Origin header. */
    @Override
    public int batchSize() {
        return MAX_PER_REQUEST / (1 + settings.origins().size());
    }

    @Override
    public PurgeResult purge(List<URI> urls) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        settings.apiUrl().resolve("zones/" + settings.zone() + "/purge_cache"))
                .POST(BodyPublishers.ofString(body(urls)))
                .setHeader("Authorization", "Bearer " + settings.token().reveal())
                .setHeader("Content-Type", "application/json");
        try {
            Response response = http.send(request, name());
            JsonNode answer = json(response);
            if (response.isSuccess() && answer.path("success").asBoolean()) {
                return PurgeResult.success(urls);
            }
            return PurgeResult.failure(failure(response, answer));
        } catch (RemoteException e) {
            return PurgeResult.failure(e);
        }
    }

    private String body(List<URI> urls) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ArrayNode files = body.putArray("files");
        for (URI url : urls) {
            files.add(url.toString());
            for (String origin : settings.origins()) {
                files.addObject()
                        .put("url", url.toString())
                        .putObject("headers")
                        .put("Origin", origin);
            }
        }
        return Json.of(body);
    }

    private static RemoteException failure(Response response, JsonNode answer) {
        JsonNode error = answer.at("/errors/0");
        String reason = error.isMissingNode()
                ? ""
                : ", error " + error.path("code").asInt() + ": "
                        + error.path("message").asText();
        String message = "Cloudflare answered HTTP " + response.status() + reason;
        if (response.isTransient()) {
            return response.transientFailure(message);
        }
        String hint = response.status() == 401 || response.status() == 403
                ? "Check purge.cloudflare.token: it needs the permission Zone, Cache Purge, Purge for this zone."
                : "Check purge.cloudflare.zone, and that public-url is in this zone.";
        return RemoteException.actionRequired(message, hint, null);
    }

    private static JsonNode json(Response response) {
        try {
            return JSON.readTree(response.body());
        } catch (IOException e) {
            return JSON.missingNode();
        }
    }
}
