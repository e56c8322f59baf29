package org.chatpress.model.slack;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * An image among a message's files, as Slack tells it. Its name is never used: it is whatever somebody typed.
 *
 * @param id Slack's id of the file
 * @param size in bytes; 0 where Slack doesn't say
 * @param url where Slack keeps it; empty where Slack doesn't say
 * @param thumbnail where Slack keeps the largest copy that it made itself; empty if it made none
 * @param width upright, as far as Slack says; 0 where it doesn't
 * @param height likewise
 * @param alt what it shows; may be empty
 */
public record SlackImageFile(String id, long size, String url, String thumbnail, int width, int height, String alt) {
    private static final int[] THUMBNAILS = {1024, 960, 800, 720, 480, 360};

    /** Exif says by these and higher ones that the picture lies on its side. */
    private static final int LIES_ON_ITS_SIDE = 5;

    /** Reads a file object; empty if it is no image, or none whose bytes Slack has. */
    public static Optional<SlackImageFile> of(JsonNode file) {
        String id = file.path("id").asText("");
        boolean isImage = file.path("mimetype").asText("").startsWith("image/") || isStub(file); // it may be one
        if (!id.matches("[A-Z0-9]{2,30}") || !isImage || isElsewhere(file)) {
            return Optional.empty();
        }
        Size size = size(file);
        return Optional.of(new SlackImageFile(
                id,
                file.path("size").asLong(0),
                firstText(file, "url_private_download", "url_private"),
                thumbnail(file),
                size.width,
                size.height,
                file.path("alt_txt").asText("")));
    }

    /** True where Slack tells nothing but the id before it is asked for the file: not even whether it is an image. */
    public boolean isStub() {
        return url.isEmpty();
    }

    /** A file from another organisation's part of a shared channel. */
    private static boolean isStub(JsonNode file) {
        return file.path("file_access").asText("").equals("check_file_info");
    }

    private static boolean isElsewhere(JsonNode file) {
        return switch (file.path("mode").asText("")) {
            case "tombstone", "hidden_by_limit", "external" -> true;
            default -> file.path("is_external").asBoolean(false);
        };
    }

    private static String thumbnail(JsonNode file) {
        return firstText(
                file, IntStream.of(THUMBNAILS).mapToObj(side -> "thumb_" + side).toArray(String[]::new));
    }

    private record Size(int width, int height) {}

    /** Slack's copies are upright; whether the sizes of the original are, it doesn't say. */
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
                boolean turned = (thumbWidth > thumbHeight) != (width > height);
                return turned ? new Size(height, width) : new Size(width, height);
            }
        }
        boolean turned = file.path("image_exif_rotation").asInt(1) >= LIES_ON_ITS_SIDE;
        return turned ? new Size(height, width) : new Size(width, height);
    }

    private static String firstText(JsonNode file, String... members) {
        for (String member : members) {
            String text = file.path(member).asText("");
            if (!text.isEmpty()) {
                return text;
            }
        }
        return "";
    }
}
