package org.chatpress.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.support.TestNewsroom.CHANNEL;
import static org.chatpress.support.TestNewsroom.REPORTER;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.chatpress.media.ClipPipeline;
import org.chatpress.support.Clips;
import org.chatpress.support.FakeFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The folder of the converted clips is on a file system that is too small. Skipped where this user may not mount one. */
@Tag("process")
class FullDiskTest extends WithNewsroom {
    private byte[] clip;
    private Path disk;

    @BeforeEach
    void publishClips() throws IOException {
        Clips.isNeeded();
        clip = Clips.phone("320x240", 2);
        newsroom.saysAtTheTop("videos: {beside-the-chat: true, height: 144}").says("approval: none");
        disk = Files.createDirectories(ClipPipeline.folder(newsroom.settings().database()));
    }

    @AfterEach
    void unmount() throws Exception {
        run("umount", "--lazy", disk.toString());
    }

    @Test
    void aClipThatCannotBeDownloadedIsPublishedOnceThereIsSpace() throws Exception {
        aClipIsPublishedOnceThereIsSpace(
                clip.length / 2,
                "cannot keep a file from Slack: No space left on device",
                "Check the free space and the owner of the folder of the converted clips.");
    }

    @Test
    void aClipThatCannotBeConvertedIsPublishedOnceThereIsSpace() throws Exception {
        aClipIsPublishedOnceThereIsSpace(
                clip.length + 8192,
                "cannot write the converted clip: no space left on device",
                "Free space on the disk that has the folder of the converted clips.");
    }

    private void aClipIsPublishedOnceThereIsSpace(int bytes, String reason, String hint) throws Exception {
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=" + bytes, "tmpfs", disk.toString()),
                "this user may not mount a file system");
        String ts = newsroom.slack.upload(
                CHANNEL, REPORTER, "the hall", FakeFile.jpeg("F0CLIP", clip).called("IMG_1.MOV", "video/quicktime"));

        assertThat(newsroom.cycle().incidents())
                .extracting(incident -> incident.descriptionWithHint())
                .singleElement()
                .asString()
                .contains(reason, hint);
        assertThat(files()).isEmpty();
        for (int i = 0; i < 5; i++) {
            newsroom.cycle();
        }
        assertThat(newsroom.slack.botReplies(CHANNEL, ts))
                .containsExactly("The video F0CLIP can't be shown yet: " + reason + ". Chatpress keeps trying.");
        assertThat(files()).isEmpty();

        assertThat(run("mount", "-o", "remount,size=50m", disk.toString())).isTrue();
        for (int i = 0; i < 6; i++) {
            newsroom.cycle();
        }
        assertThat(newsroom.reader().messages().get(ts).at("/media/0/status").asText())
                .isEqualTo("live");
        assertThat(newsroom.slack.reactions(CHANNEL, ts)).containsExactly("rocket U0CHATPRESS");
        assertThat(files()).hasSize(1);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(disk)) {
            return files.toList();
        }
    }

    /** True if the program succeeded. */
    private static boolean run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }
}
