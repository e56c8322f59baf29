package org.chatpress.slack;

import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.chatpress.model.MirroredImage;
import org.chatpress.model.slack.SlackImageFile;

/** Downloads images and clips from Slack. Fails like {@link SlackReader}. */
public interface SlackFiles {
    /** Describes a file; REJECTED if it was deleted, is hidden from the bot, or is not an image. */
    SlackImageFile file(String id);

    /**
     * Downloads a file that only members of the workspace can read. Returns the complete file, or throws: REJECTED if it
     * was deleted, is too large, or its URL is not one of Slack's; ACTION_REQUIRED if Slack sends its login page instead.
     *
     * @param size the number of bytes that Slack announced; 0: unknown
     * @param maxBytes the largest acceptable size
     */
    byte[] download(String url, long size, int maxBytes);

    /**
     * Downloads a file that may be too large for memory, like {@link #download(String, long, int)}.
     *
     * @param target the local file to write; a part of it stays if the download fails
     * @param isCancelled asked between two chunks: true ends the download
     * @throws CancellationException if it was cancelled
     */
    void download(String url, long size, long maxBytes, Path target, BooleanSupplier isCancelled);

    /**
     * Downloads a small image that Slack serves to everyone, such as an avatar or a custom emoji; REJECTED if it was
     * deleted, is too large, or its URL is not one of Slack's.
     */
    MirroredImage publicImage(String url);
}
