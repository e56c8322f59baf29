-- Threads and their public replies; feedback for editors.
ALTER TABLE message ADD COLUMN root TEXT;
ALTER TABLE message ADD COLUMN aside INTEGER NOT NULL DEFAULT 0;

UPDATE message
SET root = json_extract(raw, '$.thread_ts'),
    aside = COALESCE(json_extract(raw, '$.subtype'), '') <> 'thread_broadcast'
WHERE json_extract(raw, '$.thread_ts') <> ts;

CREATE INDEX message_thread ON message (channel, root, ts) WHERE root IS NOT NULL;

CREATE TABLE thread (
    channel  TEXT NOT NULL,
    ts       TEXT NOT NULL,
    latest   TEXT NOT NULL,
    told     TEXT NOT NULL,
    read     TEXT NOT NULL DEFAULT '',
    tried_at TEXT,
    failures INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (channel, ts)
) STRICT, WITHOUT ROWID;

CREATE INDEX thread_unread ON thread (channel, latest) WHERE told <> read;
CREATE INDEX thread_latest ON thread (channel, latest);
CREATE INDEX thread_tried ON thread (channel, tried_at);

INSERT INTO thread (channel, ts, latest, told)
SELECT channel,
       ts,
       COALESCE(json_extract(raw, '$.latest_reply'), ts),
       json_extract(raw, '$.reply_count') || ' ' || COALESCE(json_extract(raw, '$.latest_reply'), '')
FROM message
WHERE seen = 1 AND deleted = 0 AND json_extract(raw, '$.reply_count') > 0;

CREATE TABLE public_reply (
    channel TEXT NOT NULL,
    root    TEXT NOT NULL,
    ts      TEXT NOT NULL,
    author  TEXT NOT NULL,
    PRIMARY KEY (channel, root, ts)
) STRICT, WITHOUT ROWID;

CREATE INDEX public_reply_author ON public_reply (channel, author);

ALTER TABLE public_message ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE public_message ADD COLUMN key_event INTEGER NOT NULL DEFAULT 0;

CREATE INDEX public_message_pinned ON public_message (channel, ts) WHERE pinned = 1;
CREATE INDEX public_message_key_event ON public_message (channel, ts) WHERE key_event = 1;

ALTER TABLE message ADD COLUMN answer TEXT;
