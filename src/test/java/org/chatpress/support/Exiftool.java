package org.chatpress.support;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What exiftool (Debian: libimage-exiftool-perl) finds in a picture: a reader that no code of ours has a part in. */
public final class Exiftool {
    private Exiftool() {}

    /** Skips the test where there is no exiftool; in a build that sets CI there must be one. */
    public static void isNeeded() {
        boolean isThere = isThere();
        if (!isThere && System.getenv("CI") != null) {
            throw new AssertionError("no exiftool: apt-get install libimage-exiftool-perl");
        }
        assumeTrue(isThere, "no exiftool: apt-get install libimage-exiftool-perl");
    }

    /** Every tag that is written in the file, by group and name; what only describes the file itself is left out. */
    public static Map<String, String> tags(byte[] picture) {
        var tags = new TreeMap<String, String>();
        for (String line : output(picture, "-a", "-G1", "-s", "-u", "-ee", "-").split("\n", -1)) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                tags.put(
                        line.substring(0, colon).strip(),
                        line.substring(colon + 1).strip());
            }
        }
        tags.keySet().removeIf(tag -> tag.matches("\\[(System|File|ExifTool|Composite|JFIF|PNG|GIF)] .*"));
        return tags;
    }

    /** What {@code exiftool -ProductID} prints. */
    public static String productId(byte[] picture) {
        return output(picture, "-s3", "-ProductID", "-").strip();
    }

    private static boolean isThere() {
        try {
            return new ProcessBuilder("exiftool", "-ver").start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static String output(byte[] picture, String... arguments) {
        try {
            var command = new ArrayList<>(List.of("exiftool"));
            command.addAll(List.of(arguments));
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            try (var in = process.getOutputStream()) {
                in.write(picture);
            }
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
