package org.chatpress.media;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.chatpress.error.ErrorMessages;
import org.chatpress.error.RemoteException;
import org.chatpress.media.model.VideoSettings;
import org.chatpress.model.DaemonThreadFactory;
import org.chatpress.model.Json;
import org.chatpress.model.PublicMessage.PublicMedia.Kind;
import org.chatpress.model.VisibleText;

/**
 * Converts clips with <a href="https://ffmpeg.org/">ffmpeg</a>, an external program, to files that every browser plays and
 * that contain no metadata: H.264 and AAC in MP4 with a poster, or AAC in M4A.
 *
 * <p>A clip may be made to attack ffmpeg. So its first bytes decide how it is read, never its name or its content;
 * ffmpeg may open local files only, and so reads no playlist; it gets no shell and none of this process's environment;
 * and time, memory, file size, streams and pixels are limited.
 */
public final class ClipProcessor {
    /** More than 4K has; 8K has four times as much. */
    private static final int MAX_PIXELS = 4096 * 2304;

    /** A phone's clip has about four: picture, sound, and data of the sensors. */
    private static final int MAX_STREAMS = 16;

    private static final int MAX_FRAMES_PER_SECOND = 30;
    private static final long MAX_MEMORY_BYTES = 3L * 1024 * 1024 * 1024;
    private static final long MAX_OUTPUT_BYTES = 1024L * 1024 * 1024;
    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(30);

    /** What the conversion may take beside {@link #TIME_FACTOR} times the clip's length. */
    private static final Duration BASE_TIMEOUT = Duration.ofMinutes(2);

    private static final int TIME_FACTOR = 4;
    private static final int MAX_TEXT_BYTES = 256 * 1024;
    private static final Set<String> HDR_TRANSFERS = Set.of("smpte2084", "arib-std-b67");

    private static final Pattern DISK_FULL =
            Pattern.compile("No space left on device|Disk quota exceeded|Read-only file system");

    /**
     * What the shell and the operating system return for a program that cannot be started (126 and 127) and for the
     * signals HUP, INT, KILL and TERM, and what ffmpeg returns after it noticed one of these (255).
     */
    private static final Set<Integer> ENDED_FROM_OUTSIDE = Set.of(126, 127, 129, 130, 137, 143, 255);

    /** Without them, ffmpeg writes its own name and version into files. */
    private static final List<String> WITHOUT_METADATA = List.of(
            "-map_metadata",
            "-1",
            "-map_metadata:s:v",
            "-1",
            "-map_metadata:s:a",
            "-1",
            "-map_chapters",
            "-1",
            "-metadata:s:v",
            "encoder=H.264",
            "-fflags",
            "+bitexact",
            "-flags:v",
            "+bitexact",
            "-flags:a",
            "+bitexact");

    private final String ffmpeg;
    private final String ffprobe;
    private final Duration probeTimeout;
    private Optional<List<String>> limits = Optional.empty();

    /** True once both programs have run, until one of them fails. */
    private boolean areInstalled;

    public ClipProcessor() {
        this("ffmpeg", "ffprobe", PROBE_TIMEOUT);
    }

    ClipProcessor(String ffmpeg, String ffprobe, Duration probeTimeout) {
        this.ffmpeg = ffmpeg;
        this.ffprobe = ffprobe;
        this.probeTimeout = probeTimeout;
    }

    /**
     * A converted clip.
     *
     * @param poster a JPEG; empty for sound
     * @param width in pixels; 0 for sound
     * @param height in pixels; 0 for sound
     */
    record ProcessedClip(Path file, Optional<Path> poster, int width, int height, Duration length) {}

