package org.chatpress.media.model;

/** A photo as readers may have it. */
public record ProcessedImage(byte[] bytes, ImageFormat format, int width, int height) {}
