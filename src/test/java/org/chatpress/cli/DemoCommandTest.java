package org.chatpress.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.chatpress.cli.Terminal.Printed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoCommandTest {
    @TempDir
    Path folder;

    @Test
    void servesItsPageAndLeavesNothingBehind() throws Exception {
        PrintStream real = System.out;
        var pipe = new PipedInputStream();
        System.setOut(new PrintStream(new PipedOutputStream(pipe), true, StandardCharsets.UTF_8));
        var output = new BufferedReader(new InputStreamReader(pipe, StandardCharsets.UTF_8));
        var exit = new CompletableFuture<Integer>();
        var demo = new Thread(() -> exit.complete(Terminal.exitOf("demo", "--port", "0")), "demo");
        try {
            demo.start();
            String address = output.readLine().replaceAll("^Open (http://localhost:\\d+/) .*", "$1");
            Path published = Path.of(output.readLine().replace("The published files are in ", ""));
            assertThat(output.readLine())
                    .isEqualTo("Press Ctrl-C to stop the demo and delete them; --to DIR keeps them.");
            assertThat(published.getParent()).isDirectory();
            assertThat(page(address)).contains("<live-chat src=");

            demo.interrupt();
            assertThat(exit.get(30, TimeUnit.SECONDS)).isZero();
            assertThat(published.getParent()).doesNotExist();
        } finally {
            System.setOut(real);
            demo.interrupt();
        }
    }

    @Test
    void aPortInUseIsReportedAndLeavesNothingBehind() throws IOException {
        try (var other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Printed printed = Terminal.chatpress("demo", "--port", String.valueOf(other.getLocalPort()));

            assertThat(printed.exit()).isEqualTo(2);
            assertThat(printed.out()).isEmpty();
            assertThat(printed.err())
                    .contains("Choose another port with --port.")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void anExportThatDoesNotExistIsReported() {
        Printed printed =
                Terminal.chatpress("demo", folder.resolve("export.zip").toString());

        assertThat(printed.exit()).isEqualTo(2);
        assertThat(printed.err()).startsWith(folder.resolve("export.zip") + " has 1 problem:\n");
    }

    private static String page(String address) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(address)).build(), BodyHandlers.ofString())
                .body();
    }
}
