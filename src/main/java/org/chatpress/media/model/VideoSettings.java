package org.chatpress.media.model;

import java.time.Duration;

/**
 * How clips, of video or of sound, are processed. They are published beside the chat.
 *
 * @param maxBytes the size of the largest file that is downloaded
 * @param maxLength the length of the longest clip
 * @param height in pixels; smaller pictures are not enlarged
 */
public record VideoSettings(long maxBytes, Duration maxLength, int height) {}