    /** The version of ffmpeg, as in {@code 5.1.6-0+deb12u1}; empty if it, or its ffprobe, is not installed. */
    public Optional<String> version() {
        try {
            run(ffprobe, "-version");
            return run(ffmpeg, "-version")
                    .out()
                    .lines()
                    .findFirst()
                    .map(line -> line.replaceFirst("^ffmpeg version (\\S+).*", "$1"));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Tries ffmpeg and ffprobe the first time, and again after a conversion failed.
     *
     * @throws RemoteException ACTION_REQUIRED if ffmpeg, or its ffprobe, does not run
     */
    void requireInstalled() {
        if (!areInstalled && version().isEmpty()) {
            throw RemoteException.actionRequired(
                    "ffmpeg is not installed on Chatpress's machine", "Install the package ffmpeg.", null);
        }
        areInstalled = true;
    }

    /**
     * Converts a clip into the folder in which it is.
     *
     * @param kind what Slack announced, and editors approved: of a clip that is announced as sound, only that is kept
     * @param isCancelled asked all the time: true ends the conversion
     * @param onProgress is called with the percentage done
     * @throws RemoteException REJECTED if the clip cannot be shown, TRANSIENT if ffmpeg was ended from outside or took too
     *     long, ACTION_REQUIRED if the disk is full
     * @throws CancellationException if it was cancelled
     */
    ProcessedClip process(
            Path source, Kind kind, VideoSettings settings, BooleanSupplier isCancelled, IntConsumer onProgress) {
        try {
            var conversion = new Conversion(source, settings, isCancelled, onProgress);
            return kind == Kind.VIDEO ? conversion.video() : conversion.audio();
        } catch (RemoteException e) {
            areInstalled = false;
            throw e;
        } catch (IOException e) {
            areInstalled = false;
            throw RemoteException.transientFailure("cannot convert the clip: " + ErrorMessages.describe(e), e);
        }
    }

    // FORMAT

    /** The name of ffmpeg's demuxer for a file, by its first bytes. Playlists and scripts have none. */
    private static String demuxer(Path file) throws IOException {
        byte[] start;
        try (InputStream in = Files.newInputStream(file)) {
            start = in.readNBytes(64);
        }
        String text = new String(start, StandardCharsets.ISO_8859_1);
        String atom = text.length() >= 12 ? text.substring(4, 8) : "";
        if (atom.equals("ftyp")) {
            if (text.substring(8, 12).matches("hei.|hev.|mif1|msf1|avif|avis")) {
                throw rejected("it is an image");
            }
            return "mov";
        }
        if (Set.of("moov", "mdat", "wide", "free", "skip").contains(atom)) {
            return "mov";
        }
        if (text.startsWith("\u001aE\u00df\u00a3")) {
            return "matroska";
        }
        if (text.startsWith("OggS")) {
            return "ogg";
        }
        if (text.startsWith("RIFF") && text.startsWith("WAVE", 8)) {
            return "wav";
        }
        if (text.startsWith("fLaC")) {
            return "flac";
        }
        if (text.startsWith("#!AMR")) {
            return "amr";
        }
        if (text.startsWith("ID3")) {
            return "mp3";
        }
        if (start.length > 1 && text.charAt(0) == 0xff && (start[1] & 0xf6) == 0xf0) {
            return "aac";
        }
        if (start.length > 1 && text.charAt(0) == 0xff && (start[1] & 0xe0) == 0xe0) {
            return "mp3";
        }
        throw rejected(start.length == 0 ? "it is empty" : "it is in no known format of video or sound");
    }

    /** @param index of the stream in its file */
    private record VideoStream(int index, int width, int height, boolean isHdr, String aspect, String frameRate) {}

    /**
     * What is in a file.
     *
     * @param length as the file claims; zero: unknown
     * @param sound the index of the first sound that ffmpeg can read
     */
    private record Probe(Duration length, Optional<VideoStream> picture, Optional<Integer> sound) {}

    private Probe probe(Path file, String demuxer, BooleanSupplier isCancelled) throws IOException {
        var command = new ArrayList<>(List.of(ffprobe, "-v", "error"));
        command.addAll(readSafely(demuxer));
        command.addAll(List.of(
                "-show_entries",
                "format=duration:stream=index,codec_type,codec_name,width,height"
                        + ",sample_aspect_ratio,avg_frame_rate,color_transfer:stream_disposition=attached_pic"));
        command.addAll(List.of("-of", "json", "file:" + file));
        Result result = runLimited(command, probeTimeout, isCancelled, line -> {});
        JsonNode json = Json.parse(result.out());
        List<JsonNode> streams = StreamSupport.stream(json.path("streams").spliterator(), false)
                .filter(stream -> !Set.of("", "none", "unknown")
                        .contains(stream.path("codec_name").asText("")))
                .toList();
        double seconds = json.path("format").path("duration").asDouble(0);
        return new Probe(
                Duration.ofMillis(Math.max(0, Math.round(seconds * 1000))),
                streams.stream()
                        .filter(stream -> stream.path("codec_type").asText().equals("video")
                                && stream.path("disposition")
                                                .path("attached_pic")
                                                .asInt(0)
                                        == 0)
                        .map(ClipProcessor::videoStream)
                        .findFirst(),
                streams.stream()
                        .filter(stream -> stream.path("codec_type").asText().equals("audio"))
                        .map(stream -> stream.path("index").asInt())
                        .findFirst());
    }

    private static VideoStream videoStream(JsonNode stream) {
        return new VideoStream(
                stream.path("index").asInt(),
                stream.path("width").asInt(),
                stream.path("height").asInt(),
                HDR_TRANSFERS.contains(stream.path("color_transfer").asText("")),
                stream.path("sample_aspect_ratio").asText("1:1"),
                stream.path("avg_frame_rate").asText("0/0"));
    }

    // CONVERSION

    /** The conversion of one clip, which is known to be short enough. */
    private final class Conversion {
        private final Path source;
        private final String demuxer;
        private final Probe probe;
        private final VideoSettings settings;
        private final BooleanSupplier isCancelled;
        private final IntConsumer onProgress;

        Conversion(Path source, VideoSettings settings, BooleanSupplier isCancelled, IntConsumer onProgress)
                throws IOException {
            this.source = source;
            this.settings = settings;
            this.isCancelled = isCancelled;
            this.onProgress = onProgress;
            this.demuxer = demuxer(source);
            this.probe = probe(source, demuxer, isCancelled);
            if (probe.length().compareTo(settings.maxLength()) > 0) {
                throw tooLong();
            }
        }

        ProcessedClip video() throws IOException {
            VideoStream picture = probe.picture().orElseThrow(() -> rejected("it has no picture"));
            if ((long) picture.width() * picture.height() > MAX_PIXELS) {
                throw rejected(
                        "it has %d x %d pixels, more than %d".formatted(picture.width(), picture.height(), MAX_PIXELS));
            }
            var options = new ArrayList<>(List.of("-map", "0:" + picture.index()));
            probe.sound().ifPresent(index -> options.addAll(List.of("-map", "0:" + index)));
            options.addAll(List.of("-vf", String.join(",", filters(picture, settings.height()))));
            options.addAll(List.of("-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-maxrate", "3M"));
            options.addAll(List.of("-bufsize", "6M", "-profile:v", "high", "-pix_fmt", "yuv420p"));
            // x264 writes its settings into the stream, as supplemental enhancement information
            options.addAll(List.of("-bsf:v", "filter_units=remove_types=6"));
            Path file = source.resolveSibling("clip.mp4");
            Probe result = convert(options, file);
            VideoStream shown = result.picture().orElseThrow(() -> rejected("its picture cannot be read"));
            Path poster = poster(file, result.length());
            return new ProcessedClip(file, Optional.of(poster), shown.width(), shown.height(), result.length());
        }

        ProcessedClip audio() throws IOException {
            int index = probe.sound().orElseThrow(() -> rejected("it has no sound"));
            Path file = source.resolveSibling("clip.m4a");
            Probe result = convert(List.of("-map", "0:" + index), file);
            return new ProcessedClip(file, Optional.empty(), 0, 0, result.length());
        }

        /** Converts the sound, and what the options say, and returns what is in the converted file. */
        private Probe convert(List<String> options, Path output) throws IOException {
            Duration length = probe.length().isZero() ? settings.maxLength() : probe.length();
            Duration timeout = BASE_TIMEOUT.plus(length.multipliedBy(TIME_FACTOR));
            String threads = String.valueOf(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
            var command = new ArrayList<>(List.of(ffmpeg, "-v", "error", "-nostdin", "-y", "-filter_threads", threads));
            command.addAll(List.of("-threads", threads));
            command.addAll(readSafely(demuxer));
            command.addAll(List.of("-i", "file:" + source, "-threads", threads));
            command.addAll(options);
            command.addAll(List.of("-c:a", "aac", "-b:a", "128k", "-ac", "2", "-ar", "48000", "-dn", "-sn"));
            command.addAll(WITHOUT_METADATA);
            // A second more, by which a longer clip is known
            command.addAll(List.of("-t", String.valueOf(settings.maxLength().toSeconds() + 1)));
            command.addAll(List.of("-movflags", "+faststart", "-progress", "pipe:1", "-f", "mp4", "file:" + output));
            runLimited(command, timeout, isCancelled, line -> {
                if (line.startsWith("out_time_us=") && line.matches("out_time_us=\\d{1,15}")) {
                    long micros = Long.parseLong(line.substring("out_time_us=".length()));
                    onProgress.accept((int) Math.min(99, micros / 10 / length.toMillis()));
                }
            });
            return checked(output);
        }

        /** Looks at the converted file: the source may claim any length. */
        private Probe checked(Path file) throws IOException {
            Probe result = probe(file, "mov", isCancelled);
            if (result.length().compareTo(settings.maxLength().plusMillis(500)) > 0) {
                throw tooLong();
            }
            if (result.length().isZero()) {
                throw rejected("it contains nothing to play");
            }
            long tolerance = 1000 + probe.length().toMillis() / 10;
            if (result.length().toMillis() + tolerance < probe.length().toMillis()) {
                throw rejected("the file is truncated");
            }
            return result;
        }

        private Path poster(Path clip, Duration length) throws IOException {
            Path poster = clip.resolveSibling("poster.jpg");
            double seconds = Math.min(1, length.toMillis() / 3000.0);
            var command = new ArrayList<>(List.of(ffmpeg, "-v", "error", "-nostdin", "-y", "-ss"));
            command.add(String.format(Locale.ROOT, "%.3f", seconds));
            command.addAll(readSafely("mov"));
            command.addAll(List.of("-i", "file:" + clip, "-frames:v", "1", "-q:v", "4"));
            command.addAll(WITHOUT_METADATA);
            command.addAll(List.of("-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-f", "image2", "-update", "1"));
            command.add("file:" + poster);
            runLimited(command, probeTimeout, isCancelled, line -> {});
            if (Files.notExists(poster)) {
                throw rejected("it has no picture that could be its poster");
            }
            return poster;
        }

        private RemoteException tooLong() {
            return rejected("it is longer than " + words(settings.maxLength()));
        }
    }

    private static List<String> readSafely(String demuxer) {
        return List.of(
                "-protocol_whitelist",
                "file",
                "-f",
                demuxer,
                "-max_streams",
                String.valueOf(MAX_STREAMS),
                "-max_pixels",
                String.valueOf(MAX_PIXELS));
    }

    /** ffmpeg itself turns the picture upright before the filters. */
    private static List<String> filters(VideoStream picture, int height) {
        var filters = new ArrayList<String>();
        filters.add("fps=" + frameRate(picture.frameRate()));
        if (!Set.of("1:1", "0:1", "N/A").contains(picture.aspect())) {
            filters.add("scale=w='trunc(iw*sar/2)*2':h=ih,setsar=1");
        }
        filters.add("scale=w='min(iw,%d)':h='min(ih,%d)':force_original_aspect_ratio=decrease:force_divisible_by=2"
                .formatted(height * 5 / 2, height));
        if (picture.isHdr()) {
            filters.add("zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0"
                    + ",zscale=t=bt709:m=bt709:r=tv");
        }
        filters.add("format=yuv420p");
        return filters;
    }

    private static String frameRate(String average) {
        String[] parts = average.split("/", -1);
        if (parts.length == 2 && average.matches("\\d{1,9}/\\d{1,9}")) {
            double rate = Double.parseDouble(parts[0]) / Double.parseDouble(parts[1]);
            if (rate >= 1 && rate < MAX_FRAMES_PER_SECOND) {
                return average;
            }
        }
        return String.valueOf(MAX_FRAMES_PER_SECOND);
    }

    /**
     * Fails if the program failed: for good only if the clip is to blame. One that took too long may have waited for other
     * programs.
     */
    private static void requireSuccess(Result result, Duration timeout) {
        if (result.exitCode().isEmpty()) {
            throw RemoteException.transientFailure("ffmpeg took more than " + words(timeout), (Throwable) null);
        }
        Matcher diskFull = DISK_FULL.matcher(result.err());
        // ffmpeg returns 0 if it could not write the end of the file
        if (diskFull.find()) {
            throw RemoteException.actionRequired(
                    "cannot write the converted clip: " + diskFull.group().toLowerCase(Locale.ROOT),
                    "Free space on the disk that has the folder of the converted clips.",
                    null);
        }
        int exitCode = result.exitCode().getAsInt();
        if (exitCode == 0) {
            return;
        }
        if (ENDED_FROM_OUTSIDE.contains(exitCode)) {
            throw RemoteException.transientFailure(
                    "ffmpeg was ended before it had converted the clip (exit code " + exitCode + ")", (Throwable) null);
        }
        throw rejected(reason(result));
    }

    private static String reason(Result result) {
        if (result.err().contains("max_streams")) {
            return "it has more than " + MAX_STREAMS + " streams";
        }
        if (result.err().contains("Cannot allocate memory")) {
            return "its conversion needs too much memory";
        }
        return "ffmpeg cannot read it"
                + result.err()
                        .lines()
                        .filter(line -> !line.isBlank())
                        .map(line -> VisibleText.line(
                                line.replaceAll("file:\\S*/", "").replaceAll("^\\[[^]]*] ?", "")))
                        .findFirst()
                        .map(line -> " (" + (line.length() > 120 ? line.substring(0, 120) + "..." : line) + ")")
                        .orElse("");
    }

    private static String words(Duration time) {
        return time.toSeconds() % 60 == 0 ? time.toMinutes() + " min" : time.toSeconds() + " s";
    }

    private static RemoteException rejected(String reason) {
        return RemoteException.rejected(reason, null);
    }

    // PROCESS

    /** The command with limits of the operating system, where it has them. */
    private synchronized List<String> limited(List<String> command, Duration timeout) {
        if (limits.isEmpty()) {
            var available = new ArrayList<String>();
            if (isAvailable("nice", "true")) {
                available.addAll(List.of("nice", "-n", "10"));
            }
            // Otherwise ffmpeg would go on after this process was killed
            if (isAvailable("setpriv", "--pdeathsig", "KILL", "true")) {
                available.addAll(List.of("setpriv", "--pdeathsig", "KILL"));
            }
            if (isAvailable("prlimit", "--version")) {
                available.addAll(List.of(
                        "prlimit", "--as=" + MAX_MEMORY_BYTES, "--fsize=" + MAX_OUTPUT_BYTES, "--core=0", "--cpu=%d"));
            }
            limits = Optional.of(available);
        }
        long cpuSeconds = timeout.toSeconds() * Runtime.getRuntime().availableProcessors();
        return Stream.concat(
                        limits.get().stream().map(part -> part.replace("%d", String.valueOf(cpuSeconds))),
                        command.stream())
                .toList();
    }

    private static boolean isAvailable(String... command) {
        try {
            return run(command).exitCode().orElse(1) == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * What a program wrote.
     *
     * @param exitCode empty if it was killed because it took too long
     */
    private record Result(OptionalInt exitCode, String out, String err) {}

    /** Runs ffmpeg or ffprobe on a clip, with limits of the operating system. Throws if the program failed. */
    private Result runLimited(
            List<String> command, Duration timeout, BooleanSupplier isCancelled, Consumer<String> lineListener)
            throws IOException {
        Result result = run(limited(command, timeout), timeout, isCancelled, lineListener);
        requireSuccess(result, timeout);
        return result;
    }

    private static Result run(String... command) throws IOException {
        return run(List.of(command), PROBE_TIMEOUT, () -> false, line -> {});
    }

    private static Result run(
            List<String> command, Duration timeout, BooleanSupplier isCancelled, Consumer<String> lineListener)
            throws IOException {
        var builder = new ProcessBuilder(command);
        // The others may be secrets
        builder.environment().keySet().retainAll(Set.of("PATH"));
        Process process = builder.start();
        process.getOutputStream().close();
        var out = new Output(process.getInputStream());
        var err = new Output(process.getErrorStream());
        long end = System.nanoTime() + timeout.toNanos();
        try {
            while (!process.waitFor(50, TimeUnit.MILLISECONDS)) {
                // On this thread: it ends the program if the listener fails
                out.newLines().forEach(lineListener);
                if (isCancelled.getAsBoolean()) {
                    throw new CancellationException("the clip is no longer wanted");
                }
                if (System.nanoTime() > end) {
                    return new Result(OptionalInt.empty(), out.text(), err.text());
                }
            }
            return new Result(OptionalInt.of(process.exitValue()), out.text(), err.text());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        } finally {
            end(process);
        }
    }

    /** Returns once the program is gone, so that its files can be deleted. */
    private static void end(Process process) {
        process.destroyForcibly();
        process.onExit()
                .orTimeout(5, TimeUnit.SECONDS)
                .exceptionally(late -> process)
                .join();
    }

    /** Reads what a program writes, all of it, and keeps the end. */
    private static final class Output {
        private static final int MAX_LINE_BYTES = 1000;
        private static final int MAX_LINES = 100;

        private final InputStream in;
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
        private final List<String> lines = new ArrayList<>();
        private final Thread thread;

        Output(InputStream in) {
            this.in = in;
            this.thread = new DaemonThreadFactory("ffmpeg").newThread(this::read);
            thread.start();
        }

        private void read() {
            var line = new ByteArrayOutputStream();
            var buffer = new byte[8192];
            try (in) {
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    synchronized (kept) {
                        for (int i = 0; i < read; i++) {
                            if (buffer[i] != '\n' && line.size() < MAX_LINE_BYTES) {
                                line.write(buffer[i]);
                            }
                            if (buffer[i] == '\n') {
                                add(line.toString(StandardCharsets.UTF_8));
                                line.reset();
                            }
                        }
                        if (kept.size() + read > MAX_TEXT_BYTES) {
                            kept.reset();
                        }
                        kept.write(buffer, 0, read);
                    }
                }
            } catch (IOException e) {
                // The program was killed
            }
        }

        private void add(String line) {
            if (lines.size() == MAX_LINES) {
                lines.remove(0);
            }
            lines.add(line);
        }

        /** The lines since the last call, or the last of them. */
        List<String> newLines() {
            synchronized (kept) {
                List<String> added = List.copyOf(lines);
                lines.clear();
                return added;
            }
        }

        String text() {
            try {
                thread.join(TimeUnit.SECONDS.toMillis(2));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            synchronized (kept) {
                return kept.toString(StandardCharsets.UTF_8);
            }
        }
    }
}
