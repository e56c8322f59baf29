package org.chatpress.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.chatpress.error.RemoteException;
import org.chatpress.error.RemoteException.Kind;
import org.chatpress.error.StoreException;
import org.chatpress.media.ClipProcessor.ProcessedClip;
import org.chatpress.media.model.VideoSettings;
import org.chatpress.model.PublicMessage.PublicMedia;
import org.chatpress.support.Clips;
import org.chatpress.support.Exiftool;
import org.chatpress.support.Pictures;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clips as phones make them, and clips that are made to do harm. */
@Tag("process")
class ClipProcessorTest {
    private static final VideoSettings SETTINGS = new VideoSettings(300_000_000, Duration.ofSeconds(20), 180);

    private static final ClipProcessor PROCESSOR = new ClipProcessor();
    private static byte[] phone;

    @TempDir
    Path folder;

    @BeforeAll
    static void needsFfmpeg() {
        Clips.isNeeded();
        phone = Clips.phone("160x120", 1);
    }

    private ProcessedClip process(byte[] clip, PublicMedia.Kind kind) {
        return process(clip, kind, SETTINGS);
    }

    private ProcessedClip process(byte[] clip, PublicMedia.Kind kind, VideoSettings settings) {
        try {
            return PROCESSOR.process(
                    Files.write(folder.resolve("source"), clip), kind, settings, () -> false, percent -> {});
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<JsonNode> streams(byte[] clip) {
        return StreamSupport.stream(Clips.probe(clip).path("streams").spliterator(), false)
                .toList();
    }

    private static void hasNoMetadata(byte[] published) {
        assertThat(Stream.of("Secret", "+52.5", "Lavc", "Lavf", "x264").filter(text(published)::contains))
                .isEmpty();
        Map<String, String> tags = Clips.tags(published);
        tags.keySet().removeAll(Set.of("major_brand", "minor_version", "compatible_brands", "language", "vendor_id"));
        assertThat(tags.values()).isSubsetOf("VideoHandler", "SoundHandler", "H.264");
        Exiftool.isNeeded();
        assertThat(Exiftool.tags(published).toString())
                .doesNotContainIgnoringCase("GPS")
                .doesNotContain("2026", "UserData]", "Keys]", "ItemList]");
    }

    static Stream<String> phones() {
        return Stream.of(
                "clip.mp4 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac",
                "clip.mov -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac -tag:v avc1",
                "clip.mp4 -c:v libx265 -preset ultrafast -x265-params log-level=error -pix_fmt yuv420p10le -tag:v hvc1 -c:a aac",
                "clip.mov -c:v libx265 -preset ultrafast -x265-params log-level=error:colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc"
                        + " -pix_fmt yuv420p10le -color_primaries bt2020 -color_trc arib-std-b67 -colorspace bt2020nc -c:a aac",
                "clip.webm -c:v libvpx -deadline realtime -b:v 500k -c:a libopus",
                "clip.webm -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 500k -c:a libopus",
                "clip.3gp -c:v h263 -s 352x288 -c:a aac -ar 44100",
                "clip.mkv -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a libvorbis");
    }

    @ParameterizedTest
    @MethodSource("phones")
    void everyVideoPlaysInBrowsers(String made) {
        String[] parts = made.split(" ", 2);

        ProcessedClip clip = process(Clips.video("640x480", 2, parts[0], parts[1]), PublicMedia.Kind.VIDEO);

        byte[] file = bytes(clip.file());
        assertThat(streams(file))
                .extracting(stream -> stream.path("codec_name").asText())
                .containsExactly("h264", "aac");
        assertThat(streams(file).get(0).path("pix_fmt").asText()).isEqualTo("yuv420p");
        assertThat(clip.height()).isEqualTo(180);
        assertThat(clip.width()).isCloseTo(240, within(20));
        assertThat(clip.length().toMillis()).isCloseTo(2000, within(150L));
        assertThat(text(file).indexOf("moov"))
                .as("starts at once")
                .isLessThan(text(file).indexOf("mdat"));
        hasNoMetadata(file);
        byte[] poster = bytes(clip.poster().orElseThrow());
        assertThat(Pictures.read(poster).getWidth()).isEqualTo(clip.width());
        hasNoMetadata(poster);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Test
    void thePlaceWhereAClipWasTakenIsGone() {
        byte[] source = phone;
        assertThat(Stream.of("+52.5200+013.4050/", "SecretPhone", "SecretHandler")
                        .allMatch(text(source)::contains))
                .isTrue();

        hasNoMetadata(bytes(process(source, PublicMedia.Kind.VIDEO).file()));
    }

    @Test
    void aSmallClipIsNotEnlargedAndMayBeSilent() {
        ProcessedClip clip = process(
                Clips.silent("160x120", 1, "clip.mp4", "-c:v libx264 -pix_fmt yuv420p"), PublicMedia.Kind.VIDEO);

        assertThat(List.of(clip.width(), clip.height())).containsExactly(160, 120);
        assertThat(streams(bytes(clip.file()))).hasSize(1);
    }

    @Test
    void aClipThatWasRecordedOnItsSideIsTurnedUpright() {
        byte[] upright = Clips.video(
                "320x160", 1, "clip.mp4", "-vf drawbox=0:0:160:80:red:fill -c:v libx264 -pix_fmt yuv420p -c:a aac");
        byte[] turned = Clips.from(upright, ".mp4", "turned.mp4", "-c copy -metadata:s:v:0 rotate=90");
        assertThat(streams(turned).get(0).path("side_data_list").toString()).contains("rotation");

        ProcessedClip clip = process(turned, PublicMedia.Kind.VIDEO);

        assertThat(clip.height()).isEqualTo(180);
        assertThat(clip.width()).isEqualTo(90);
        assertThat(Clips.probe(bytes(clip.file())).toString()).doesNotContain("rotation");
        assertThat(Arrays.stream(Clips.corners(bytes(clip.file()))).limit(12).toArray())
                .as("the red corner has moved")
                .isNotEqualTo(Clips.corners(
                        bytes(process(upright, PublicMedia.Kind.VIDEO).file())));
    }

    @Test
    void aVariableFrameRateBecomesThirtyAtMost() {
        byte[] uneven = Clips.video(
                "160x120",
                2,
                "clip.mp4",
                "-vf fps=60,select='not(mod(n,7))+lt(n,40)' -vsync vfr -c:v libx264 -pix_fmt yuv420p -c:a aac");

        ProcessedClip clip = process(uneven, PublicMedia.Kind.VIDEO);

        String[] rate = streams(bytes(clip.file()))
                .get(0)
                .path("avg_frame_rate")
                .asText()
                .split("/", -1);
        assertThat(Double.parseDouble(rate[0]) / Double.parseDouble(rate[1])).isLessThanOrEqualTo(30.01);
        assertThat(clip.length().toMillis()).isCloseTo(2000, within(200L));
    }

    @ParameterizedTest
    @CsvSource({
        "memo.m4a,aac",
        "memo.mp3,libmp3lame",
        "memo.ogg,libvorbis",
        "memo.ogg,libopus",
        "memo.aac,aac",
        "memo.wav,pcm_s16le",
        "memo.webm,libopus"
    })
    void everyVoiceMemoPlaysInBrowsers(String name, String codec) {
        ProcessedClip clip = process(Clips.sound(2, name, "-c:a " + codec), PublicMedia.Kind.AUDIO);

        byte[] file = bytes(clip.file());
        assertThat(streams(file))
                .extracting(stream -> stream.path("codec_name").asText())
                .containsExactly("aac");
        assertThat(clip.length().toMillis()).isCloseTo(2000, within(200L));
        assertThat(clip.poster()).isEmpty();
        hasNoMetadata(file);
    }

    @Test
    void ofAClipThatSlackShowsAsSoundOnlyTheSoundIsKept() {
        ProcessedClip clip = process(phone, PublicMedia.Kind.AUDIO);

        assertThat(streams(bytes(clip.file()))).hasSize(1);
    }

    @Test
    void theCoverOfASongIsNoPicture() throws IOException {
        Path cover = Files.write(folder.resolve("cover.jpg"), Pictures.photo(64, 64));
        byte[] song = Clips.from(
                Clips.sound(1, "song.mp3", "-c:a libmp3lame"),
                ".mp3",
                "covered.mp3",
                "-i " + cover + " -map 0 -map 1 -c copy -disposition:v attached_pic");

        assertThat(reasonFor(song, PublicMedia.Kind.VIDEO)).isEqualTo("it has no picture");
        assertThat(streams(bytes(process(song, PublicMedia.Kind.AUDIO).file()))).hasSize(1);
    }

    private String reasonFor(byte[] clip, PublicMedia.Kind kind) {
        RemoteException refusal = catchThrowableOfType(RemoteException.class, () -> process(clip, kind));
        assertThat(refusal).as("refused").isNotNull();
        assertThat(refusal.kind()).as(refusal.getMessage()).isEqualTo(Kind.REJECTED);
        return refusal.getMessage();
    }

    @Test
    void whatIsNoClipIsRefused() {
        byte[] whole = phone;

        assertThat(reasonFor(new byte[0], PublicMedia.Kind.VIDEO)).isEqualTo("it is empty");
        assertThat(reasonFor(Pictures.photo(64, 64), PublicMedia.Kind.VIDEO))
                .isEqualTo("it is in no known format of video or sound");
        assertThat(reasonFor(Arrays.copyOf(whole, whole.length / 2), PublicMedia.Kind.VIDEO))
                .isEqualTo("ffmpeg cannot read it (moov atom not found)");
        assertThat(reasonFor(Clips.sound(1, "a.mp4", "-c:a aac"), PublicMedia.Kind.VIDEO))
                .isEqualTo("it has no picture");
        assertThat(reasonFor(
                        "\0\0\0\u0018ftypheic\0\0\0\0mif1heic".getBytes(StandardCharsets.ISO_8859_1),
                        PublicMedia.Kind.VIDEO))
                .isEqualTo("it is an image");
    }

    @Test
    void aClipThatEndsBeforeItsAnnouncedLengthIsRefused() {
        byte[] whole = Clips.from(Clips.phone("320x240", 8), ".mov", "fast.mp4", "-c copy -movflags +faststart");

        assertThat(reasonFor(Arrays.copyOf(whole, whole.length / 3), PublicMedia.Kind.VIDEO))
                .isEqualTo("the file is truncated");
    }

    @ParameterizedTest
    @CsvSource({"file:///etc/hostname", "http://127.0.0.1:1/secret.ts", "concat:/etc/hostname"})
    void aPlaylistIsNotFollowed(String address) {
        for (String list : List.of(
                "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n" + address + "\n#EXT-X-ENDLIST\n",
                "ffconcat version 1.0\nfile '" + address + "'\n",
                "<?xml version=\"1.0\"?><MPD><BaseURL>" + address + "</BaseURL></MPD>")) {
            assertThat(reasonFor(list.getBytes(StandardCharsets.UTF_8), PublicMedia.Kind.VIDEO))
                    .isEqualTo("it is in no known format of video or sound");
        }
    }

    @Test
    void aLongClipIsRefusedBeforeItsConversion() {
        byte[] hours =
                Clips.silent("16x16", 20, "clip.mp4", "-vf setpts=3600*PTS -r 1/3600 -c:v libx264 -pix_fmt yuv420p");
        assertThat(Clips.probe(hours).at("/format/duration").asDouble()).isGreaterThan(36_000);

        assertThat(reasonFor(hours, PublicMedia.Kind.VIDEO)).isEqualTo("it is longer than 20 s");
    }

    @Test
    void aClipThatHidesItsLengthIsRefusedAllTheSame() {
        byte[] live = Clips.from(
                Clips.silent("16x16", 30, "clip.mp4", "-c:v libx264 -pix_fmt yuv420p"),
                ".mp4",
                "clip.webm",
                "-c:v libvpx -deadline realtime -live 1 -f webm");
        assertThat(Clips.probe(live).at("/format/duration").isMissingNode()).isTrue();

        assertThat(reasonFor(live, PublicMedia.Kind.VIDEO)).isEqualTo("it is longer than 20 s");
    }

    @Test
    void moreThanFourThousandLinesAreRefused() {
        byte[] huge =
                Clips.silent("7680x4320", 1, "clip.mp4", "-frames:v 1 -c:v libx264 -preset ultrafast -pix_fmt yuv420p");

        assertThat(reasonFor(huge, PublicMedia.Kind.VIDEO)).contains("7680");
    }

    @Test
    void hundredsOfStreamsAreRefused() {
        byte[] many = Clips.video(
                "16x16", 1, "clip.mp4", "-c:v libx264 -pix_fmt yuv420p -c:a aac -map 0:v" + " -map 1:a".repeat(200));

        assertThat(reasonFor(many, PublicMedia.Kind.VIDEO)).isEqualTo("it has more than 16 streams");
    }

    @Test
    void aConversionThatIsCancelledEndsAtOnce() throws IOException {
        Path source = Files.write(folder.resolve("source"), Clips.phone("640x480", 10));
        var isConverting = new AtomicBoolean();

        assertThatThrownBy(() -> PROCESSOR.process(
                        source,
                        PublicMedia.Kind.VIDEO,
                        new VideoSettings(1, Duration.ofMinutes(1), 720),
                        isConverting::get,
                        percent -> isConverting.set(true)))
                .isInstanceOf(CancellationException.class);

        assertThat(ProcessHandle.current()
                        .descendants()
                        .filter(child -> child.info()
                                .command()
                                .filter(command -> command.contains("ffmpeg"))
                                .isPresent()))
                .isEmpty();
    }

    @Test
    void anFfmpegThatSaysNothingEndsAtOnceWhenItIsCancelled() throws IOException {
        var silent = processor(program("exec sleep 100"), "ffprobe");
        Path source = Files.write(folder.resolve("source"), phone);
        long start = System.nanoTime();

        assertThatThrownBy(() -> silent.process(
                        source,
                        PublicMedia.Kind.VIDEO,
                        SETTINGS,
                        () -> System.nanoTime() - start > 500_000_000,
                        percent -> {}))
                .isInstanceOf(CancellationException.class);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(60));
    }

    /** A program that does what the shell does with these lines. */
    private String program(String... lines) throws IOException {
        Path file = folder.resolve("program-" + Arrays.hashCode(lines));
        Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return file.toString();
    }

    private static ClipProcessor processor(String ffmpeg, String ffprobe) {
        return new ClipProcessor(ffmpeg, ffprobe, Duration.ofMinutes(1));
    }

    private RemoteException failureOf(ClipProcessor failing) throws IOException {
        Path source = Files.write(folder.resolve("source"), phone);
        return catchThrowableOfType(
                RemoteException.class,
                () -> failing.process(source, PublicMedia.Kind.VIDEO, SETTINGS, () -> false, percent -> {}));
    }

    @Test
    void withoutFfmpegTheOperatorMustActAndTheClipWaits() throws IOException {
        var without = processor(folder.resolve("ffmpeg").toString(), "ffprobe");

        RemoteException failure = catchThrowableOfType(RemoteException.class, without::requireInstalled);

        assertThat(without.version()).isEmpty();
        assertThat(failure.messageWithHint())
                .isEqualTo("ffmpeg is not installed on Chatpress's machine. Install the package ffmpeg.");
        assertThat(failure.kind()).isEqualTo(Kind.ACTION_REQUIRED);
        assertThat(PROCESSOR.version())
                .hasValueSatisfying(version -> assertThat(version).matches("[\\w.+~-]+"));
    }

    @Test
    void ffmpegThatIsRemovedWhileChatpressRunsIsMissed() throws IOException {
        Path ffmpeg = Path.of(program("exec ffmpeg \"$@\""));
        var converting = processor(ffmpeg.toString(), "ffprobe");
        converting.requireInstalled();
        assertThat(failureOf(converting)).isNull();
        Files.delete(ffmpeg);

        assertThat(failureOf(converting).kind()).isEqualTo(Kind.TRANSIENT);

        assertThat(catchThrowableOfType(RemoteException.class, converting::requireInstalled)
                        .kind())
                .isEqualTo(Kind.ACTION_REQUIRED);
    }

    @ParameterizedTest
    // HUP (129) and INT (130) are ignored if the tests run in the background.
    @ValueSource(strings = {"kill -KILL $$", "kill -TERM $$", "exit 129", "exit 130"})
    void aClipIsTriedAgainIfFfmpegWasEndedFromOutside(String end) throws IOException {
        String killed = program(end);

        assertThat(failureOf(processor(killed, "ffprobe")).kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failureOf(processor("ffmpeg", killed)).kind()).isEqualTo(Kind.TRANSIENT);
    }

    @Test
    void aClipIsTriedAgainIfFfmpegItselfNoticedTheSignal() throws IOException {
        // As ffmpeg ends after SIGTERM: with a part of the clip
        String interrupted = program("ffmpeg \"$@\" -t 0.2", "exit 255");

        assertThat(failureOf(processor(interrupted, "ffprobe")).kind()).isEqualTo(Kind.TRANSIENT);
    }

    @Test
    void aClipIsTriedAgainIfFfmpegIsReplacedMeanwhile() throws IOException {
        String replaced = program("echo 'error while loading shared libraries: libavdevice.so.59' >&2", "exit 127");

        assertThat(failureOf(processor(replaced, "ffprobe")).kind()).isEqualTo(Kind.TRANSIENT);
    }

    @ParameterizedTest
    @CsvSource({"No space left on device", "Disk quota exceeded", "Read-only file system"})
    void aDiskThatTakesNoMoreIsTheOperatorsToFree(String error) throws IOException {
        String full = program("echo 'av_interleaved_write_frame(): " + error + "' >&2", "exit 1");
        String fullAtTheEnd = program("echo 'Error writing trailer of clip.mp4: " + error + "' >&2", "exit 0");
        String fullForPosters = program(
                "case \"$*\" in *mjpeg*) echo 'poster.jpg: " + error + "' >&2; exit 1;; esac", "exec ffmpeg \"$@\"");

        for (String program : List.of(full, fullAtTheEnd, fullForPosters)) {
            RemoteException failure = failureOf(processor(program, "ffprobe"));
            assertThat(failure.kind()).isEqualTo(Kind.ACTION_REQUIRED);
            assertThat(failure.getMessage())
                    .isEqualTo("cannot write the converted clip: " + error.toLowerCase(Locale.ROOT));
            assertThat(failure.hint()).startsWith("Free space");
        }
    }

    @Test
    void aClipIsTriedAgainIfFfmpegTookTooLongAsOnABusyMachine() throws IOException {
        String busy = program("exec sleep 100");

        RemoteException failure = failureOf(new ClipProcessor("ffmpeg", busy, Duration.ofSeconds(1)));

        assertThat(failure.getMessage()).isEqualTo("ffmpeg took more than 1 s");
        assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
    }

    @Test
    void aCrashOfFfmpegIsTheClipsFault() throws IOException {
        RemoteException failure = failureOf(processor(program("kill -SEGV $$"), "ffprobe"));

        assertThat(failure.kind()).isEqualTo(Kind.REJECTED);
        assertThat(failure.getMessage()).isEqualTo("ffmpeg cannot read it");
    }

    @Test
    void aFailureWhileTheProgressIsSavedEndsFfmpegAtOnce() throws IOException {
        var slow = processor(program("echo out_time_us=500000", "exec sleep 100"), "ffprobe");
        Path source = Files.write(folder.resolve("source"), phone);
        var full = new StoreException("the disk is full", "Free disk space.", null);
        long start = System.nanoTime();

        assertThatThrownBy(() -> slow.process(source, PublicMedia.Kind.VIDEO, SETTINGS, () -> false, percent -> {
                    throw full;
                }))
                .isSameAs(full);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(60));
    }

    @Test
    void aReasonContainsNoControlCharacters() throws IOException {
        String hostile =
                program("printf 'file:/tmp/a/b: \\033[31mtag \\342\\200\\256<!channel>\\001\\n' >&2", "exit 1");

        assertThat(failureOf(processor(hostile, "ffprobe")))
                .hasMessage("ffmpeg cannot read it (b: [31mtag <!channel>)");
    }
}
