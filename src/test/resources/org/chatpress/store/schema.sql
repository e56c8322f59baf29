CREATE TABLE author (
    channel      TEXT NOT NULL,
    id           TEXT NOT NULL,
    display_name TEXT NOT NULL,
    title        TEXT NOT NULL,
    image_48     TEXT NOT NULL,
    PRIMARY KEY (channel, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE change (
    channel TEXT NOT NULL,
    seq     INTEGER NOT NULL,
    op      TEXT NOT NULL,                  -- PUT, DEL, META
    ts      TEXT,
    PRIMARY KEY (channel, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE channel (
    id         TEXT PRIMARY KEY,
    bottom     TEXT,                         -- the contiguous range that has been read; NULL: nothing yet
    head       TEXT,
    closed_at  TEXT,                         -- when the settings first said closed
    rule       TEXT NOT NULL DEFAULT '',     -- digest of the rule its messages were last judged by
    face       TEXT,                         -- its own words, JSON, as readers see them
    status     TEXT NOT NULL,                -- LISTED, LEFT (no longer in the settings), HIDDEN
    place      INTEGER NOT NULL DEFAULT 0,   -- its place in channels.json
    epoch      TEXT NOT NULL,
    seq        INTEGER NOT NULL DEFAULT 0,   -- changes that readers can see
    count      INTEGER NOT NULL DEFAULT 0,   -- public messages
    updated    TEXT NOT NULL,                -- the newest change
    base       INTEGER NOT NULL DEFAULT 0,   -- the seq that the pages show
    rendered   INTEGER NOT NULL DEFAULT -1,  -- the seq that the pointer shows; -1: render it anew
    promised   INTEGER NOT NULL DEFAULT 0,   -- the seq of the newest pointer that was ever rendered under its epoch
    whole_seq  INTEGER NOT NULL DEFAULT -1,  -- the seq that the whole chat's file shows
    whole_at   TEXT,
    whole_size INTEGER NOT NULL DEFAULT 0,   -- its bytes, compressed
    complete   INTEGER NOT NULL DEFAULT 0,   -- 1: it was read back to since once; 0 again when something may be lacking
    version    INTEGER NOT NULL DEFAULT 0,   -- grows whenever a file of the channel changes
    trouble    TEXT NOT NULL DEFAULT ''      -- why it could not be read last time
, newest_seq  INTEGER NOT NULL DEFAULT -1, newest_at   TEXT, newest_size INTEGER NOT NULL DEFAULT 0, words TEXT NOT NULL DEFAULT '') STRICT;

CREATE TABLE delivery (
    storage TEXT NOT NULL,
    key     TEXT NOT NULL,
    channel TEXT NOT NULL,
    role    TEXT NOT NULL,
    digest  TEXT,                           -- NULL: it may be there, in whatever version
    state   TEXT NOT NULL,
    since   TEXT,                           -- RETIRED: since when nothing refers to it
    version INTEGER NOT NULL DEFAULT 0,     -- the oldest version that may be there
    PRIMARY KEY (storage, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE emoji (
    name       TEXT PRIMARY KEY,
    stands_for TEXT                         -- Slack's address, or alias: and a name; empty: there is none; NULL: not asked yet
) STRICT, WITHOUT ROWID;

CREATE TABLE emoji_list (
    asked_at TEXT NOT NULL                  -- when Slack was last asked, maybe in vain
) STRICT;

CREATE TABLE file (
    key           TEXT PRIMARY KEY,
    channel       TEXT NOT NULL,            -- '' for channels.json
    role          TEXT NOT NULL,
    digest        TEXT NOT NULL,            -- of bytes and headers
    content_type  TEXT NOT NULL,
    cache_control TEXT NOT NULL,
    body          BLOB NOT NULL,            -- compressed
    version       INTEGER NOT NULL          -- the channel's version that brought it
) STRICT;

CREATE TABLE heartbeat (
    what TEXT PRIMARY KEY,
    at   TEXT NOT NULL
) STRICT;

CREATE TABLE held (
    channel TEXT NOT NULL,
    ts      TEXT NOT NULL,
    key     TEXT NOT NULL,
    version INTEGER NOT NULL,               -- the file's last version that holds it
    PRIMARY KEY (channel, ts, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE mark (
    channel TEXT NOT NULL,
    ts      TEXT NOT NULL,
    kind    TEXT NOT NULL,                  -- EMOJI, NOTE
    name    TEXT NOT NULL,                  -- the emoji's, or what tells two notes apart
    sure    INTEGER NOT NULL,               -- 0: it may be there, or not
    PRIMARY KEY (channel, ts, kind, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE mark_due (
    channel TEXT NOT NULL,
    ts      TEXT NOT NULL,
    times   INTEGER NOT NULL,               -- how often it was put here since it was last settled
    PRIMARY KEY (channel, ts)
) STRICT, WITHOUT ROWID;

CREATE TABLE message (
    channel    TEXT NOT NULL,
    ts         TEXT NOT NULL,
    raw        TEXT NOT NULL,               -- Slack's JSON
    reactions  TEXT,                        -- Slack's JSON with everybody who reacted, where raw names some only
    seen       INTEGER NOT NULL,            -- 1: Slack itself showed it; 0: it came from an export
    suspect    INTEGER NOT NULL DEFAULT 0,  -- 1: a reading lacked it, Slack is to be asked
    deleted    INTEGER NOT NULL DEFAULT 0,
    sightings  INTEGER NOT NULL DEFAULT 0,  -- readings that showed it after it was taken for deleted
    judged     INTEGER NOT NULL DEFAULT 0,  -- 0: changed since its last judgement
    settled    INTEGER NOT NULL DEFAULT 1,  -- 0: judge again in the next cycle
    read_at    TEXT,                        -- Slack's clock at the reading that waits for judgement
    verdict    TEXT,
    reason     TEXT,
    memory     TEXT,                        -- what the approval rule remembers of it, JSON
    approved   TEXT, root TEXT, aside INTEGER NOT NULL DEFAULT 0, answer TEXT,                        -- Slack's JSON as it was approved
    PRIMARY KEY (channel, ts)
) STRICT, WITHOUT ROWID;

CREATE TABLE page (
    channel TEXT NOT NULL,
    start   TEXT NOT NULL,
    first   TEXT NOT NULL,                  -- its first message
    count   INTEGER NOT NULL,
    key     TEXT NOT NULL,
    PRIMARY KEY (channel, start)
) STRICT, WITHOUT ROWID;

CREATE TABLE person (
    id           TEXT PRIMARY KEY,
    display_name TEXT NOT NULL,
    title        TEXT NOT NULL,
    image_48     TEXT NOT NULL,
    bot          INTEGER NOT NULL,
    asked_at     TEXT NOT NULL
) STRICT;

CREATE TABLE photo (
    channel    TEXT NOT NULL,
    ts         TEXT NOT NULL,
    file       TEXT NOT NULL,               -- Slack's id
    image      TEXT NOT NULL,               -- the file as it was approved, JSON
    attempt    INTEGER NOT NULL,            -- grows when it starts again
    id         TEXT NOT NULL,               -- its ProductID, and its name in the drop
    wanted     INTEGER NOT NULL DEFAULT 1,  -- 0: the message no longer shows it
    stage      TEXT NOT NULL,
    tries      INTEGER NOT NULL,            -- in vain, in this stage
    since      TEXT NOT NULL,               -- when it reached the stage
    not_before TEXT NOT NULL,               -- the next try
    reason     TEXT NOT NULL,               -- why it failed, or why the last try was in vain
    width      INTEGER NOT NULL DEFAULT 0,  -- as readers get it; 0 before it is READY
    height     INTEGER NOT NULL DEFAULT 0,
    extension  TEXT NOT NULL DEFAULT '',
    url        TEXT NOT NULL DEFAULT '',    -- in the CMS
    key        TEXT,                        -- its file beside the chat
    in_drop    INTEGER NOT NULL DEFAULT 0,  -- 1: it is in the drop, or may be
    bytes      BLOB,                        -- while it is READY
    PRIMARY KEY (channel, ts, file)
) STRICT;

CREATE TABLE picture (
    url        TEXT PRIMARY KEY,            -- Slack's
    kind       TEXT,                        -- NULL: it is still to be fetched
    bytes      BLOB,
    not_before TEXT NOT NULL                -- the next try
) STRICT;

CREATE TABLE public_emoji (
    channel  TEXT NOT NULL,
    ts       TEXT NOT NULL,
    name     TEXT NOT NULL,
    leads_to TEXT NOT NULL,                 -- a character, or Slack's address of a picture; empty: to nothing
    PRIMARY KEY (channel, ts, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE public_message (
    channel      TEXT NOT NULL,
    ts           TEXT NOT NULL,
    author       TEXT NOT NULL,
    html         TEXT NOT NULL,
    text         TEXT NOT NULL,
    published_at TEXT NOT NULL,
    edited_at    TEXT,
    thread_ts    TEXT, more TEXT NOT NULL DEFAULT '{}', shared INTEGER NOT NULL DEFAULT 0, pinned INTEGER NOT NULL DEFAULT 0, key_event INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (channel, ts)
) STRICT, WITHOUT ROWID;

CREATE TABLE public_reply (
    channel TEXT NOT NULL,
    root    TEXT NOT NULL,
    ts      TEXT NOT NULL,
    author  TEXT NOT NULL,
    PRIMARY KEY (channel, root, ts)
) STRICT, WITHOUT ROWID;

CREATE TABLE rival (
    storage      TEXT PRIMARY KEY,
    pointer      TEXT NOT NULL,     -- where it was noticed
    since        TEXT NOT NULL,     -- when
    looked_at    TEXT NOT NULL,
    shown        TEXT NOT NULL,     -- a digest of its list of channels
    moved_at     TEXT NOT NULL,     -- when that digest was first seen
    changes      INTEGER NOT NULL,  -- of our own chats, at the last look
    changed_at   TEXT NOT NULL,     -- when that number was first seen
    behind_since TEXT               -- since when it has stood still and lacked something of ours
) STRICT;

CREATE TABLE shelf (
    storage TEXT NOT NULL,
    channel TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (storage, channel)
) STRICT, WITHOUT ROWID;

CREATE TABLE storage (
    name       TEXT PRIMARY KEY,
    good_at    TEXT,                        -- when everything was last delivered
    failures   INTEGER NOT NULL DEFAULT 0,  -- in a row
    not_before TEXT,                        -- the next try
    trouble    TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE sweep (
    channel TEXT PRIMARY KEY,
    cursor  TEXT
) STRICT;

CREATE TABLE thread (
    channel  TEXT NOT NULL,
    ts       TEXT NOT NULL,
    latest   TEXT NOT NULL,                 -- its newest reply
    told     TEXT NOT NULL,                 -- how many replies there are, and the newest
    read     TEXT NOT NULL DEFAULT '',      -- likewise; another one than told: to be read
    tried_at TEXT,                          -- when Slack was last asked for it
    failures INTEGER NOT NULL DEFAULT 0,    -- in a row
    PRIMARY KEY (channel, ts)
) STRICT, WITHOUT ROWID;

CREATE TABLE turn (
    channel   TEXT PRIMARY KEY,
    tried_at  TEXT NOT NULL,
    read_at   TEXT,                          -- the last that worked
    talked_at TEXT                           -- the last that brought something new or changed
) STRICT;

CREATE INDEX author_id ON author (id);

CREATE INDEX author_picture ON author (image_48);

CREATE INDEX delivery_channel ON delivery (channel, role);

CREATE INDEX delivery_key ON delivery (key);

CREATE INDEX delivery_state ON delivery (storage, state, channel);

CREATE INDEX emoji_unasked ON emoji (name) WHERE stands_for IS NULL;

CREATE INDEX file_role ON file (channel, role);

CREATE INDEX file_version ON file (channel, version);

CREATE INDEX held_key ON held (key);

CREATE INDEX message_delayed ON message (channel, ts) WHERE verdict = 'DELAYED';

CREATE INDEX message_suspect ON message (channel, ts) WHERE suspect = 1;

CREATE INDEX message_thread ON message (channel, root, ts) WHERE root IS NOT NULL;

CREATE INDEX message_to_judge ON message (channel, ts) WHERE judged = 0 OR settled = 0;

CREATE INDEX person_asked ON person (asked_at, id);

CREATE INDEX photo_due ON photo (not_before) WHERE wanted = 1 AND stage IN ('WANTED', 'READY', 'DROPPED');

CREATE INDEX photo_failed ON photo (channel) WHERE wanted = 1 AND stage = 'FAILED';

CREATE INDEX photo_in_drop ON photo (id) WHERE in_drop = 1;

CREATE INDEX photo_key ON photo (key) WHERE key IS NOT NULL;

CREATE INDEX photo_of_channel ON photo (channel) WHERE in_drop = 1;

CREATE INDEX photo_owed ON photo (id) WHERE in_drop = 1 AND wanted = 0;

CREATE INDEX picture_due ON picture (not_before, url) WHERE kind IS NULL;

CREATE INDEX public_emoji_name ON public_emoji (name);

CREATE INDEX public_emoji_of_chat ON public_emoji (channel, leads_to) WHERE leads_to <> '';

CREATE INDEX public_emoji_picture ON public_emoji (leads_to, channel) WHERE leads_to <> '';

CREATE INDEX public_message_author ON public_message (channel, author);

CREATE INDEX public_message_key_event ON public_message (channel, ts) WHERE key_event = 1;

CREATE INDEX public_message_pinned ON public_message (channel, ts) WHERE pinned = 1;

CREATE INDEX public_message_unshared ON public_message (channel, ts) WHERE shared = 0;

CREATE INDEX public_reply_author ON public_reply (channel, author);

CREATE INDEX thread_latest ON thread (channel, latest);

CREATE INDEX thread_tried ON thread (channel, tried_at);

CREATE INDEX thread_unread ON thread (channel, latest) WHERE told <> read;
