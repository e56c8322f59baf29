package org.chatpress.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import org.chatpress.model.MessageTs;
import org.chatpress.model.PublicMessage.LinkPreview;
import org.chatpress.model.PublicMessage.LinkPreview.Kind;
import org.chatpress.model.slack.SlackMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LinkPreviewExtractorTest {
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(JsonReadFeature.ALLOW_SINGLE_QUOTES).build();
    private static final LinkPreviewExtractor PREVIEWS = new LinkPreviewExtractor(EmojiTable.standard());
    private static final String STORY = "{'text':'see <https://a.example/story?a=1&amp;b=2|this>'}";

    @Test
    void showsAPreviewOfALinkInTheApprovedText() {
        var shown = previews(STORY, """
                {'attachments':[{'id':1,'from_url':'https://a.example/story?a=1&b=2','original_url':'https://a.example/story?a=1&amp;b=2',
                 'title':'Polls &amp; results :tada:','title_link':'https://a.example/canonical','service_name':'A Paper','author_name':'Ada',
                 'text':'*Bold* words by <@U1> &lt;b&gt;','image_url':'https://a.example/i.jpg','thumb_url':'https://a.example/t.jpg',
                 'fallback':'never shown','service_icon':'https://a.slack-edge.com/x.png'}]}""");

        assertThat(shown)
                .containsExactly(new LinkPreview(
                        "Polls & results 🎉",
                        "Bold words by @someone <b>",
                        "https://a.example/story?a=1&b=2",
                        "https://a.example/i.jpg",
                        "Ada",
                        "A Paper",
                        Kind.LINK,
                        ""));
    }

    @Test
    void findsTheLinkInBlocksToo() {
        String approved = """
                {'text':'','blocks':[{'type':'rich_text','elements':[{'type':'rich_text_list','elements':[
                 {'type':'rich_text_section','elements':[{'type':'link','url':'https://a.example','style':{'bold':true}}]}]}]}]}""";

        assertThat(previews(approved, "{'attachments':[{'from_url':'https://a.example/','title':'A'}]}"))
                .extracting(LinkPreview::title)
                .containsExactly("A");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'from_url':'https://elsewhere.example','title':'of a link that an unapproved edit added'}",
                "{'from_url':'https://a.example/story?a=1&b=2','is_msg_unfurl':true,'text':'from another channel'}",
                "{'from_url':'https://a.example/story?a=1&b=2','is_share':true,'text':'forwarded'}",
                "{'from_url':'https://a.example/story?a=1&b=2','channel_id':'C9','text':'from another channel'}",
                "{'from_url':'https://a.example/story?a=1&b=2','message_blocks':[],'text':'from another channel'}",
                "{'from_url':'https://a.example/story?a=1&b=2','is_app_unfurl':true,'title':'a private document'}",
                "{'from_url':'https://a.example/story?a=1&b=2','app_unfurl_url':'x','title':'a private document'}",
                "{'from_url':'https://acme.slack.com/archives/C1/p1','text':'in the workspace'}",
                "{'from_url':'javascript:alert(1)','title':'x'}",
                "{'title':'a bot\\u0027s own'}",
                "{'from_url':7,'title':{}}",
                "null",
                "[]",
                "'x'",
            })
    void ignoresOtherAttachments(String attachment) {
        String approved =
                STORY.replace("this>", "this> <https://acme.slack.com/archives/C1/p1> <javascript:alert(1)|x>");

        assertThat(previews(approved, "{'attachments':[" + attachment + "]}")).isEmpty();
        assertThat(previews(approved, "{'attachments':" + attachment + "}")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "https://a.example/i.jpg, -, https://a.example/i.jpg",
                "-, https://a.example/t.jpg, https://a.example/t.jpg",
                "https://files.slack.com/files-pri/T1-F1/i.jpg, -, ''",
                "https://a.slack-edge.com/i.jpg, -, ''",
                "https://slack-imgs.com/?c=1&o1=ro&url=https%3A%2F%2Fa.example%2Fi.jpg, -, https://a.example/i.jpg",
                "https://slack-imgs.com/?c=1&url=https%3A%2F%2Facme.slack.com%2Fi.jpg, -, ''",
                "https://slack-imgs.com/?url=%, -, ''",
                "http://a.example/i.jpg, -, ''",
                "javascript:alert(1), -, ''",
                "'https://a.example/\"><script>', -, https://a.example/%22%3e%3cscript%3e",
            })
    void neverShowsAnImageOfSlack(String image, String thumb, String shown) {
        String preview = "{'attachments':[{'from_url':'https://a.example/story?a=1&b=2'"
                + (image == null ? "" : ",'image_url':" + JSON.getNodeFactory().textNode(image))
                + (thumb == null ? "" : ",'thumb_url':'" + thumb + "'")
                + "}]}";

        assertThat(previews(STORY, preview)).extracting(LinkPreview::image).containsExactly(shown);
    }

    @ParameterizedTest
    @CsvSource({
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=10, YOUTUBE, dQw4w9WgXcQ",
        "https://m.youtube.com/watch?t=10&v=dQw4w9WgXcQ, YOUTUBE, dQw4w9WgXcQ",
        "https://youtu.be/dQw4w9WgXcQ?si=x, YOUTUBE, dQw4w9WgXcQ",
        "https://www.youtube.com/shorts/dQw4w9WgXcQ, YOUTUBE, dQw4w9WgXcQ",
        "https://www.youtube.com/live/dQw4w9WgXcQ?feature=share, YOUTUBE, dQw4w9WgXcQ",
        "https://www.youtube.com/@channel, LINK, ''",
        "https://youtube.com.example/watch?v=dQw4w9WgXcQ, LINK, ''",
        "https://twitter.com/ada/status/1234567890123456789?s=20, X, 1234567890123456789",
        "https://x.com/ada/status/1234567890123456789/photo/1, X, 1234567890123456789",
        "https://twitter.com/i/web/status/1234567890123456789, X, 1234567890123456789",
        "https://x.com/ada, LINK, ''",
        "https://bsky.app/profile/ada.example.com/post/3kabc123, BLUESKY, ada.example.com/3kabc123",
        "https://bsky.app/profile/did:plc:abc123/post/3kabc123, BLUESKY, did:plc:abc123/3kabc123",
        "https://mastodon.social/@ada/109876543210987654, MASTODON, mastodon.social/@ada/109876543210987654",
        "https://social.example/@ada@other.example/109876543210987654, MASTODON, social.example/@ada@other.example/109876543210987654",
        "https://medium.example/@ada/a-story-12345, LINK, ''",
        "https://www.instagram.com/p/Cabc_-123/, INSTAGRAM, Cabc_-123",
        "https://www.instagram.com/ada/reel/Cabc_-123/?x=1, INSTAGRAM, Cabc_-123",
        "https://a.example/x?v=dQw4w9WgXcQ, LINK, ''",
    })
    void recognizesPostsAndVideosToEmbed(String url, Kind kind, String id) {
        var shown = previews("{'text':'<" + url + ">'}", "{'attachments':[{'from_url':'" + url + "'}]}");

        assertThat(shown).extracting(LinkPreview::kind).containsExactly(kind);
        assertThat(shown).extracting(LinkPreview::id).containsExactly(id);
    }

    @Test
    void showsOnePreviewForEachLinkAndShortensLongOnes() {
        String preview = "{'from_url':'https://a.example/story?a=1&b=2','title':'" + "x".repeat(500) + "','text':'"
                + "👋".repeat(800) + "'}";

        var shown = previews(STORY, "{'attachments':[" + preview + "," + preview + "]}");

        assertThat(shown).hasSize(1);
        assertThat(shown.get(0).title()).hasSize(300).endsWith("x…");
        assertThat(shown.get(0).text()).hasSizeLessThanOrEqualTo(1000).endsWith("👋…");
    }

    private static List<LinkPreview> previews(String approved, String newest) {
        return PREVIEWS.extract(message(approved), message(newest));
    }

    private static SlackMessage message(String json) {
        try {
            return new SlackMessage(new MessageTs("1793758925.000100"), JSON.readTree(json));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(json, e);
        }
    }
}
