package org.chatpress.support;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Pictures as reporters upload them, drawn for a test: right ones with all that cameras write into them, and wrong ones. */
public final class Pictures {
    /** What a camera writes and readers must not see: place, owner, number, comment. */
    public static final String SECRET = "SECRET-OF-THE-CAMERA";

    /** One red pixel; Java has no writer for this format. */
    private static final String WEBP = "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA";

    private Pictures() {}

    /** A scene that looks another way however it is turned or mirrored: each quarter has its own colour. */
    public static BufferedImage scene(int width, int height) {
        return scene(width, height, BufferedImage.TYPE_INT_RGB);
    }

    public static BufferedImage scene(int width, int height, int type) {
        var picture = new BufferedImage(width, height, type);
        Graphics2D graphics = picture.createGraphics();
        Color[] colours = {Color.RED, Color.GREEN, Color.BLUE, Color.YELLOW};
        for (int i = 0; i < colours.length; i++) {
            graphics.setColor(colours[i]);
            int left = i % 2 * (width / 2);
            int top = i / 2 * (height / 2);
            graphics.fillRect(left, top, width - left, height - top);
        }
        graphics.dispose();
        return picture;
    }

    /** The scene as a camera's JPEG. */
    public static byte[] photo(int width, int height) {
        return withCameraData(jpeg(scene(width, height)), 1);
    }

    /** The pixels as a camera stores them for this Exif orientation. */
    public static BufferedImage stored(BufferedImage upright, int orientation) {
        int width = upright.getWidth();
        int height = upright.getHeight();
        boolean swaps = orientation >= 5;
        var stored = new BufferedImage(swaps ? height : width, swaps ? width : height, upright.getType());
        for (int x = 0; x < width; x++) {
            for (int y = 0; y < height; y++) {
                int right = width - 1 - x;
                int bottom = height - 1 - y;
                int rgb = upright.getRGB(x, y);
                switch (orientation) {
                    case 1 -> stored.setRGB(x, y, rgb);
                    case 2 -> stored.setRGB(right, y, rgb);
                    case 3 -> stored.setRGB(right, bottom, rgb);
                    case 4 -> stored.setRGB(x, bottom, rgb);
                    case 5 -> stored.setRGB(y, x, rgb);
                    case 6 -> stored.setRGB(y, right, rgb);
                    case 7 -> stored.setRGB(bottom, right, rgb);
                    case 8 -> stored.setRGB(bottom, x, rgb);
                    default -> throw new IllegalArgumentException("orientation " + orientation);
                }
            }
        }
        return stored;
    }

    public static byte[] jpeg(BufferedImage picture) {
        return written(picture, "jpeg");
    }

    public static byte[] png(BufferedImage picture) {
        return written(picture, "png");
    }

    public static byte[] gif(BufferedImage picture) {
        return written(picture, "gif");
    }

    public static byte[] webp() {
        return Base64.getDecoder().decode(WEBP);
    }

    /** The JPEG with Exif (orientation, GPS, maker, a thumbnail), XMP and a comment. */
    public static byte[] withCameraData(byte[] jpeg, int orientation) {
        var out = new ByteArrayOutputStream();
        out.write(jpeg, 0, 2);
        segment(out, 0xe1, concatenated("Exif\0\0".getBytes(StandardCharsets.ISO_8859_1), exif(orientation)));
        segment(out, 0xe1, ("http://ns.adobe.com/xap/1.0/\0" + xmp()).getBytes(StandardCharsets.ISO_8859_1));
        segment(out, 0xfe, SECRET.getBytes(StandardCharsets.ISO_8859_1));
        out.write(jpeg, 2, jpeg.length - 2);
        return out.toByteArray();
    }

    /** The PNG with Exif, XMP and a text. */
    public static byte[] pngWithCameraData(byte[] png, int orientation) {
        return withChunks(
                png,
                chunk("eXIf", exif(orientation)),
                chunk("iTXt", ("XML:com.adobe.xmp\0\0\0\0\0" + xmp()).getBytes(StandardCharsets.ISO_8859_1)),
                chunk("tEXt", ("Comment\0" + SECRET).getBytes(StandardCharsets.ISO_8859_1)));
    }

