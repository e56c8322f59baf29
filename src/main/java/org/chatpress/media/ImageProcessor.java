package org.chatpress.media;

import com.drew.imaging.ImageMetadataReader;
import com.drew.imaging.ImageProcessingException;
import com.drew.metadata.exif.ExifIFD0Directory;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.awt.image.ColorConvertOp;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.InflaterInputStream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import net.coobird.thumbnailator.Thumbnails;
import org.chatpress.media.UnsupportedImageException.Fallback;
import org.chatpress.media.model.ProcessedImage;
import org.chatpress.model.ImageFormat;
import org.w3c.dom.NodeList;

/**
 * Makes of a picture's bytes those that readers may have: upright, in sRGB, no wider than wanted, and drawn anew, so that
 * nothing of what the camera wrote into the file is left. Its size is known before anything is decoded, and a large one
 * is read in a coarser grain, so that memory stays bounded.
 */
final class ImageProcessor {
    /** No phone's picture has more; what claims more may be a bomb. */
    static final int MAX_PIXELS = 64 * 1024 * 1024;

    /** While more than this would be in memory, every second pixel is left out. */
    private static final long MOST_PIXELS_AT_ONCE = 8L * 1024 * 1024;

    /** The grain is no coarser than twice what is wanted: the rest is done smoothly. */
    private static final int FINER = 2;

    private ImageProcessor() {}

