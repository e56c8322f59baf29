CREATE TABLE webhook (
    id         TEXT PRIMARY KEY,
    events     TEXT NOT NULL,
    last_error TEXT NOT NULL DEFAULT '',
    dropped    INTEGER NOT NULL DEFAULT 0,
    gone       INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE webhook_event (
    webhook    TEXT NOT NULL,
    position   INTEGER NOT NULL,
    message_id TEXT NOT NULL,
    channel    TEXT NOT NULL,
    seq        INTEGER NOT NULL,
    event      TEXT NOT NULL,
    ts         TEXT,
    created_at TEXT NOT NULL,
    failures   INTEGER NOT NULL DEFAULT 0,
    failing_since TEXT,
    not_before TEXT,
    PRIMARY KEY (webhook, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX webhook_event_channel ON webhook_event (webhook, channel, position);
CREATE INDEX webhook_event_message ON webhook_event (channel, ts);

CREATE TABLE hub_ping (
    hub    TEXT NOT NULL,
    key    TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (hub, key)
) STRICT, WITHOUT ROWID;
