package org.chatpress.support;

/**
 * A file that a user uploads to a {@link FakeWorkspace}.
 *
 * @param name as the uploader typed it
 * @param type as Slack takes it from the name
 * @param thumbnail a copy that Slack made itself; no bytes: it made none
 */
public record FakeFile(String id, String name, String type, byte[] bytes, String alt, byte[] thumbnail) {
    /** A phone's JPEG. */
    public static FakeFile jpeg(String id, byte[] bytes) {
        return new FakeFile(id, "IMG_" + id + ".jpg", "image/jpeg", bytes, "", new byte[0]);
    }

    /** The same with words for those who can't see it. */
    public FakeFile saying(String alt) {
        return new FakeFile(id, name, type, bytes, alt, thumbnail);
    }

    /** The same under another name and type. */
    public FakeFile called(String name, String type) {
        return new FakeFile(id, name, type, bytes, alt, thumbnail);
    }

    /** The same with Slack's own copy. */
    public FakeFile with(byte[] thumbnail) {
        return new FakeFile(id, name, type, bytes, alt, thumbnail);
    }
}
