package org.chatpress.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GzipTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1_000_000})
    void decompressesWhatItCompressed(int length) throws IOException {
        var content = new byte[length];

        assertThat(Gzip.decompress(Gzip.compress(content))).isEqualTo(content);
    }

    @Test
    void refusesContentThatIsCutShort() {
        byte[] compressed = Gzip.compress("election night".repeat(100).getBytes(StandardCharsets.UTF_8));

        for (int length = 0; length < compressed.length; length++) {
            byte[] part = Arrays.copyOf(compressed, length);
            assertThatThrownBy(() -> Gzip.decompress(part)).isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MAX_VALUE, 10_000, 13, 15})
    void refusesAWrongLengthInTheTrailer(int length) {
        byte[] compressed = Gzip.compress("election night".getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < Integer.BYTES; i++) {
            compressed[compressed.length - Integer.BYTES + i] = (byte) (length >> (8 * i));
        }

        assertThatThrownBy(() -> Gzip.decompress(compressed)).isInstanceOf(IOException.class);
    }
}
