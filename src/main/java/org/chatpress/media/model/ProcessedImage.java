package org.chatpress.media.model;

import org.chatpress.model.ImageFormat;

/** A photo as readers may have it. */
public record ProcessedImage(byte[] bytes, ImageFormat format, int width, int height) {}