    /** The PNG whose numbers mean other colours than sRGB's: linear light. */
    public static byte[] linearPng(BufferedImage picture) {
        byte[] profile = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
        return withChunks(
                png(picture),
                chunk("iCCP", concatenated("linear\0\0".getBytes(StandardCharsets.ISO_8859_1), zipped(profile))));
    }

    /** Likewise, as a JPEG. */
    public static byte[] linearJpeg(BufferedImage picture) {
        byte[] profile = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
        byte[] jpeg = jpeg(picture);
        var out = new ByteArrayOutputStream();
        out.write(jpeg, 0, 2);
        segment(out, 0xe2, concatenated("ICC_PROFILE\0\1\1".getBytes(StandardCharsets.ISO_8859_1), profile));
        out.write(jpeg, 2, jpeg.length - 2);
        return out.toByteArray();
    }

    /** Printers' colours: a JPEG of four inks, all of one colour. */
    public static byte[] cmyk(int width, int height) {
        WritableRaster inks = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, width, height, 4, null);
        for (int x = 0; x < width; x++) {
            for (int y = 0; y < height; y++) {
                inks.setPixel(x, y, new int[] {255, 0, 0, 255});
            }
        }
        var writers = ImageIO.getImageWritersByFormatName("jpeg");
        ImageWriter writer = writers.next();
        while (!writer.getClass().getName().startsWith("com.sun.")) {
            writer = writers.next(); // Java's own: it writes any numbers, whatever they mean
        }
        var out = new ByteArrayOutputStream();
        try (var stream = new MemoryCacheImageOutputStream(out)) {
            writer.setOutput(stream);
            writer.write(null, new IIOImage(inks, null, null), null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
        // Photoshop's mark: four inks, each counted the other way round.
        byte[] jpeg = out.toByteArray();
        var marked = new ByteArrayOutputStream();
        marked.write(jpeg, 0, 2);
        segment(marked, 0xee, new byte[] {'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0});
        marked.write(jpeg, 2, jpeg.length - 2);
        return marked.toByteArray();
    }

    /** Sixteen bits a colour. */
    public static byte[] sixteenBits(int width, int height) {
        var gray = new BufferedImage(width, height, BufferedImage.TYPE_USHORT_GRAY);
        gray.getRaster().setSamples(0, 0, width, height, 0, new int[width * height]);
        gray.getRaster().setSample(0, 0, 0, 0xffff);
        return png(gray);
    }

    /** Three frames and a comment. */
    public static byte[] animation(int width, int height) {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
        var out = new ByteArrayOutputStream();
        try (var stream = new MemoryCacheImageOutputStream(out)) {
            writer.setOutput(stream);
            writer.prepareWriteSequence(null);
            for (Color colour : new Color[] {Color.RED, Color.GREEN, Color.BLUE}) {
                var frame = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_INDEXED);
                Graphics2D graphics = frame.createGraphics();
                graphics.setColor(colour);
                graphics.fillRect(0, 0, width, height);
                graphics.dispose();
                writer.writeToSequence(new IIOImage(frame, null, frameMetadata(writer, frame)), null);
            }
            writer.endWriteSequence();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
        return out.toByteArray();
    }

    /** A PNG of a few bytes that claims to be this large. */
    public static byte[] decompressionBomb(int width, int height) {
        byte[] header = ByteBuffer.allocate(13)
                .putInt(width)
                .putInt(height)
                .put(new byte[] {8, 2, 0, 0, 0})
                .array();
        return concatenated(
                new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10},
                chunk("IHDR", header),
                chunk("IDAT", zipped(new byte[20_000])),
                chunk("IEND", new byte[0]));
    }

    public static BufferedImage read(byte[] bytes) {
        try {
            return ImageIO.read(new ByteArrayInputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static IIOMetadata frameMetadata(ImageWriter writer, BufferedImage frame) throws IOException {
        IIOMetadata metadata = writer.getDefaultImageMetadata(new ImageTypeSpecifier(frame), null);
        String format = metadata.getNativeMetadataFormatName();
        var root = (IIOMetadataNode) metadata.getAsTree(format);
        var control = (IIOMetadataNode)
                root.getElementsByTagName("GraphicControlExtension").item(0);
        control.setAttribute("delayTime", "25");
        var comments = new IIOMetadataNode("CommentExtensions");
        var comment = new IIOMetadataNode("CommentExtension");
        comment.setAttribute("value", SECRET);
        comments.appendChild(comment);
        root.appendChild(comments);
        var applications = new IIOMetadataNode("ApplicationExtensions");
        var loop = new IIOMetadataNode("ApplicationExtension");
        loop.setAttribute("applicationID", "NETSCAPE");
        loop.setAttribute("authenticationCode", "2.0");
        loop.setUserObject(new byte[] {1, 0, 0});
        applications.appendChild(loop);
        root.appendChild(applications);
        metadata.setFromTree(format, root);
        return metadata;
    }

    private static byte[] written(BufferedImage picture, String format) {
        var out = new ByteArrayOutputStream();
        try {
            if (!ImageIO.write(picture, format, out)) {
                throw new IllegalArgumentException("no writer for " + format);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static String xmp() {
        return "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">"
                + "<rdf:Description xmlns:dc=\"http://purl.org/dc/elements/1.1/\" dc:creator=\"" + SECRET
                + "\"/></rdf:RDF></x:xmpmeta>";
    }

    /** A TIFF structure: orientation and maker, and below them 52° 31' north. */
    private static byte[] exif(int orientation) {
        byte[] maker = (SECRET + "\0").getBytes(StandardCharsets.ISO_8859_1);
        int firstIfd = 8;
        int gpsIfd = firstIfd + 2 + 3 * 12 + 4;
        int data = gpsIfd + 2 + 2 * 12 + 4;
        var tiff = ByteBuffer.allocate(data + maker.length + 24);
        tiff.put("MM".getBytes(StandardCharsets.ISO_8859_1))
                .putShort((short) 42)
                .putInt(firstIfd);
        tiff.putShort((short) 3);
        entry(tiff, 0x010f, 2, maker.length, data);
        tiff.putShort((short) 0x0112)
                .putShort((short) 3)
                .putInt(1)
                .putShort((short) orientation)
                .putShort((short) 0);
        entry(tiff, 0x8825, 4, 1, gpsIfd);
        tiff.putInt(0);
        tiff.putShort((short) 2);
        tiff.putShort((short) 1).putShort((short) 2).putInt(2).put(new byte[] {'N', 0, 0, 0});
        entry(tiff, 2, 5, 3, data + maker.length);
        tiff.putInt(0);
        tiff.put(maker);
        for (int part : new int[] {52, 31, 0}) {
            tiff.putInt(part).putInt(1);
        }
        return tiff.array();
    }

    private static void entry(ByteBuffer tiff, int tag, int type, int count, int value) {
        tiff.putShort((short) tag).putShort((short) type).putInt(count).putInt(value);
    }

    private static void segment(ByteArrayOutputStream out, int marker, byte[] content) {
        out.write(0xff);
        out.write(marker);
        out.write((content.length + 2) >> 8);
        out.write(content.length + 2);
        out.writeBytes(content);
    }

    /** Right after the header. */
    private static byte[] withChunks(byte[] png, byte[]... chunks) {
        int header = 8 + 25;
        var out = new ByteArrayOutputStream();
        out.write(png, 0, header);
        for (byte[] chunk : chunks) {
            out.writeBytes(chunk);
        }
        out.write(png, header, png.length - header);
        return out.toByteArray();
    }

    private static byte[] chunk(String type, byte[] content) {
        byte[] name = type.getBytes(StandardCharsets.ISO_8859_1);
        var sum = new CRC32();
        sum.update(name);
        sum.update(content);
        return ByteBuffer.allocate(12 + content.length)
                .putInt(content.length)
                .put(name)
                .put(content)
                .putInt((int) sum.getValue())
                .array();
    }

    private static byte[] zipped(byte[] bytes) {
        var deflater = new Deflater();
        deflater.setInput(bytes);
        deflater.finish();
        var out = new ByteArrayOutputStream();
        byte[] part = new byte[8192];
        while (!deflater.finished()) {
            out.write(part, 0, deflater.deflate(part));
        }
        deflater.end();
        return out.toByteArray();
    }

    private static byte[] concatenated(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
