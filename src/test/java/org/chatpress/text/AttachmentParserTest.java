package org.chatpress.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.stream.Stream;
import org.chatpress.model.MessageTs;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.text.MessageFormatter.FormattedText;
import org.chatpress.text.MessageFormatter.ResolvedNames;
import org.chatpress.text.document.HtmlSanitizer;
import org.chatpress.text.pattern.PatternMatcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Attachments as content of a message, and what readers do not see of a message. */
class AttachmentParserTest {
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(JsonReadFeature.ALLOW_SINGLE_QUOTES).build();
    private static final MessageFormatter FORMATTER = new MessageFormatter(EmojiTable.standard());
    private static final String TABLE = "{'type':'table','rows':[[{'type':'raw_text','text':'Ohio'},"
            + "{'type':'raw_number','value':7},{'type':'rich_text','elements':[{'type':'rich_text_section',"
            + "'elements':[{'type':'text','text':'12 '},{'type':'emoji','name':'tada','unicode':'1f389'}]}]}]]}";
    private static final String TABLE_HTML =
            "<table><tbody><tr><td>Ohio</td><td>7</td><td>12 🎉</td></tr></tbody></table>";

    @ParameterizedTest
    @MethodSource
    void showsAttachmentsAfterTheText(String members, String html, String text) {
        FormattedText formatted = format(members);

        assertThat(formatted).isEqualTo(new FormattedText(html, text));
        assertThat(HtmlSanitizer.sanitizeMessage(formatted.html())).isEqualTo(html);
        Html5.assertWellFormed(html);
        assertThat(UnshownContent.of(message(members), true, false)).isEmpty();
    }

    static Stream<Arguments> showsAttachmentsAfterTheText() {
        return Stream.of(
                arguments(
                        "'text':'a table','attachments':[{'id':1,'fallback':'[no preview available]','blocks':[" + TABLE
                                + "]}]",
                        "<p>a table</p>" + TABLE_HTML,
                        "a table\nOhio | 7 | 12 🎉"),
                arguments(
                        "'text':'','attachments':[{'blocks':[" + TABLE + "," + TABLE + "],'fallback':'x'}]",
                        TABLE_HTML + TABLE_HTML,
                        "Ohio | 7 | 12 🎉\nOhio | 7 | 12 🎉"),
                arguments(
                        "'text':'see <https://example.org/x>','attachments':[{'blocks':[" + TABLE
                                + "]},{'from_url':'https://example.org/x','title':'X page'}]",
                        "<p>see <a href=\"https://example.org/x\" rel=\"noopener nofollow"
                                + " ugc\">https://example.org/x</a></p>"
                                + TABLE_HTML,
                        "see https://example.org/x\nOhio | 7 | 12 🎉"),
                arguments(
                        "'text':'rich','attachments':[{'blocks':[{'type':'rich_text','elements':[{'type':"
                                + "'rich_text_section','elements':[{'type':'user','user_id':'U123'}]}]}]}]",
                        "<p>rich</p><p><span class=\"chat-mention\">@Ada</span></p>",
                        "rich\n\n@Ada"),
                arguments(
                        "'text':'','attachments':[{'fallback':'x','title':'Polls &amp; more','title_link':"
                                + "'https://example.org/ap','text':'Polls have *closed* in <@U123>','footer':'AP'}]",
                        "<blockquote class=\"chat-attachment\"><p><strong><a href=\"https://example.org/ap\""
                                + " rel=\"noopener nofollow ugc\">Polls &amp; more</a></strong></p><p>Polls have"
                                + " <strong>closed</strong> in <span class=\"chat-mention\">@Ada</span></p>"
                                + "<p class=\"chat-context\">AP</p></blockquote>",
                        "Polls & more\n\nPolls have closed in @Ada\n\nAP"),
                arguments(
                        "'text':'New"
                                + " item:','attachments':[{'color':'danger','pretext':'before','author_name':'AP','fields':[{'title':'State','value':'Ohio','short':true},{'title':'Votes','value':'1\\n"
                                + "2'}]}]",
                        "<p>New item:</p><p>before</p><blockquote class=\"chat-attachment chat-danger\">"
                                + "<p class=\"chat-context\">AP</p><p><strong>State</strong></p><p>Ohio</p>"
                                + "<p><strong>Votes</strong></p><p>1<br>2</p></blockquote>",
                        "New item:\n\nbefore\nAP\n\nState\n\nOhio\n\nVotes\n\n1\n2"),
                arguments(
                        "'text':'','attachments':[{'color':'#36a64f','blocks':[{'type':'section','text':{'type':'mrkdwn',"
                                + "'text':'*up*'}}]}]",
                        "<blockquote class=\"chat-attachment\"><p><strong>up</strong></p></blockquote>",
                        "up"),
                arguments("'text':'','attachments':[{'fallback':'only this'}]", "<p>only this</p>", "only this"),
                arguments(
                        "'text':'a','attachments':[{'fallback':'[no preview"
                                + " available]','actions':[{'type':'button'}]}]",
                        "<p>a</p>",
                        "a"),
                arguments(
                        "'text':'a','attachments':[{'title':'join','title_link':'https://acme.slack.com/x'}]",
                        "<p>a</p><blockquote class=\"chat-attachment\"><p><strong>join</strong></p></blockquote>",
                        "a\njoin"));
    }

