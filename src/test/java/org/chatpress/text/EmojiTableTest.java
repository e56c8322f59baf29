package org.chatpress.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmojiTableTest {
    private static final EmojiTable EMOJI = EmojiTable.standard();

    @ParameterizedTest
    @CsvSource({
        "tada, 1F389",
        "thumbsup, 1F44D",
        "+1, 1F44D",
        "heart, 2764 FE0F",
        "flag-us, 1F1FA 1F1F8",
        "us, 1F1FA 1F1F8",
        "simple_smile, 1F642",
        "slightly_smiling_face, 1F642",
    })
    void knowsSlacksNames(String name, String codePoints) {
        assertThat(EMOJI.characters(name)).map(EmojiTableTest::hex).contains(codePoints);
    }

    @ParameterizedTest
    @CsvSource({
        "wave::skin-tone-2, 1F44B 1F3FB",
        "wave::skin-tone-3, 1F44B 1F3FC",
        "wave::skin-tone-6, 1F44B 1F3FF",
        "point_up::skin-tone-4, 261D 1F3FD",
        "male-teacher::skin-tone-5, 1F468 1F3FE 200D 1F3EB",
        "man-running::skin-tone-5, 1F3C3 1F3FE 200D 2642 FE0F",
        "people_holding_hands::skin-tone-3, 1F9D1 1F3FC 200D 1F91D 200D 1F9D1 1F3FC",
        "handshake::skin-tone-3, 1F91D 1F3FC",
    })
    void insertsTheSkinToneModifierWhereUnicodeRequiresIt(String name, String codePoints) {
        assertThat(EMOJI.characters(name)).map(EmojiTableTest::hex).contains(codePoints);
    }

    @ParameterizedTest
    @CsvSource({"cat::skin-tone-3, 1F431", "wave::skin-tone-9, 1F44B", "wave::skin-tone-2-3, 1F44B"})
    void ignoresASkinToneThatTheEmojiDoesNotHave(String name, String codePoints) {
        assertThat(EMOJI.characters(name)).map(EmojiTableTest::hex).contains(codePoints);
    }

    @Test
    void hasNoCharactersForCustomEmoji() {
        assertThat(EMOJI.characters("newsroom-siren")).isEmpty();
        assertThat(EMOJI.characters("newsroom-siren::skin-tone-2")).isEmpty();
        assertThat(EMOJI.characters("")).isEmpty();
    }

    private static String hex(String characters) {
        return String.join(
                " ",
                characters.codePoints().mapToObj(c -> String.format("%04X", c)).toList());
    }
}
