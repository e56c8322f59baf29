package org.chatpress.support;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.chatpress.model.Json;

/** Clips of video and sound, made by ffmpeg as phones make them, and what ffprobe finds in a clip. */
public final class Clips {
    private Clips() {}

    /** Skips the test where there is no ffmpeg; in a build that sets CI there must be one. */
    public static void isNeeded() {
        boolean isThere = succeeds("ffmpeg", "-version") && succeeds("ffprobe", "-version");
        if (!isThere && System.getenv("CI") != null) {
            throw new AssertionError("no ffmpeg: apt-get install ffmpeg");
        }
        assumeTrue(isThere, "no ffmpeg: apt-get install ffmpeg");
    }

    /** An iPhone's clip, as small as {@code size} says: picture, sound, and where it was taken. */
    public static byte[] phone(String size, int seconds) {
        return video(
                size,
                seconds,
                "clip.mov",
                "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac -movflags use_metadata_tags"
                        + " -metadata com.apple.quicktime.location.ISO6709=+52.5200+013.4050/"
                        + " -metadata location=+52.5200+013.4050/ -metadata title=SecretTitle"
                        + " -metadata com.apple.quicktime.model=SecretPhone -metadata creation_time=2026-11-03T20:00:00Z"
                        + " -metadata:s:v handler_name=SecretHandler");
    }

    /** A clip with picture and sound. */
    public static byte[] video(String size, int seconds, String name, String options) {
        return made(name, picture(size, seconds) + " " + tone(seconds) + " " + options);
    }

    /** A clip without sound. */
    public static byte[] silent(String size, int seconds, String name, String options) {
        return made(name, picture(size, seconds) + " " + options);
    }

    /** A voice memo. */
    public static byte[] sound(int seconds, String name, String options) {
        return made(name, tone(seconds) + " -metadata title=SecretTitle -metadata artist=SecretArtist " + options);
    }

    /** What ffmpeg makes of another clip. */
    public static byte[] from(byte[] clip, String suffix, String name, String options) {
        return inFolder(folder -> {
            Path source = Files.write(folder.resolve("source" + suffix), clip);
            return made(folder, name, "-i " + source + " " + options);
        });
    }

    /** Format and streams as ffprobe describes them. */
    public static JsonNode probe(byte[] clip) {
        return inFolder(folder -> {
            Path file = Files.write(folder.resolve("clip"), clip);
            return Json.parse(output(List.of(
                    "ffprobe",
                    "-v",
                    "error",
                    "-show_format",
                    "-show_streams",
                    "-show_chapters",
                    "-of",
                    "json",
                    file.toString())));
        });
    }

    /** Every tag that ffprobe finds, by name. */
    public static Map<String, String> tags(byte[] clip) {
        var tags = new TreeMap<String, String>();
        probe(clip)
                .findValues("tags")
                .forEach(found -> found.properties()
                        .forEach(tag -> tags.put(tag.getKey(), tag.getValue().asText())));
        return tags;
    }

    /** The average colour of one picture of a clip, each part of it from 0 to 255: red, green, blue of its four corners. */
    public static int[] corners(byte[] clip) {
        return inFolder(folder -> {
            Path file = Files.write(folder.resolve("clip"), clip);
            byte[] pixels = bytes(List.of(
                    "ffmpeg",
                    "-v",
                    "error",
                    "-i",
                    file.toString(),
                    "-frames:v",
                    "1",
                    "-vf",
                    "scale=2:2:flags=area",
                    "-f",
                    "rawvideo",
                    "-pix_fmt",
                    "rgb24",
                    "-"));
            int[] values = new int[pixels.length];
            for (int i = 0; i < pixels.length; i++) {
                values[i] = Byte.toUnsignedInt(pixels[i]);
            }
            return values;
        });
    }

    private interface Work<T> {
        T in(Path folder) throws IOException;
    }

    private static <T> T inFolder(Work<T> work) {
        try {
            Path folder = Files.createTempDirectory("clips");
            try {
                return work.in(folder);
            } finally {
                try (var files = Files.list(folder)) {
                    for (Path file : files.toList()) {
                        Files.delete(file);
                    }
                }
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String picture(String size, int seconds) {
        return "-f lavfi -i testsrc2=s=%s:r=30:d=%d".formatted(size, seconds);
    }

    private static String tone(int seconds) {
        return "-f lavfi -i sine=440:d=" + seconds;
    }

    private static byte[] made(String name, String arguments) {
        return inFolder(folder -> made(folder, name, arguments));
    }

    /** @param arguments of ffmpeg, each without spaces */
    private static byte[] made(Path folder, String name, String arguments) throws IOException {
        var command = new ArrayList<>(List.of("ffmpeg", "-v", "error", "-y"));
        command.addAll(Arrays.asList(arguments.split(" ", -1)));
        Path file = folder.resolve(name);
        command.add(file.toString());
        output(command);
        return Files.readAllBytes(file);
    }

    private static String output(List<String> command) throws IOException {
        return new String(bytes(command), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        process.getOutputStream().close();
        byte[] output = process.getInputStream().readAllBytes();
        try {
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + " failed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return output;
    }

    private static boolean succeeds(String... command) {
        try {
            bytes(List.of(command));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
