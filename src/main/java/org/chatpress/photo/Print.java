package org.chatpress.photo;

/** A photo as readers may have it. */
public record Print(byte[] bytes, Format format, int width, int height) {}
