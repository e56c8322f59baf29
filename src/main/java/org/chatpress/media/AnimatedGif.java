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

/** A GIF that moves: its frames and their timing go on, comments and whatever else is in it don't. */
final class AnimatedGif {
    private static final String STREAM = "javax_imageio_gif_stream_1.0";
    private static final String IMAGE = "javax_imageio_gif_image_1.0";

    /** Frames beyond this many pixels in all make no animation but a bomb. */
    private static final long MOST_PIXELS = 256L * 1024 * 1024;

    /** What a frame needs to be shown as it was meant. */
    private static final Set<String> FRAME =
            Set.of("ImageDescriptor", "LocalColorTable", "GraphicControlExtension", "ApplicationExtensions");

    private static final Set<String> WHOLE = Set.of("Version", "LogicalScreenDescriptor", "GlobalColorTable");

    private AnimatedGif() {}

    /** True if the GIF has several frames, and not too many. */
    static boolean isAnimated(ImageReader reader) throws IOException {
        int frames = reader.getNumImages(true);
        long pixels = 0;
        for (int i = 0; i < frames && pixels <= MOST_PIXELS; i++) {
            pixels += (long) reader.getWidth(i) * reader.getHeight(i);
        }
        return frames > 1 && pixels <= MOST_PIXELS;
    }

    static byte[] copy(ImageReader reader) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
        var out = new ByteArrayOutputStream();
        try (var stream = new MemoryCacheImageOutputStream(out)) {
            writer.setOutput(stream);
            IIOMetadata whole = writer.getDefaultStreamMetadata(null);
            whole.setFromTree(STREAM, only(WHOLE, reader.getStreamMetadata().getAsTree(STREAM)));
            writer.prepareWriteSequence(whole);
            int frames = reader.getNumImages(true);
            for (int i = 0; i < frames; i++) {
                var frame = reader.read(i);
                IIOMetadata metadata = writer.getDefaultImageMetadata(new ImageTypeSpecifier(frame), null);
                metadata.setFromTree(
                        IMAGE, only(FRAME, reader.getImageMetadata(i).getAsTree(IMAGE)));
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
                keepLooping(tree, child);
            }
        }
        return tree;
    }

    /** Of the applications' own data only how often to repeat; XMP goes the same way, for one. */
    private static void keepLooping(Node tree, Node applications) {
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
