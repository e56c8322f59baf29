package org.chatpress.slackexport;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Converts file uploads from before 2018. Their text is a sentence by Slack about the upload, followed by the author's
 * comment; today the text is the comment. Without a comment the sentence stays, as the message has no other text.
 */
final class LegacyFileMessages {
    private static final Pattern SENTENCE = Pattern.compile(
            "<@[A-Z0-9]+(\\|[^>]*)?> (uploaded|shared) an? (file|image): <[^>]*>( and commented: (?<comment>.*))?",
            Pattern.DOTALL);

    private LegacyFileMessages() {}

    /** The message in today's form; the same object unless it is such an upload. */
    static JsonNode upgrade(JsonNode message) {
        String subtype = message.path("subtype").asText("");
        boolean isShare = subtype.equals("file_share") || subtype.equals("file");
        boolean hasFiles =
                message.path("file").isObject() || !message.path("files").isEmpty();
        Matcher sentence = SENTENCE.matcher(message.path("text").asText(""));
        boolean isSentence = sentence.matches() && (isShare || (subtype.isEmpty() && hasFiles));
        if (!isSentence && !(isShare && message.path("file").isObject())) {
            return message;
        }

        ObjectNode modern = message.deepCopy();
        modern.remove("subtype");
        if (isSentence) {
            comment(message, sentence).ifPresent(comment -> modern.put("text", comment));
        }
        JsonNode file = modern.remove("file");
        if (file != null && !modern.has("files")) {
            modern.putArray("files").add(file);
        }
        return modern;
    }

    private static Optional<String> comment(JsonNode message, Matcher sentence) {
        return Stream.of(message.path("file"), message.path("files").path(0))
                .map(file -> file.path("initial_comment").path("comment").asText(""))
                .filter(comment -> !comment.isBlank())
                .findFirst()
                .or(() -> Optional.ofNullable(sentence.group("comment")))
                .filter(comment -> !comment.isBlank());
    }
}