    /** @param id written into the picture as its IPTC ProductID, where the format has a place for it */
    static ProcessedImage process(byte[] bytes, String id, int maxWidth) throws UnsupportedImageException {
        ImageFormat format = ImageFormat.of(bytes).orElseThrow(() -> unknown(bytes));
        if (!format.isComplete(bytes)) {
            throw new UnsupportedImageException("it ends in the middle", Fallback.NONE);
        }
        ImageReader reader = reader(format);
        BufferedImage picture;
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            reader.setInput(in, false, format == ImageFormat.JPG || format == ImageFormat.WEBP);
            long width = reader.getWidth(0);
            long height = reader.getHeight(0);
            if (width * height > MAX_PIXELS) {
                throw new UnsupportedImageException(
                        "it has %d x %d pixels, more than %d".formatted(width, height, MAX_PIXELS), Fallback.NONE);
            }
            if (format == ImageFormat.GIF && width <= maxWidth && AnimatedGif.isAnimated(reader)) {
                return new ProcessedImage(AnimatedGif.copy(reader), ImageFormat.GIF, (int) width, (int) height);
            }
            Orientation turn = Orientation.of(orientation(bytes));
            Size size = new Size((int) width, (int) height).scaledTo(maxWidth, turn);
            BufferedImage decoded = decoded(reader, size, width, height);
            picture = turn.apply(resized(inSrgb(decoded, format, profile(reader, format)), size));
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            // Readers throw all kinds of things at what was made to break them, and may ask for all the memory there
            // is.
            throw new UnsupportedImageException("it is a broken " + format + " file", Fallback.THUMBNAIL, e);
        } finally {
            reader.dispose();
        }
        boolean transparent = picture.getColorModel().hasAlpha();
        ImageFormat printed = format == ImageFormat.JPG || (format == ImageFormat.WEBP && !transparent)
                ? ImageFormat.JPG
                : ImageFormat.PNG;
        return new ProcessedImage(
                ImageEncoder.encode(picture, printed, id), printed, picture.getWidth(), picture.getHeight());
    }

    private static UnsupportedImageException unknown(byte[] bytes) {
        boolean isMarkup = new String(bytes, 0, Math.min(bytes.length, 64), StandardCharsets.UTF_8)
                .replace("\uFEFF", "")
                .strip()
                .startsWith("<");
        return isMarkup
                ? new UnsupportedImageException("it is a web page or a drawing (SVG), no photo", Fallback.NONE)
                : new UnsupportedImageException("it is no JPEG, PNG, GIF or WebP", Fallback.THUMBNAIL);
    }

    private static ImageReader reader(ImageFormat format) {
        return ImageIO.getImageReadersByFormatName(format.name()).next();
    }

    // SIZE

    /** A picture's, as it lies in its file. */
    private record Size(int width, int height) {
        /** So large that it is no wider than wanted once it is turned. */
        Size scaledTo(int maxWidth, Orientation turn) {
            int uprightWidth = turn.swapsDimensions() ? height : width;
            if (uprightWidth <= maxWidth) {
                return this;
            }
            double factor = (double) maxWidth / uprightWidth;
            int scaledWidth = (int) Math.max(1, Math.round(width * factor));
            int scaledHeight = (int) Math.max(1, Math.round(height * factor));
            return new Size(scaledWidth, scaledHeight);
        }
    }

    private static BufferedImage decoded(ImageReader reader, Size wanted, long width, long height) throws IOException {
        int grain = 1;
        while (width / (grain + 1) >= (long) FINER * wanted.width
                && height / (grain + 1) >= (long) FINER * wanted.height
                && width * height / ((long) grain * grain) > MOST_PIXELS_AT_ONCE / FINER) {
            grain++;
        }
        while (width * height / ((long) grain * grain) > MOST_PIXELS_AT_ONCE) {
            grain++;
        }
        ImageReadParam param = reader.getDefaultReadParam();
        param.setSourceSubsampling(grain, grain, 0, 0);
        return reader.read(0, param);
    }

    private static BufferedImage resized(BufferedImage picture, Size size) throws IOException {
        if (picture.getWidth() == size.width && picture.getHeight() == size.height) {
            return picture;
        }
        return Thumbnails.of(picture)
                .forceSize(size.width, size.height)
                .imageType(picture.getType())
                .asBufferedImage();
    }

    // ORIENTATION

    /** How a picture must be turned to stand upright, as Exif numbers it from 1 to 8. */
    private record Orientation(int orientation) {
        static Orientation of(int orientation) {
            return new Orientation(orientation >= 1 && orientation <= 8 ? orientation : 1);
        }

        boolean swapsDimensions() {
            return orientation >= 5;
        }

        BufferedImage apply(BufferedImage lying) {
            if (orientation == 1) {
                return lying;
            }
            int width = lying.getWidth();
            int height = lying.getHeight();
            AffineTransform turn = switch (orientation) {
                case 2 -> new AffineTransform(-1, 0, 0, 1, width, 0);
                case 3 -> new AffineTransform(-1, 0, 0, -1, width, height);
                case 4 -> new AffineTransform(1, 0, 0, -1, 0, height);
                case 5 -> new AffineTransform(0, 1, 1, 0, 0, 0);
                case 6 -> new AffineTransform(0, 1, -1, 0, height, 0);
                case 7 -> new AffineTransform(0, -1, -1, 0, height, width);
                default -> new AffineTransform(0, -1, 1, 0, 0, width);
            };
            var upright = new BufferedImage(
                    swapsDimensions() ? height : width, swapsDimensions() ? width : height, lying.getType());
            Graphics2D graphics = upright.createGraphics();
            graphics.drawImage(lying, turn, null);
            graphics.dispose();
            return upright;
        }
    }

    private static int orientation(byte[] bytes) {
        try {
            var exif = ImageMetadataReader.readMetadata(new ByteArrayInputStream(bytes))
                    .getFirstDirectoryOfType(ExifIFD0Directory.class);
            Integer orientation = exif == null ? null : exif.getInteger(ExifIFD0Directory.TAG_ORIENTATION);
            return orientation == null ? 1 : orientation;
        } catch (ImageProcessingException | IOException | RuntimeException | OutOfMemoryError e) {
            return 1; // whatever is wrong with what the camera wrote, the picture may be fine
        }
    }

    // COLOUR

    /** As every browser takes it, with or without transparency. */
    private static BufferedImage inSrgb(BufferedImage picture, ImageFormat format, Optional<ICC_Profile> profile) {
        BufferedImage source =
                profile.flatMap(icc -> reinterpreted(picture, icc)).orElse(picture);
        // A JPEG of four colours without a word on what they mean looks like one with transparency.
        boolean transparent =
                format != ImageFormat.JPG && source.getColorModel().hasAlpha();
        var srgb = new BufferedImage(
                source.getWidth(),
                source.getHeight(),
                transparent ? BufferedImage.TYPE_INT_ARGB : BufferedImage.TYPE_INT_RGB);
        if (source.getColorModel().getColorSpace().isCS_sRGB()) {
            Graphics2D graphics = srgb.createGraphics();
            graphics.setBackground(new Color(0, true));
            graphics.drawImage(source, 0, 0, null);
            graphics.dispose();
            return srgb;
        }
        return new ColorConvertOp(null).filter(source, srgb);
    }

    /** ImageIO reads a PNG's numbers as if they were sRGB's, whatever profile it names. */
    private static Optional<BufferedImage> reinterpreted(BufferedImage picture, ICC_Profile profile) {
        ColorModel model = picture.getColorModel();
        boolean fits = model instanceof ComponentColorModel
                && profile.getNumComponents() == model.getNumColorComponents()
                && profile.getColorSpaceType() != ColorSpace.TYPE_CMYK;
        if (!fits) {
            return Optional.empty();
        }
        var meant = new ComponentColorModel(
                new ICC_ColorSpace(profile),
                model.hasAlpha(),
                model.isAlphaPremultiplied(),
                model.getTransparency(),
                model.getTransferType());
        return Optional.of(new BufferedImage(meant, picture.getRaster(), model.isAlphaPremultiplied(), null));
    }

    /** The profile that a PNG names; the other formats' readers heed theirs. */
    private static Optional<ICC_Profile> profile(ImageReader reader, ImageFormat format) throws IOException {
        if (format != ImageFormat.PNG) {
            return Optional.empty();
        }
        IIOMetadata metadata = reader.getImageMetadata(0);
        NodeList chunks = ((IIOMetadataNode) metadata.getAsTree(metadata.getNativeMetadataFormatName()))
                .getElementsByTagName("iCCP");
        if (chunks.getLength() == 0 || !(((IIOMetadataNode) chunks.item(0)).getUserObject() instanceof byte[] zipped)) {
            return Optional.empty();
        }
        try (InputStream in = new InflaterInputStream(new ByteArrayInputStream(zipped))) {
            return Optional.of(ICC_Profile.getInstance(in.readNBytes(4 * 1024 * 1024)));
        } catch (IOException | RuntimeException e) {
            return Optional.empty(); // a broken profile is none
        }
    }
}
