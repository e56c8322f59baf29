package org.chatpress.support;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A self-signed certificate for one host name, made with the JDK's keytool.
 *
 * @param keyStore the PKCS 12 file that holds it and its key
 */
public record TestCertificate(Path keyStore) {
    /** What opens the key store. */
    public static final String PASSWORD = "changeit";

    /** Makes one in the folder; {@code more} are further options of keytool's {@code -genkeypair}. */
    public static TestCertificate make(Path folder, String host, String... more) {
        Path file = folder.resolve(host + more.length + ".p12");
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + host,
                "-ext",
                "san=dns:" + host,
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD));
        command.addAll(List.of(more));
        try {
            Process keytool =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (keytool.waitFor() != 0) {
                throw new IllegalStateException("keytool failed: " + output);
            }
            return new TestCertificate(file);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException("keytool did not run", e);
        }
    }

    /** Trusts this certificate and no other. */
    public SSLContext trusted() {
        try (var file = Files.newInputStream(keyStore)) {
            var held = KeyStore.getInstance("PKCS12");
            held.load(file, PASSWORD.toCharArray());
            var onlyThis = KeyStore.getInstance("PKCS12");
            onlyThis.load(null, null);
            onlyThis.setCertificateEntry("server", held.getCertificate("server"));
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(onlyThis);
            var context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("no trust in " + keyStore, e);
        }
    }
}
