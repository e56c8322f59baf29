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
import org.chatpress.media.model.PhotoRecord.Rendition;
import org.chatpress.model.ImageFormat;
import org.w3c.dom.NodeList;

/**
 * Turns an image upright, converts it to sRGB, shrinks it, and encodes it again, so that no metadata of the camera is
 * left. Reads the size before it decodes, and subsamples large images, so that memory stays bounded.
 */
final class ImageProcessor {
    /** More than any phone's photo has. More may be a decompression bomb. */
    static final int MAX_PIXELS = 64 * 1024 * 1024;

    /** How many pixels to decode into memory at most; images with more are subsampled. */
    private static final long MAX_DECODED_PIXELS = 8L * 1024 * 1024;

    /** Subsampling leaves twice the wanted width and height: smooth scaling does the rest. */
    private static final int OVERSIZE = 2;

    private ImageProcessor() {}

    record ProcessedImage(byte[] bytes, ImageFormat format, int width, int height) {
        Rendition rendition() {
            return new Rendition(format, width, height);
        }
    }

    /** What to use instead of an image that cannot be processed. */
    enum Fallback {
        NONE,
        /** The thumbnail that Slack makes, which is in a supported format. */
        THUMBNAIL
    }

    /** The image cannot be processed; the message says why. */
    static final class UnsupportedImageException extends Exception {
        private final Fallback fallback;

        private UnsupportedImageException(String reason, Fallback fallback) {
            this(reason, fallback, null);
        }

        private UnsupportedImageException(String reason, Fallback fallback, Throwable cause) {
            super(reason, cause);
            this.fallback = fallback;
        }

        Fallback fallback() {
            return fallback;
        }
    }

