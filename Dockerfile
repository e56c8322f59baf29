# docker build -t chatpress . && docker run --rm chatpress --help
# Settings are read from /etc/chatpress/channels.yml; mount the folder, so that changes arrive. Only /data is written.
# examples/compose shows how it is run.

FROM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /build
COPY pom.xml LICENSE channels.yml ./
COPY .mvn .mvn
RUN mvn -q -B -ntp dependency:go-offline || true
COPY src src
COPY examples/demo examples/demo
COPY examples/front-end examples/front-end
RUN mvn -q -B -ntp -DskipTests -Dspotless.check.skip package
# SQLite's native library, unpacked: otherwise each start unpacks it to a folder that may be read-only or noexec.
RUN cd target && jar xf chatpress.jar org/sqlite/native/Linux/$(uname -m)/libsqlitejdbc.so \
    && cp org/sqlite/native/Linux/*/libsqlitejdbc.so /build/

FROM eclipse-temurin:17-jre
# Converts clips of video and sound.
RUN apt-get update -q \
    && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends ffmpeg \
    && rm -rf /var/lib/apt/lists/*
RUN groupadd --gid 10001 chatpress \
    && useradd --uid 10001 --gid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin chatpress \
    && install -d -o chatpress -g chatpress /data
COPY --from=build /build/target/chatpress.jar /build/libsqlitejdbc.so /opt/chatpress/
COPY src/main/archive/make-archive.sh src/main/archive/chatpress.args /opt/chatpress/
# A class-data archive halves the start. It fits this very Java and this very jar, so it is made here, last.
RUN printf '%s\n' -Dorg.sqlite.lib.path=/opt/chatpress -Dorg.sqlite.lib.name=libsqlitejdbc.so >> /opt/chatpress/chatpress.args \
    && sh /opt/chatpress/make-archive.sh /opt/chatpress/chatpress.jar

ARG VERSION=unknown
LABEL org.opencontainers.image.title="Chatpress" \
    org.opencontainers.image.description="Publishes Slack channels as live chats: static JSON on S3, FTP or in a directory" \
    org.opencontainers.image.url="https://github.com/chatpress/chatpress" \
    org.opencontainers.image.source="https://github.com/chatpress/chatpress" \
    org.opencontainers.image.licenses="Apache-2.0" \
    org.opencontainers.image.version="${VERSION}"

# With one arena, memory that a thread frees serves the others.
ENV MALLOC_ARENA_MAX=2
USER 10001:10001
# Relative paths in the settings begin here: the usual data/chatpress.db is in the volume.
WORKDIR /
VOLUME /data
ENTRYPOINT ["java", "@/opt/chatpress/chatpress.args", \
    "-jar", "/opt/chatpress/chatpress.jar", "--config", "/etc/chatpress/channels.yml"]
CMD ["run"]
HEALTHCHECK --interval=60s --timeout=10s --start-period=120s CMD ["java", "@/opt/chatpress/chatpress.args", "-Xmx64m", \
    "-jar", "/opt/chatpress/chatpress.jar", "--config", "/etc/chatpress/channels.yml", "status", "--healthy"]
