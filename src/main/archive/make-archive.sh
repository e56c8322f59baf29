#!/bin/sh
# Makes a class-data archive beside the jar, with which Chatpress starts in about half the time:
#
#   make-archive.sh target/chatpress.jar
#   java -XX:SharedArchiveFile=target/chatpress.jsa -jar target/chatpress.jar once
#
# It is good for this very JVM and for this jar, where it lies and as old as it is: make it in the place where it is
# used, as the last step. With any other jar Java starts slowly, as without it, and says so on stdout;
# -Xlog:disable -Xlog:all=error:stderr keeps stdout clean.
set -eu

jar=$(realpath "$1")
archive=${jar%.jar}.jsa
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A newsroom of one channel whose Slack, bucket and web host answer nobody: nothing listens on port 9.
cat > "$work/channels.yml" <<YML
slack: {token: training, api-url: "http://127.0.0.1:9/api/"}
database: $work/chatpress.db
publish:
  - directory: $work/public
  - s3: {bucket: training, region: us-east-1, endpoint: "http://127.0.0.1:9", path-style: true}
  - ftp: {host: 127.0.0.1, port: 9, user: training, password: training, directory: /, tls: none}
channels:
  - {id: C0TRAINING, slug: training, since: 2026-01-01T00:00:00Z, headline: Training, approval: none}
YML
mkdir -p "$work/export/training"
echo '[{"id": "C0TRAINING", "name": "training"}]' > "$work/export/channels.json"
echo '[{"id": "U0TRAINEE", "real_name": "Tina Trainee"}]' > "$work/export/users.json"
cat > "$work/export/training/2026-01-02.json" <<JSON
[{"type": "message", "user": "U0TRAINEE", "ts": "1767312001.000100",
  "text": "*Bold*, _slanted_, ~gone~ \`code\` :tada: <https://example.org|a link> from <@U0TRAINEE>\n> quoted\n• listed"},
 {"type": "message", "user": "U0TRAINEE", "ts": "1767312002.000100", "text": "\`\`\`more code\`\`\`"}]
JSON

# What fails for want of a network is at least loaded.
train() {
    AWS_ACCESS_KEY_ID=training AWS_SECRET_ACCESS_KEY=training AWS_EC2_METADATA_DISABLED=true \
        "$java" -XX:DumpLoadedClassList="$work/$1.classes" -jar "$jar" --config "$work/channels.yml" "$@" \
        > "$work/$1.said" 2>&1 || true
}
train import "$work/export"
train render --to "$work/site"
train once
train check

# Newer JVMs number the classes of a run; joined runs must go without, and without what needs a number.
cat "$work"/*.classes | awk '/ source: / {next} {sub(/ id: [0-9]+$/, "")} !seen[$0]++' > "$work/all"
"$java" -Xshare:dump -XX:SharedClassListFile="$work/all" -XX:SharedArchiveFile="$archive" -Xlog:disable -cp "$jar" \
    > "$work/dump.said" 2>&1 || { cat "$work/dump.said" >&2; exit 1; }

# -Xshare:on refuses to start where the archive cannot be used.
"$java" -Xshare:on -XX:SharedArchiveFile="$archive" -jar "$jar" --version > /dev/null
echo "$archive"
