package org.chatpress.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.chatpress.media.ImageProcessor.Fallback;
import org.chatpress.media.ImageProcessor.ProcessedImage;
import org.chatpress.media.ImageProcessor.UnsupportedImageException;
import org.chatpress.model.ImageFormat;
import org.chatpress.support.Exiftool;
import org.chatpress.support.Pictures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageProcessorTest {
    private static final String ID = "F0123456789";
    private static final int WIDTH = 960;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyOrientationIsTurnedUprightPixelForPixel(int orientation) throws Exception {
        BufferedImage scene = Pictures.scene(61, 40);
        byte[] rotated = Pictures.pngWithCameraData(Pictures.png(Pictures.stored(scene, orientation)), orientation);

        ProcessedImage image = ImageProcessor.process(rotated, ID, WIDTH);

        assertThat(pixels(Pictures.read(image.bytes()))).isEqualTo(pixels(scene));
        assertThat(image.width()).isEqualTo(61);
        assertThat(image.height()).isEqualTo(40);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void aLargeJpegIsTurnedUprightAndShrunk(int orientation) throws Exception {
        byte[] rotated = Pictures.withCameraData(
                Pictures.jpeg(Pictures.stored(Pictures.scene(1200, 1600), orientation)), orientation);

        ProcessedImage image = ImageProcessor.process(rotated, ID, 300);

        assertThat(image.format()).isEqualTo(ImageFormat.JPG);
        assertThat(image.width()).isEqualTo(300);
        assertThat(image.height()).isEqualTo(400);
        assertShowsTheScene(Pictures.read(image.bytes()));
    }

    @Test
    void smallImagesAreNotEnlarged() throws Exception {
        ProcessedImage image = ImageProcessor.process(Pictures.photo(200, 100), ID, WIDTH);

        assertThat(image.width()).isEqualTo(200);
        assertThat(image.height()).isEqualTo(100);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("images")
    void onlyTheProductIdIsLeftOfTheMetadata(String what, byte[] original, ImageFormat format) throws Exception {
        ProcessedImage image = ImageProcessor.process(original, ID, WIDTH);

        assertThat(image.format()).isEqualTo(format);
        assertThat(new String(image.bytes(), StandardCharsets.ISO_8859_1))
                .doesNotContain(Pictures.SECRET, "Exif", "ICC_")
                .hasSizeLessThan(20_000);
        Exiftool.isNeeded();
        if (!what.startsWith("an animated GIF")) {
            assertThat(Exiftool.tags(original).toString())
                    .as("metadata of the original")
                    .contains(Pictures.SECRET);
        }
        if (format == ImageFormat.GIF) {
            assertThat(Exiftool.tags(image.bytes())).isEmpty();
        } else {
            assertThat(Exiftool.tags(image.bytes()).keySet()).allMatch(tag -> tag.matches("\\[IPTC] +ProductID"));
            assertThat(Exiftool.productId(image.bytes())).isEqualTo(ID);
        }
    }

    static Stream<Arguments> images() {
        return Stream.of(
                Arguments.of("a camera's JPEG", Pictures.photo(200, 100), ImageFormat.JPG),
                Arguments.of(
                        "a PNG",
                        Pictures.pngWithCameraData(Pictures.png(Pictures.scene(200, 100)), 1),
                        ImageFormat.PNG),
                Arguments.of("an animated GIF", Pictures.animation(20, 10), ImageFormat.GIF),
                Arguments.of("an animated GIF that is too wide", Pictures.animation(1000, 10), ImageFormat.PNG));
    }

    @Test
    void anAnimatedGifStaysAnimated() throws Exception {
        ProcessedImage image = ImageProcessor.process(Pictures.animation(20, 10), ID, WIDTH);

        ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
        reader.setInput(new MemoryCacheImageInputStream(new ByteArrayInputStream(image.bytes())));
        assertThat(reader.getNumImages(true)).isEqualTo(3);
        assertThat(reader.read(1).getRGB(5, 5)).isEqualTo(Color.GREEN.getRGB());
        assertThat(new String(image.bytes(), StandardCharsets.ISO_8859_1)).contains("NETSCAPE2.0");
        assertThat(reader.getImageMetadata(1)
                        .getAsTree("javax_imageio_gif_image_1.0")
                        .getChildNodes()
                        .getLength())
                .isGreaterThan(1);
    }

    @Test
    void anAnimatedGifWithAHugeFrameBecomesItsFirstFrame() throws Exception {
        var gif = new ByteArrayOutputStream();
        gif.writeBytes("GIF89a".getBytes(StandardCharsets.US_ASCII));
        gif.writeBytes(new byte[] {1, 0, 1, 0, (byte) 0x80, 0, 0, 0, 0, 0, -1, -1, -1});
        for (int side : new int[] {1, 46_000}) {
            byte low = (byte) side;
            byte high = (byte) (side >> 8);
            gif.writeBytes(new byte[] {0x2c, 0, 0, 0, 0, low, high, low, high, 0});
            gif.writeBytes(new byte[] {2, 2, 0x44, 1, 0});
        }
        gif.write(0x3b);

        ProcessedImage image = ImageProcessor.process(gif.toByteArray(), ID, WIDTH);

        assertThat(image.width()).isEqualTo(1);
    }

    @Test
    void transparencyIsKept() throws Exception {
        BufferedImage transparent = Pictures.scene(30, 20, BufferedImage.TYPE_INT_ARGB);
        transparent.setRGB(3, 3, 0x00ffffff);
        transparent.setRGB(4, 4, 0x80ff0000);

        BufferedImage processed = Pictures.read(
                ImageProcessor.process(Pictures.png(transparent), ID, WIDTH).bytes());

        assertThat(processed.getRGB(3, 3) >>> 24).isZero();
        assertThat(processed.getRGB(4, 4)).isEqualTo(0x80ff0000);
    }

    @Test
    void otherColourSpacesAreConvertedToSrgb() throws Exception {
        var grey = new BufferedImage(20, 20, BufferedImage.TYPE_INT_RGB);
        var graphics = grey.createGraphics();
        graphics.setColor(new Color(55, 55, 55));
        graphics.fillRect(0, 0, 20, 20);
        graphics.dispose();

        // A linear value of 55 of 255 is 128 in sRGB.
        for (byte[] linear : new byte[][] {Pictures.linearPng(grey), Pictures.linearJpeg(grey)}) {
            var colour = new Color(
                    Pictures.read(ImageProcessor.process(linear, ID, WIDTH).bytes())
                            .getRGB(10, 10));
            assertThat(colour.getRed()).isBetween(122, 134);
            assertThat(colour.getBlue()).isBetween(122, 134);
        }
    }

    @Test
    void cmykIsConvertedToRgb() throws Exception {
        var colour = new Color(Pictures.read(
                        ImageProcessor.process(Pictures.cmyk(64, 64), ID, WIDTH).bytes())
                .getRGB(30, 30));

        assertThat(colour.getRed()).isGreaterThan(180);
        assertThat(colour.getGreen()).isLessThan(90);
        assertThat(colour.getBlue()).isLessThan(90);
    }

    @Test
    void sixteenBitsPerChannelBecomeEight() throws Exception {
        BufferedImage processed = Pictures.read(
                ImageProcessor.process(Pictures.sixteenBits(20, 10), ID, WIDTH).bytes());

        assertThat(processed.getRGB(0, 0)).isEqualTo(0xffffffff);
        assertThat(processed.getRGB(1, 1)).isEqualTo(0xff000000);
        assertThat(processed.getColorModel().getComponentSize(0)).isEqualTo(8);
    }

    @Test
    void aWebpBecomesAJpeg() throws Exception {
        ProcessedImage image = ImageProcessor.process(Pictures.webp(), ID, WIDTH);

        assertThat(image.format()).isEqualTo(ImageFormat.JPG);
        assertThat(image.width()).isEqualTo(1);
    }

    @Test
    void dataAppendedToTheImageIsDropped() throws Exception {
        byte[] withAppendix = Arrays.copyOf(Pictures.photo(200, 100), 40_000);
        System.arraycopy(Pictures.SECRET.getBytes(StandardCharsets.US_ASCII), 0, withAppendix, 30_000, 10);

        ProcessedImage image = ImageProcessor.process(withAppendix, ID, WIDTH);

        assertThat(new String(image.bytes(), StandardCharsets.ISO_8859_1)).doesNotContain("SECRET");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rejectedFiles")
    void filesThatAreNotPhotosAreRejectedWithAReason(String what, byte[] bytes, String reason, Fallback fallback) {
        UnsupportedImageException rejection =
                catchThrowableOfType(UnsupportedImageException.class, () -> ImageProcessor.process(bytes, ID, WIDTH));

        assertThat(rejection).hasMessageContaining(reason);
        assertThat(rejection.fallback()).isEqualTo(fallback);
    }

    static Stream<Arguments> rejectedFiles() {
        byte[] photo = Pictures.photo(200, 100);
        byte[] png = Pictures.png(Pictures.scene(200, 100));
        byte[] gif = Pictures.gif(Pictures.scene(200, 100, BufferedImage.TYPE_BYTE_INDEXED));
        byte[] brokenPng = png.clone();
        Arrays.fill(brokenPng, 60, 120, (byte) 0x55);
        return Stream.of(
                Arguments.of(
                        "a decompression bomb",
                        Pictures.decompressionBomb(30_000, 30_000),
                        "30000 x 30000 pixels, more than",
                        Fallback.NONE),
                Arguments.of("half a JPEG", half(photo), "truncated", Fallback.NONE),
                Arguments.of(
                        "a JPEG without its end marker",
                        Arrays.copyOf(photo, photo.length - 2),
                        "truncated",
                        Fallback.NONE),
                Arguments.of("half a PNG", half(png), "truncated", Fallback.NONE),
                Arguments.of("half a WebP", half(Pictures.webp()), "truncated", Fallback.NONE),
                Arguments.of("half a GIF", half(gif), "broken GIF", Fallback.THUMBNAIL),
                Arguments.of("a broken PNG", brokenPng, "broken PNG", Fallback.THUMBNAIL),
                Arguments.of("a web page", text("<!DOCTYPE html><script>alert(1)</script>"), "web page", Fallback.NONE),
                Arguments.of(
                        "an SVG drawing",
                        text("\uFEFF  <svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"),
                        "SVG",
                        Fallback.NONE),
                Arguments.of(
                        "an iPhone's HEIC", text("\0\0\0\u0018ftypheic\0\0\0\0"), "not a JPEG", Fallback.THUMBNAIL),
                Arguments.of("a text", text("polls are closed"), "not a JPEG", Fallback.THUMBNAIL),
                Arguments.of("an empty file", new byte[0], "not a JPEG", Fallback.THUMBNAIL),
                Arguments.of(
                        "the start of a JPEG",
                        new byte[] {(byte) 0xff, (byte) 0xd8, (byte) 0xff},
                        "truncated",
                        Fallback.NONE));
    }

    private static void assertShowsTheScene(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        assertNear(image.getRGB(width / 4, height / 4), Color.RED);
        assertNear(image.getRGB(width * 3 / 4, height / 4), Color.GREEN);
        assertNear(image.getRGB(width / 4, height * 3 / 4), Color.BLUE);
        assertNear(image.getRGB(width * 3 / 4, height * 3 / 4), Color.YELLOW);
    }

    private static void assertNear(int rgb, Color expected) {
        var colour = new Color(rgb);
        assertThat(Math.abs(colour.getRed() - expected.getRed())
                        + Math.abs(colour.getGreen() - expected.getGreen())
                        + Math.abs(colour.getBlue() - expected.getBlue()))
                .as("%s instead of %s", colour, expected)
                .isLessThan(30);
    }

    private static int[] pixels(BufferedImage image) {
        return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    }

    private static byte[] half(byte[] bytes) {
        return Arrays.copyOf(bytes, bytes.length / 2);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
