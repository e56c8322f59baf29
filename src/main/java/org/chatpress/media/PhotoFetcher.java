package org.chatpress.media;

import org.chatpress.error.RemoteException;
import org.chatpress.media.ImageProcessor.Fallback;
import org.chatpress.media.ImageProcessor.ProcessedImage;
import org.chatpress.media.ImageProcessor.UnsupportedImageException;
import org.chatpress.media.model.PhotoRecord;
import org.chatpress.model.slack.SlackImageFile;
import org.chatpress.slack.SlackFiles;

/** Downloads photos from Slack and processes them. */
public final class PhotoFetcher {
    /** More than any phone's photo has. */
    private static final int MAX_BYTES = 40 * 1024 * 1024;

    /** Slack makes its thumbnails in the moments after an upload. */
    private static final int ATTEMPTS_FOR_A_THUMBNAIL = 4;

    private final SlackFiles files;

    public PhotoFetcher(SlackFiles files) {
        this.files = files;
    }

    /**
     * Downloads and processes a photo; of a format that Java cannot read, such as HEIC, Slack's largest thumbnail.
     *
     * @throws RemoteException REJECTED if the file cannot be shown, now or later
     */
    ProcessedImage fetch(PhotoRecord photo, int maxWidth) {
        SlackImageFile image = photo.image().isStub() ? files.file(photo.image().id()) : photo.image();
        byte[] bytes = files.download(image.url(), image.size(), MAX_BYTES);
        try {
            return ImageProcessor.process(bytes, photo.id(), maxWidth);
        } catch (UnsupportedImageException e) {
            if (e.fallback() == Fallback.NONE) {
                throw RemoteException.rejected(e.getMessage(), e);
            }
            return fetchThumbnail(photo, e, maxWidth);
        }
    }

    private ProcessedImage fetchThumbnail(PhotoRecord photo, UnsupportedImageException original, int maxWidth) {
        SlackImageFile current;
        try {
            current = files.file(photo.image().id());
        } catch (RemoteException e) {
            if (e.kind() == RemoteException.Kind.REJECTED) {
                throw RemoteException.rejected(original.getMessage(), original);
            }
            throw e;
        }
        if (photo.image().size() > 0 && current.size() != photo.image().size()) {
            throw RemoteException.rejected("the file was replaced after the message was approved", null);
        }
        if (current.thumbnail().isEmpty()) {
            if (photo.state().tries() < ATTEMPTS_FOR_A_THUMBNAIL) {
                throw RemoteException.transientFailure(
                        original.getMessage() + ", and Slack has no thumbnail of it yet", original);
            }
            throw RemoteException.rejected(original.getMessage(), original);
        }
        try {
            return ImageProcessor.process(files.download(current.thumbnail(), 0, MAX_BYTES), photo.id(), maxWidth);
        } catch (UnsupportedImageException e) {
            throw RemoteException.rejected("cannot use Slack's thumbnail: " + e.getMessage(), e);
        }
    }
}
