-- Channels, messages, public messages, rendered files and storages.
CREATE TABLE channel (
    id         TEXT PRIMARY KEY,
    bottom     TEXT,
    head       TEXT,
    closed_at  TEXT,
    rule       TEXT NOT NULL DEFAULT '',
    face       TEXT,
    status     TEXT NOT NULL,
    place      INTEGER NOT NULL DEFAULT 0,
    epoch      TEXT NOT NULL,
    seq        INTEGER NOT NULL DEFAULT 0,
    count      INTEGER NOT NULL DEFAULT 0,
    updated    TEXT NOT NULL,
    base       INTEGER NOT NULL DEFAULT 0,
    rendered   INTEGER NOT NULL DEFAULT -1,
    promised   INTEGER NOT NULL DEFAULT 0,
    whole_seq  INTEGER NOT NULL DEFAULT -1,
    whole_at   TEXT,
    whole_size INTEGER NOT NULL DEFAULT 0,
    complete   INTEGER NOT NULL DEFAULT 0,
    version    INTEGER NOT NULL DEFAULT 0,
    trouble    TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE sweep (
    channel TEXT PRIMARY KEY,
    cursor  TEXT
) STRICT;

CREATE TABLE heartbeat (
    what TEXT PRIMARY KEY,
    at   TEXT NOT NULL
) STRICT;

CREATE TABLE message (
    channel    TEXT NOT NULL,
    ts         TEXT NOT NULL,
    raw        TEXT NOT NULL,
    reactions  TEXT,
    seen       INTEGER NOT NULL,
    suspect    INTEGER NOT NULL DEFAULT 0,
    deleted    INTEGER NOT NULL DEFAULT 0,
    sightings  INTEGER NOT NULL DEFAULT 0,
    judged     INTEGER NOT NULL DEFAULT 0,
    settled    INTEGER NOT NULL DEFAULT 1,
    read_at    TEXT,
    verdict    TEXT,
    reason     TEXT,
    memory     TEXT,
    approved   TEXT,
    PRIMARY KEY (channel, ts)
) STRICT, WITHOUT ROWID;

CREATE INDEX message_to_judge ON message (channel, ts) WHERE judged = 0 OR settled = 0;
CREATE INDEX message_suspect ON message (channel, ts) WHERE suspect = 1;
CREATE INDEX message_delayed ON message (channel, ts) WHERE verdict = 'DELAYED';

CREATE TABLE person (
    id           TEXT PRIMARY KEY,
    display_name TEXT NOT NULL,
    title        TEXT NOT NULL,
    image_48     TEXT NOT NULL,
    bot          INTEGER NOT NULL,
    asked_at     TEXT NOT NULL
) STRICT;

CREATE INDEX person_asked ON person (asked_at, id);

CREATE TABLE public_message (
    channel      TEXT NOT NULL,
    ts           TEXT NOT NULL,
    author       TEXT NOT NULL,
    html         TEXT NOT NULL,
    text         TEXT NOT NULL,
    published_at TEXT NOT NULL,
    edited_at    TEXT,
    thread_ts    TEXT,
    PRIMARY KEY (channel, ts)
) STRICT, WITHOUT ROWID;

CREATE INDEX public_message_author ON public_message (channel, author);

CREATE TABLE author (
    channel      TEXT NOT NULL,
    id           TEXT NOT NULL,
    display_name TEXT NOT NULL,
    title        TEXT NOT NULL,
    image_48     TEXT NOT NULL,
    PRIMARY KEY (channel, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX author_id ON author (id);

CREATE TABLE change (
    channel TEXT NOT NULL,
    seq     INTEGER NOT NULL,
    op      TEXT NOT NULL,
    ts      TEXT,
    PRIMARY KEY (channel, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE page (
    channel TEXT NOT NULL,
    start   TEXT NOT NULL,
    first   TEXT NOT NULL,
    count   INTEGER NOT NULL,
    key     TEXT NOT NULL,
    PRIMARY KEY (channel, start)
) STRICT, WITHOUT ROWID;

CREATE TABLE file (
    key           TEXT PRIMARY KEY,
    channel       TEXT NOT NULL,
    role          TEXT NOT NULL,
    digest        TEXT NOT NULL,
    content_type  TEXT NOT NULL,
    cache_control TEXT NOT NULL,
    body          BLOB NOT NULL,
    version       INTEGER NOT NULL
) STRICT;

CREATE INDEX file_version ON file (channel, version);
CREATE INDEX file_role ON file (channel, role);

CREATE TABLE held (
    channel TEXT NOT NULL,
    ts      TEXT NOT NULL,
    key     TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (channel, ts, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX held_key ON held (key);

CREATE TABLE delivery (
    storage TEXT NOT NULL,
    key     TEXT NOT NULL,
    channel TEXT NOT NULL,
    role    TEXT NOT NULL,
    digest  TEXT,
    state   TEXT NOT NULL,
    since   TEXT,
    version INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (storage, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX delivery_state ON delivery (storage, state, channel);
CREATE INDEX delivery_channel ON delivery (channel, role);
CREATE INDEX delivery_key ON delivery (key);

CREATE TABLE shelf (
    storage TEXT NOT NULL,
    channel TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (storage, channel)
) STRICT, WITHOUT ROWID;

CREATE TABLE storage (
    name       TEXT PRIMARY KEY,
    good_at    TEXT,
    failures   INTEGER NOT NULL DEFAULT 0,
    not_before TEXT,
    trouble    TEXT NOT NULL DEFAULT ''
) STRICT;
