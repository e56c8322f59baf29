package org.chatpress.slackexport;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Uploads as Slack told them until 2018: the text is a sentence of Slack's own about who uploaded what, with the
 * author's words at its end. Today the text is the author's words, and so it is made here. Where the author said
 * nothing the sentence stays: it is all that readers can see of the message.
 */
final class LegacyFileMessages {
    private static final Pattern SENTENCE = Pattern.compile(
            "<@[A-Z0-9]+(\\|[^>]*)?> (uploaded|shared) an? (file|image): <[^>]*>( and commented: (?<comment>.*))?",
            Pattern.DOTALL);

    private LegacyFileMessages() {}

    /** The message as Slack would tell it today; the same object if it has nothing of an old upload. */
    static JsonNode upgrade(JsonNode message) {
        String subtype = message.path("subtype").asText("");
        boolean share = subtype.equals("file_share") || subtype.equals("file");
        boolean hasFiles =
                message.path("file").isObject() || !message.path("files").isEmpty();
        Matcher sentence = SENTENCE.matcher(message.path("text").asText(""));
        boolean announced = sentence.matches() && (share || (subtype.isEmpty() && hasFiles));
        if (!announced && !(share && message.path("file").isObject())) {
            return message;
        }

        ObjectNode modern = message.deepCopy();
        modern.remove("subtype");
        if (announced) {
            words(message, sentence).ifPresent(words -> modern.put("text", words));
        }
        JsonNode file = modern.remove("file");
        if (file != null && !modern.has("files")) {
            modern.putArray("files").add(file);
        }
        return modern;
    }

    private static Optional<String> words(JsonNode message, Matcher sentence) {
        return Stream.of(message.path("file"), message.path("files").path(0))
                .map(file -> file.path("initial_comment").path("comment").asText(""))
                .filter(comment -> !comment.isBlank())
                .findFirst()
                .or(() -> Optional.ofNullable(sentence.group("comment")))
                .filter(words -> !words.isBlank());
    }
}
