#!/bin/sh
# Makes a class-data archive beside the jar, with which Chatpress starts in less than half the time:
#
#   make-archive.sh target/chatpress.jar
#   java @target/chatpress.args -jar target/chatpress.jar once
#
# Reads the JVM options from chatpress.args beside the jar, and adds the archive's path to them. The archive fits this very
# JVM and this jar, at its path and with its timestamp: make it in the place where it is used, as the last step. With any
# other jar Java starts as slowly as without it. From Java 24 on, its classes are linked too, as in an AOT cache; a cache
# cannot be made from more than one run.
set -eu

jar=$(realpath "$1")
archive=${jar%.jar}.jsa
options=$(dirname "$jar")/chatpress.args
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
work=$(mktemp -d)
running=
finish() {
    [ -z "$running" ] || kill "$running" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT
grep -v '^-XX:SharedArchiveFile=' "$options" > "$work/options"

train() {
    AWS_ACCESS_KEY_ID=training AWS_SECRET_ACCESS_KEY=training AWS_EC2_METADATA_DISABLED=true \
        "$java" "@$work/options" -XX:DumpLoadedClassList="$work/$1.classes" -jar "$jar" "$@" --config "$work/channels.yml" \
        > "$work/$1.said" 2>&1 || true
}

# The demo's meeting shows photos and threads, and its server then answers Slack's and the bucket's calls: it refuses
# them, but they have gone out and come back. What fails is at least loaded.
"$java" "@$work/options" -XX:DumpLoadedClassList="$work/demo.classes" -jar "$jar" demo --port 0 --minutes 1 > "$work/demo.said" 2>&1 &
running=$!
port=
for second in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    sleep 1
    port=$(sed -n 's|^Open http://localhost:\([0-9]*\)/ .*|\1|p' "$work/demo.said")
    [ -z "$port" ] || break
done
[ -n "$port" ] || { cat "$work/demo.said" >&2; exit 1; }

# A newsroom with a little of everything. Nothing listens on port 9.
cat > "$work/channels.yml" <<YML
slack: {token: xoxb-training, app-token: xapp-training, api-url: "http://127.0.0.1:$port/api/"}
database: $work/chatpress.db
metrics-file: $work/chatpress.prom
public-url: https://static.example/chats/
publish:
  - directory: $work/public
  - s3: {bucket: training, region: us-east-1, endpoint: "http://127.0.0.1:$port", path-style: true}
  - ftp: {host: 127.0.0.1, port: 9, user: training, password: training, directory: /, tls: none}
photos: {beside-the-chat: true}
channels:
  - {id: C0TRAINING, slug: training, since: 2026-01-01T00:00:00Z, headline: Training, approval: none,
     formats: [html, json-feed, atom], page: "https://news.example/training", threads: publish, reactions: true}
  - {id: C0APPROVED, slug: approved, since: 2026-01-01T00:00:00Z, approval: {emoji: [tada], approvers: [anyone]}}
YML
mkdir -p "$work/export/training" "$work/export/approved"
echo '[{"id": "C0TRAINING", "name": "training"}, {"id": "C0APPROVED", "name": "approved"}]' > "$work/export/channels.json"
echo '[{"id": "U0TRAINEE", "real_name": "Tina Trainee"}]' > "$work/export/users.json"
cat > "$work/export/training/2026-01-02.json" <<JSON
[{"type": "message", "user": "U0TRAINEE", "ts": "1767312001.000100",
  "text": "*Bold*, _slanted_, ~gone~ \`code\` :tada: <https://example.org|a link> from <@U0TRAINEE>\n> quoted\n• listed"},
 {"type": "message", "user": "U0TRAINEE", "ts": "1767312002.000100", "text": "\`\`\`more code\`\`\`",
  "reactions": [{"name": "eyes", "users": ["U0TRAINEE"], "count": 1}]},
 {"type": "message", "user": "U0TRAINEE", "ts": "1767312003.000100", "text": "bold a link",
  "blocks": [{"type": "rich_text", "elements": [
   {"type": "rich_text_section", "elements": [
    {"type": "text", "text": "bold", "style": {"bold": true}}, {"type": "emoji", "name": "tada"},
    {"type": "link", "url": "https://example.org", "text": "a link"}, {"type": "user", "user_id": "U0TRAINEE"}]},
   {"type": "rich_text_list", "style": "bullet", "elements": [
    {"type": "rich_text_section", "elements": [{"type": "text", "text": "listed"}]}]}]}],
  "attachments": [{"title": "A link", "from_url": "https://example.org", "text": "previewed"}]}]
JSON
cat > "$work/export/approved/2026-01-02.json" <<JSON
[{"type": "message", "user": "U0TRAINEE", "ts": "1767312001.000100", "text": "approved",
  "reactions": [{"name": "tada", "users": ["U0TRAINEE"], "count": 1}]}]
JSON
train import "$work/export"
train render --to "$work/site"
train once
train check
train status
train messages training

kill "$running"
wait "$running" || true
"$java" "@$work/options" -XX:DumpLoadedClassList="$work/run.classes" -jar "$jar" run --config "$work/channels.yml" > "$work/run.said" 2>&1 &
running=$!
sleep 6
kill "$running"
wait "$running" || true
running=

# Newer JVMs number the classes of a run; joined runs must go without, and without what needs a number.
cat "$work"/*.classes | awk '/ source: / {next} {sub(/ id: [0-9]+$/, "")} !seen[$0]++' > "$work/all"
linked=
if "$java" -XX:+AOTClassLinking -version > /dev/null 2>&1; then
    linked=-XX:+AOTClassLinking
fi
"$java" "@$work/options" -Xshare:dump $linked -XX:SharedClassListFile="$work/all" -XX:SharedArchiveFile="$archive" \
    -cp "$jar" > "$work/dump.said" 2>&1 || { cat "$work/dump.said" >&2; exit 1; }

echo "-XX:SharedArchiveFile=$archive" >> "$work/options"
cp "$work/options" "$options"
# -Xshare:on refuses to start where the archive cannot be used.
"$java" "@$options" -Xshare:on -jar "$jar" --version > /dev/null
echo "$archive"
