package org.chatpress.slack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.chatpress.error.InvalidSettingsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxySettingsTest {
    @ParameterizedTest
    @CsvSource({
        "HTTPS_PROXY, http://127.0.0.1:3128, http://127.0.0.1:3128",
        "https_proxy, http://127.0.0.1:3128/, http://127.0.0.1:3128",
        "ALL_PROXY, 127.0.0.1:3128, http://127.0.0.1:3128",
        "all_proxy, HTTP://proxy.example, http://proxy.example:80",
        "HTTPS_PROXY, user:p%40ss@proxy.example:8080, http://user:p%40ss@proxy.example:8080",
        "HTTPS_PROXY, 'http://[::1]:3128', 'http://[::1]:3128'",
        "HTTPS_PROXY, ' ', ",
        "HTTP_PROXY, http://127.0.0.1:3128, "
    })
    void readsTheVariablesThatCurlReads(String variable, String value, URI url) {
        assertThat(ProxySettings.of(Map.of(variable, value)).url()).isEqualTo(Optional.ofNullable(url));
    }

    @Test
    void theProxyForHttpsComesBeforeTheOneForEverything() {
        var environment = Map.of("ALL_PROXY", "all.example:1", "https_proxy", "https.example:2");

        assertThat(ProxySettings.of(environment).url()).contains(URI.create("http://https.example:2"));
    }

    @ParameterizedTest
    @CsvSource({
        "http://user:hunter2@[x:3128, not the URL of a proxy",
        "user:hunter2@proxy example:3128, not the URL of a proxy",
        "http://user:hunter2@proxy.example:99999, not the URL of a proxy",
        "http://user:hunter2@, not the URL of a proxy",
        "socks5://user:hunter2@proxy.example:1080, only HTTP proxies are supported",
        "https://user:hunter2@proxy.example:443, only HTTP proxies are supported"
    })
    void refusesAnotherValueWithoutPrintingIt(String value, String problem) {
        var refusal = catchThrowableOfType(
                InvalidSettingsException.class, () -> ProxySettings.of(Map.of("ALL_PROXY", value)));

        assertThat(refusal)
                .hasMessage("environment has 1 problem:\n  ALL_PROXY  " + problem
                        + ": write http://host:port, or http://user:password@host:port")
                .hasNoCause();
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, '', true",
        "localhost, '', true",
        "[::1], '', true",
        "slack.com, '', false",
        "slack.com, '*', true",
        "slack.com, 'intranet.example, .slack.com', true",
        "slack.com, '*.slack.com', true",
        "Slack.com, 'SLACK.COM', true",
        "slack.com, 'com.example,ack.com', false",
        "127.0.0.1.example, '', false",
    })
    void isBypassedForTheHostsOfNoProxy(String host, String noProxy, boolean isBypassed) {
        ProxySettings proxy = ProxySettings.of(Map.of("no_proxy", noProxy, "HTTPS_PROXY", "proxy.example:3128"));

        assertThat(proxy.bypasses(host)).isEqualTo(isBypassed);
        assertThat(proxy.urlFor(host).isEmpty()).isEqualTo(isBypassed);
    }
}
