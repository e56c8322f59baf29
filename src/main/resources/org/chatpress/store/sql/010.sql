-- The workspace's custom emoji, and the public messages that name them.
CREATE TABLE emoji (
    name       TEXT PRIMARY KEY,
    stands_for TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX emoji_unasked ON emoji (name) WHERE stands_for IS NULL;

CREATE TABLE emoji_list (
    asked_at TEXT NOT NULL
) STRICT;

CREATE TABLE public_emoji (
    channel  TEXT NOT NULL,
    ts       TEXT NOT NULL,
    name     TEXT NOT NULL,
    leads_to TEXT NOT NULL,
    PRIMARY KEY (channel, ts, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX public_emoji_name ON public_emoji (name);
CREATE INDEX public_emoji_picture ON public_emoji (leads_to, channel) WHERE leads_to <> '';
CREATE INDEX public_emoji_of_chat ON public_emoji (channel, leads_to) WHERE leads_to <> '';
