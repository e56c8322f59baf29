package org.chatpress.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import org.chatpress.text.MessageFormatter.ResolvedNames;
import org.chatpress.text.pattern.PatternMatcher;
import org.junit.jupiter.api.Test;

class CustomEmojiTest {
    private static final Map<String, String> LIST = Map.of(
            "siren", "https://emoji.slack-edge.com/T1/siren/1.png",
            "alarm", "alias:siren",
            "alert", "alias:alarm",
            "hooray", "alias:tada",
            "yes", "alias:+1",
            "a", "alias:b",
            "b", "alias:a",
            "self", "alias:self",
            "lost", "alias:nowhere",
            "unmirrored", "https://emoji.slack-edge.com/T1/unmirrored/1.png");
    private static final Map<String, String> COPIES =
            Map.of("https://emoji.slack-edge.com/T1/siren/1.png", "https://static.example/emoji/siren.png");

    @Test
    void resolvesAliases() {
        CustomEmoji emoji = CustomEmoji.of(LIST, COPIES, EmojiTable.standard());

        String copy = "https://static.example/emoji/siren.png";
        assertThat(emoji.images()).isEqualTo(Map.of("siren", copy, "alarm", copy, "alert", copy));
        assertThat(emoji.characters()).isEqualTo(Map.of("hooray", "🎉", "yes", "👍"));
    }

    /** Slack permits letters of any script in names, and apostrophes. */
    @Test
    void namesMayBeInAnyScript() {
        Map<String, String> list = Map.of(
                "approved", "alias:white_check_mark",
                "승인", "alias:white_check_mark",
                "don't", "alias:thumbsup",
                "café", "alias:coffee",
                "हाँ", "alias:+1",
                "𐐨", "alias:tada");
        String mrkdwn = ":approved: :승인: :don't: :café: :हाँ: :𐐨: 時間:会議:場所";

        assertThat(Mentions.in(mrkdwn).emoji()).containsAll(list.keySet());
        var names = new ResolvedNames(Map.of(), Map.of(), CustomEmoji.of(list, Map.of(), EmojiTable.standard()));
        assertThat(new MessageFormatter(EmojiTable.standard())
                        .format(mrkdwn, names, ZoneOffset.UTC, PatternMatcher.NONE)
                        .text())
                .isEqualTo("✅ ✅ 👍 ☕ 👍 🎉 時間:会議:場所");
    }

    @Test
    void originalsAreTheImagesWithoutAliases() {
        assertThat(CustomEmoji.originals(LIST)).containsOnlyKeys("siren", "unmirrored");
    }

    @Test
    void showsCopiesAndNeverAnImageOfSlack() {
        var images = new HashMap<>(
                CustomEmoji.of(LIST, COPIES, EmojiTable.standard()).images());
        images.put("hot", "https://emoji.slack-edge.com/T1/hot/1.png");
        images.put("script", "javascript:alert(1)");
        var names = new ResolvedNames(Map.of(), Map.of(), new CustomEmoji(Map.of("hooray", "🎉"), images));

        String html = new MessageFormatter(EmojiTable.standard())
                .format(
                        ":alarm: :hooray: :unmirrored: :hot: :script: `:alarm:` 10:30:45",
                        names,
                        ZoneOffset.UTC,
                        PatternMatcher.NONE)
                .html();

        assertThat(html)
                .isEqualTo("<p><img class=\"emoji\" alt=\":alarm:\" src=\"https://static.example/emoji/siren.png\"> 🎉"
                        + " :unmirrored: :hot: :script: <code>:alarm:</code> 10:30:45</p>");
    }
}