    /** @param id written into the image as its IPTC ProductID, unless it is an animated GIF */
    static ProcessedImage process(byte[] bytes, String id, int maxWidth) throws UnsupportedImageException {
        ImageFormat format = ImageFormat.of(bytes).orElseThrow(() -> unknown(bytes));
        if (!format.isComplete(bytes)) {
            throw new UnsupportedImageException("the file is truncated", Fallback.NONE);
        }
        ImageReader reader = reader(format);
        BufferedImage image;
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
            Orientation orientation = Orientation.of(exifOrientation(bytes));
            Size size = new Size((int) width, (int) height).scaledTo(maxWidth, orientation);
            BufferedImage decoded = decode(reader, size, width, height);
            image = orientation.upright(resize(toSrgb(decoded, format, profile(reader, format)), size));
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            // Files made to break decoders cause all kinds of exceptions, or ask for more memory than there is.
            throw new UnsupportedImageException("it is a broken " + format + " file", Fallback.THUMBNAIL, e);
        } finally {
            reader.dispose();
        }
        boolean isTransparent = image.getColorModel().hasAlpha();
        ImageFormat outputFormat = format == ImageFormat.JPG || (format == ImageFormat.WEBP && !isTransparent)
                ? ImageFormat.JPG
                : ImageFormat.PNG;
        return new ProcessedImage(
                ImageEncoder.encode(image, outputFormat, id), outputFormat, image.getWidth(), image.getHeight());
    }

    private static UnsupportedImageException unknown(byte[] bytes) {
        boolean isMarkup = new String(bytes, 0, Math.min(bytes.length, 64), StandardCharsets.UTF_8)
                .replace("\uFEFF", "")
                .strip()
                .startsWith("<");
        return isMarkup
                ? new UnsupportedImageException("it is a web page or an SVG drawing, not a photo", Fallback.NONE)
                : new UnsupportedImageException("it is not a JPEG, PNG, GIF or WebP image", Fallback.THUMBNAIL);
    }

    private static ImageReader reader(ImageFormat format) {
        return ImageIO.getImageReadersByFormatName(format.name()).next();
    }

    // SIZE

    /** Width and height before the image is turned upright. */
    private record Size(int width, int height) {
        /** Shrinks the size so that the upright image is no wider than {@code maxWidth}. */
        Size scaledTo(int maxWidth, Orientation orientation) {
            int uprightWidth = orientation.swapsDimensions() ? height : width;
            if (uprightWidth <= maxWidth) {
                return this;
            }
            double factor = (double) maxWidth / uprightWidth;
            int scaledWidth = (int) Math.max(1, Math.round(width * factor));
            int scaledHeight = (int) Math.max(1, Math.round(height * factor));
            return new Size(scaledWidth, scaledHeight);
        }
    }

    private static BufferedImage decode(ImageReader reader, Size wanted, long width, long height) throws IOException {
        int subsampling = 1;
        while (width / (subsampling + 1) >= (long) OVERSIZE * wanted.width
                && height / (subsampling + 1) >= (long) OVERSIZE * wanted.height
                && width * height / ((long) subsampling * subsampling) > MAX_DECODED_PIXELS / OVERSIZE) {
            subsampling++;
        }
        while (width * height / ((long) subsampling * subsampling) > MAX_DECODED_PIXELS) {
            subsampling++;
        }
        ImageReadParam param = reader.getDefaultReadParam();
        param.setSourceSubsampling(subsampling, subsampling, 0, 0);
        return reader.read(0, param);
    }

    private static BufferedImage resize(BufferedImage image, Size size) throws IOException {
        if (image.getWidth() == size.width && image.getHeight() == size.height) {
            return image;
        }
        return Thumbnails.of(image)
                .forceSize(size.width, size.height)
                .imageType(image.getType())
                .asBufferedImage();
    }

    // ORIENTATION

    /** How the image is stored in its file; Exif numbers the eight ways from 1 (upright) to 8. */
    private record Orientation(int exif) {
        static Orientation of(int orientation) {
            return new Orientation(orientation >= 1 && orientation <= 8 ? orientation : 1);
        }

        boolean swapsDimensions() {
            return exif >= 5;
        }

        BufferedImage upright(BufferedImage stored) {
            if (exif == 1) {
                return stored;
            }
            int width = stored.getWidth();
            int height = stored.getHeight();
            AffineTransform transform = switch (exif) {
                case 2 -> new AffineTransform(-1, 0, 0, 1, width, 0);
                case 3 -> new AffineTransform(-1, 0, 0, -1, width, height);
                case 4 -> new AffineTransform(1, 0, 0, -1, 0, height);
                case 5 -> new AffineTransform(0, 1, 1, 0, 0, 0);
                case 6 -> new AffineTransform(0, 1, -1, 0, height, 0);
                case 7 -> new AffineTransform(0, -1, -1, 0, height, width);
                default -> new AffineTransform(0, -1, 1, 0, 0, width);
            };
            var upright = new BufferedImage(
                    swapsDimensions() ? height : width, swapsDimensions() ? width : height, stored.getType());
            Graphics2D graphics = upright.createGraphics();
            graphics.drawImage(stored, transform, null);
            graphics.dispose();
            return upright;
        }
    }

    private static int exifOrientation(byte[] bytes) {
        try {
            var exif = ImageMetadataReader.readMetadata(new ByteArrayInputStream(bytes))
                    .getFirstDirectoryOfType(ExifIFD0Directory.class);
            Integer orientation = exif == null ? null : exif.getInteger(ExifIFD0Directory.TAG_ORIENTATION);
            return orientation == null ? 1 : orientation;
        } catch (ImageProcessingException | IOException | RuntimeException | OutOfMemoryError e) {
            return 1; // the image may be fine although its metadata is broken
        }
    }

    // COLOUR

    private static BufferedImage toSrgb(BufferedImage image, ImageFormat format, Optional<ICC_Profile> profile) {
        BufferedImage source = profile.flatMap(icc -> withProfile(image, icc)).orElse(image);
        // A JPEG with four colour components that does not name its colour space looks as if it had transparency.
        boolean isTransparent =
                format != ImageFormat.JPG && source.getColorModel().hasAlpha();
        var srgb = new BufferedImage(
                source.getWidth(),
                source.getHeight(),
                isTransparent ? BufferedImage.TYPE_INT_ARGB : BufferedImage.TYPE_INT_RGB);
        if (source.getColorModel().getColorSpace().isCS_sRGB()) {
            Graphics2D graphics = srgb.createGraphics();
            graphics.setBackground(new Color(0, true));
            graphics.drawImage(source, 0, 0, null);
            graphics.dispose();
            return srgb;
        }
        return new ColorConvertOp(null).filter(source, srgb);
    }

    /** The same pixel values, interpreted by the image's colour profile. ImageIO takes those of a PNG for sRGB. */
    private static Optional<BufferedImage> withProfile(BufferedImage image, ICC_Profile profile) {
        ColorModel model = image.getColorModel();
        boolean fits = model instanceof ComponentColorModel
                && profile.getNumComponents() == model.getNumColorComponents()
                && profile.getColorSpaceType() != ColorSpace.TYPE_CMYK;
        if (!fits) {
            return Optional.empty();
        }
        var profiled = new ComponentColorModel(
                new ICC_ColorSpace(profile),
                model.hasAlpha(),
                model.isAlphaPremultiplied(),
                model.getTransparency(),
                model.getTransferType());
        return Optional.of(new BufferedImage(profiled, image.getRaster(), model.isAlphaPremultiplied(), null));
    }

    /** The colour profile of a PNG. The decoders of the other formats apply profiles themselves. */
    private static Optional<ICC_Profile> profile(ImageReader reader, ImageFormat format) throws IOException {
        if (format != ImageFormat.PNG) {
            return Optional.empty();
        }
        IIOMetadata metadata = reader.getImageMetadata(0);
        NodeList chunks = ((IIOMetadataNode) metadata.getAsTree(metadata.getNativeMetadataFormatName()))
                .getElementsByTagName("iCCP");
        if (chunks.getLength() == 0
                || !(((IIOMetadataNode) chunks.item(0)).getUserObject() instanceof byte[] compressed)) {
            return Optional.empty();
        }
        try (InputStream in = new InflaterInputStream(new ByteArrayInputStream(compressed))) {
            return Optional.of(ICC_Profile.getInstance(in.readNBytes(4 * 1024 * 1024)));
        } catch (IOException | RuntimeException e) {
            return Optional.empty(); // ignore a broken profile
        }
    }
}