    @ParameterizedTest
    @MethodSource
    void namesWhatReadersDoNotSee(String members, String... unshown) {
        assertThat(UnshownContent.of(message(members), true, false)).containsExactly(unshown);
    }

    static Stream<Arguments> namesWhatReadersDoNotSee() {
        return Stream.of(
                unshown("'text':'a'"),
                unshown(
                        "'attachments':[{'is_share':true,'is_msg_unfurl':true,'text':'secret'}]",
                        "a copy of another message"),
                unshown("'attachments':[{'is_share':'yes','text':'secret'}]", "a copy of another message"),
                unshown("'attachments':[{'is_app_unfurl':{},'text':'secret'},{'is_share':false,'text':'x'}]"),
                unshown("'attachments':[{'from_url':'https://a.example'},{'is_app_unfurl':true,'text':'x'}]"),
                unshown(
                        "'attachments':[{'text':'x','image_url':'https://a.example/x.png'}]",
                        "an image in an attachment"),
                unshown("'attachments':[{'blocks':[{'type':'poll'}]}]", "a block of type poll"),
                unshown(
                        "'blocks':[{'type':'call'},{'type':'divider'},7]",
                        "a block of type call",
                        "a block of an unknown type"),
                unshown("'blocks':[{'type':'image','image_url':'https://a.example/x.png'}]", "an image"),
                unshown("'blocks':[{'type':'image','image_url':'https://a.example/x.png','alt_text':'x'}]"),
                unshown("'blocks':[{'type':'image','slack_file':{'id':'F1'},'alt_text':'x'}]", "an image"),
                unshown("'blocks':[{'type':'section','accessory':{'type':'image'}}]", "an image beside a text"),
                unshown(
                        "'blocks':[{'type':'rich_text','elements':[{'type':'rich_text_section','elements':["
                                + "{'type':'canvas','canvas_id':'F1'},{'type':'citation','text':'x'}]}]}]",
                        "a part of type canvas"),
                unshown("'blocks':[{'type':'table','rows':[[{'type':'chart'}]]}]", "a table cell of type chart"),
                unshown("'blocks':'x'", "blocks of an unknown form"),
                unshown(
                        "'files':[{'id':'F1','name':'a.pdf','mimetype':'application/pdf'},{'id':'F2','mode':'hidden_by_limit'},"
                                + "{'id':'F3','mode':'tombstone'},{'id':'F4','name':'b.png','mimetype':'image/png','mode':'external'},"
                                + "{'id':'F5','name':'c.png','mimetype':'image/png'},{'id':'F6','file_access':'check_file_info'}]",
                        "a.pdf",
                        "a file",
                        "b.png"));
    }

    @Test
    void imagesAreNotShownWherePhotosAreNotPublished() {
        String members = "'files':[{'id':'F5','name':'c\\u0007.png','mimetype':'image/png'}]";

        assertThat(UnshownContent.of(message(members), false, false)).containsExactly("c.png");
    }

    private static Arguments unshown(String members, String... expected) {
        return arguments(members, expected);
    }

    private static FormattedText format(String members) {
        var names = new ResolvedNames(Map.of(new UserId("U123"), "Ada"), Map.of(), CustomEmoji.none());
        return FORMATTER.format(message(members), names, ZoneOffset.UTC, PatternMatcher.NONE);
    }

    private static SlackMessage message(String members) {
        try {
            return new SlackMessage(new MessageTs("1793758925.000100"), JSON.readTree("{" + members + "}"));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(members, e);
        }
    }
}
