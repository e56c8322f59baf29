package org.chatpress.media;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.w3c.dom.Node;

/** Copies an animated GIF: keeps its frames and their timing, drops comments and other metadata. */
final class AnimatedGif {
    private static final String STREAM = "javax_imageio_gif_stream_1.0";
    private static final String IMAGE = "javax_imageio_gif_image_1.0";

    /** The pixels of all frames together. More may be a decompression bomb. */
    private static final long MAX_PIXELS = 256L * 1024 * 1024;

    /** The metadata that decoders need to show a frame. */
    private static final Set<String> FRAME_NODES =
            Set.of("ImageDescriptor", "LocalColorTable", "GraphicControlExtension", "ApplicationExtensions");

    private static final Set<String> STREAM_NODES = Set.of("Version", "LogicalScreenDescriptor", "GlobalColorTable");

    private AnimatedGif() {}

    /** True if the GIF has several frames, and not too many. */
    static boolean isAnimated(ImageReader reader) throws IOException {
        int frames = reader.getNumImages(true);
        long pixels = 0;
        for (int i = 0; i < frames && pixels <= MAX_PIXELS; i++) {
            pixels += (long) reader.getWidth(i) * reader.getHeight(i);
        }
        return frames > 1 && pixels <= MAX_PIXELS;
    }

    static byte[] copy(ImageReader reader) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
        var out = new ByteArrayOutputStream();
        try (var stream = new MemoryCacheImageOutputStream(out)) {
            writer.setOutput(stream);
            IIOMetadata streamMetadata = writer.getDefaultStreamMetadata(null);
            streamMetadata.setFromTree(
                    STREAM, only(STREAM_NODES, reader.getStreamMetadata().getAsTree(STREAM)));
            writer.prepareWriteSequence(streamMetadata);
            int frames = reader.getNumImages(true);
            for (int i = 0; i < frames; i++) {
                var frame = reader.read(i);
                IIOMetadata metadata = writer.getDefaultImageMetadata(new ImageTypeSpecifier(frame), null);
                metadata.setFromTree(
                        IMAGE, only(FRAME_NODES, reader.getImageMetadata(i).getAsTree(IMAGE)));
                writer.writeToSequence(new IIOImage(frame, null, metadata), null);
            }
            writer.endWriteSequence();
        } finally {
            writer.dispose();
        }
        return out.toByteArray();
    }

    private static Node only(Set<String> names, Node tree) {
        for (Node child : children(tree)) {
            if (!names.contains(child.getNodeName())) {
                tree.removeChild(child);
            } else if (child.getNodeName().equals("ApplicationExtensions")) {
                keepLoopCount(tree, child);
            }
        }
        return tree;
    }

    /** Keeps the NETSCAPE extension, which holds the loop count, and drops the others, such as XMP. */
    private static void keepLoopCount(Node tree, Node applications) {
        for (Node application : children(applications)) {
            boolean loops = application instanceof IIOMetadataNode node
                    && node.getAttribute("applicationID").equals("NETSCAPE");
            if (!loops) {
                applications.removeChild(application);
            }
        }
        if (applications.getFirstChild() == null) {
            tree.removeChild(applications);
        }
    }

    private static List<Node> children(Node node) {
        var children = new ArrayList<Node>();
        for (Node child = node.getFirstChild(); child != null; child = child.getNextSibling()) {
            children.add(child);
        }
        return children;
    }
}
