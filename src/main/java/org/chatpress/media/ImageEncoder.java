package org.chatpress.media;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.chatpress.model.ImageFormat;
import org.w3c.dom.Node;

/**
 * Encodes images with the IPTC ProductID as their only metadata. It is dataset 1:50 of IPTC's Information Interchange
 * Model, inside a Photoshop image resource, inside an APP13 segment of a JPEG or a text chunk of a PNG.
 */
final class ImageEncoder {
    private static final float QUALITY = 0.88f;
    private static final int APP13 = 0xed;
    private static final int MAX_ID_LENGTH = 32;

    private ImageEncoder() {}

    static byte[] encode(BufferedImage image, ImageFormat format, String id) {
        ImageWriter writer = ImageIO.getImageWritersByFormatName(format.name()).next();
        var out = new ByteArrayOutputStream();
        try (var stream = new MemoryCacheImageOutputStream(out)) {
            ImageWriteParam param = writer.getDefaultWriteParam();
            if (format == ImageFormat.JPG) {
                param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                param.setCompressionQuality(QUALITY);
            }
            IIOMetadata metadata = writer.getDefaultImageMetadata(new ImageTypeSpecifier(image), param);
            String tree = metadata.getNativeMetadataFormatName();
            Node root = metadata.getAsTree(tree);
            if (format == ImageFormat.JPG) {
                root.getLastChild().appendChild(jpegSegment(id));
            } else {
                root.appendChild(pngText(id));
            }
            metadata.setFromTree(tree, root);
            writer.setOutput(stream);
            writer.write(null, new IIOImage(image, null, metadata), param);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // cannot happen: the output is in memory
        } finally {
            writer.dispose();
        }
        return out.toByteArray();
    }

    private static IIOMetadataNode jpegSegment(String id) {
        var segment = new IIOMetadataNode("unknown");
        segment.setAttribute("MarkerTag", String.valueOf(APP13));
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes("Photoshop 3.0\0".getBytes(StandardCharsets.US_ASCII));
        bytes.writeBytes(imageResource(id));
        segment.setUserObject(bytes.toByteArray());
        return segment;
    }

    /** The form that ImageMagick introduced and exiftool reads. */
    private static IIOMetadataNode pngText(String id) {
        byte[] resource = imageResource(id);
        var entry = new IIOMetadataNode("tEXtEntry");
        entry.setAttribute("keyword", "Raw profile type iptc");
        entry.setAttribute(
                "value",
                "\niptc\n%8d\n%s\n".formatted(resource.length, HexFormat.of().formatHex(resource)));
        var texts = new IIOMetadataNode("tEXt");
        texts.appendChild(entry);
        return texts;
    }

    /** Photoshop's image resource 0x0404 (IPTC) without a name. */
    private static byte[] imageResource(String id) {
        byte[] letters = id.getBytes(StandardCharsets.US_ASCII);
        if (letters.length > MAX_ID_LENGTH) {
            throw new IllegalArgumentException("too long for a ProductID: " + id);
        }
        int dataset = 5 + letters.length;
        var bytes = ByteBuffer.allocate(12 + dataset + dataset % 2);
        bytes.put("8BIM".getBytes(StandardCharsets.US_ASCII))
                .putShort((short) 0x0404)
                .putShort((short) 0)
                .putInt(dataset);
        bytes.put((byte) 0x1c).put((byte) 1).put((byte) 50).putShort((short) letters.length);
        bytes.put(letters);
        return bytes.array();
    }
}
