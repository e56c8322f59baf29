package org.chatpress.slack;

import org.chatpress.model.MirroredImage;
import org.chatpress.model.slack.SlackImageFile;

/** Downloads images from Slack. Fails like {@link SlackReader}. */
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
     * Downloads a small image that Slack serves to everyone, such as an avatar or a custom emoji; REJECTED if it was
     * deleted, is too large, or its URL is not one of Slack's.
     */
    MirroredImage publicImage(String url);
}
