package org.chatpress.model.slack;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * An image among a message's files, as Slack describes it. The file name is not used: it may be anything.
 *
 * @param id Slack's id of the file
 * @param size in bytes; 0: unknown
 * @param url of the original in Slack; empty: unknown
 * @param thumbnail the URL of the largest thumbnail that Slack made; empty if there is none
 * @param width of the upright image; 0: unknown
 * @param height of the upright image; 0: unknown
 * @param alt the alternative text; may be empty
 */
public record SlackImageFile(String id, long size, String url, String thumbnail, int width, int height, String alt) {
    private static final int[] THUMBNAILS = {1024, 960, 800, 720, 480, 360};

    /** From this Exif orientation on, the image is stored on its side. */
    private static final int FIRST_SIDEWAYS_ORIENTATION = 5;

    /** Reads a file object; empty if it is not an image, or if Slack does not store the file. */
    public static Optional<SlackImageFile> of(JsonNode file) {
        boolean isImage =
                file.path("mimetype").asText("").startsWith("image/") || isStub(file); // which may be an image
        if (!isImage || !isStored(file)) {
            return Optional.empty();
        }
        Size size = size(file);
        return Optional.of(new SlackImageFile(
                file.path("id").asText(),
                file.path("size").asLong(0),
                firstText(file, "url_private_download", "url_private"),
                thumbnail(file),
                size.width,
                size.height,
                file.path("alt_txt").asText("")));
    }

    /** Whether Slack sent only the id, so that files.info has to be called, even to learn whether it is an image. */
    public boolean isStub() {
        return url.isEmpty();
    }

    /** A file of another workspace in a Slack Connect channel. */
    private static boolean isStub(JsonNode file) {
        return file.path("file_access").asText("").equals("check_file_info");
    }

    /** Whether Slack stores a file, under an id of capital letters and digits. */
    static boolean isStored(JsonNode file) {
        boolean isElsewhere = switch (file.path("mode").asText("")) {
            case "tombstone", "hidden_by_limit", "external" -> true;
            default -> file.path("is_external").asBoolean(false);
        };
        return !isElsewhere && file.path("id").asText("").matches("[A-Z0-9]{2,30}");
    }

    private static String thumbnail(JsonNode file) {
        return firstText(
                file, IntStream.of(THUMBNAILS).mapToObj(side -> "thumb_" + side).toArray(String[]::new));
    }

    private record Size(int width, int height) {}

    /**
     * Takes the orientation from the thumbnails, which are upright. The size of the original may be that of its stored
     * form.
     */
    private static Size size(JsonNode file) {
        int width = Math.max(0, file.path("original_w").asInt(0));
        int height = Math.max(0, file.path("original_h").asInt(0));
        for (int side : THUMBNAILS) {
            int thumbWidth = file.path("thumb_" + side + "_w").asInt(0);
            int thumbHeight = file.path("thumb_" + side + "_h").asInt(0);
            if (thumbWidth > 0 && thumbHeight > 0) {
                if (width == 0 || height == 0) {
                    return new Size(thumbWidth, thumbHeight);
                }
                boolean isSideways = (thumbWidth > thumbHeight) != (width > height);
                return isSideways ? new Size(height, width) : new Size(width, height);
            }
        }
        boolean isSideways = file.path("image_exif_rotation").asInt(1) >= FIRST_SIDEWAYS_ORIENTATION;
        return isSideways ? new Size(height, width) : new Size(width, height);
    }

    static String firstText(JsonNode file, String... members) {
        for (String member : members) {
            String text = file.path(member).asText("");
            if (!text.isEmpty()) {
                return text;
            }
        }
        return "";
    }
}
