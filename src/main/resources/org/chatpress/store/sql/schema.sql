-- The tables of a new database. A database of an earlier release gets them by the numbered files; a test compares both.
-- Times are UTC in ISO 8601. Booleans are 0 or 1. A channel's ts are Slack's, as text: their order is the order of time.

-- CHANNELS AND POLLING

CREATE TABLE channel (
    id                TEXT PRIMARY KEY,
    status            TEXT NOT NULL,                -- ChannelRepository.Status: LISTED, REMOVED, HIDDEN
    sort_order        INTEGER NOT NULL DEFAULT 0,   -- position in the settings and in channels.json
    metadata          TEXT,                         -- ChatMetadata, JSON; NULL until the settings are first applied
    closing           TEXT NOT NULL DEFAULT 'NONE', -- ChannelRepository.ClosingTime.State
    closed_at         TEXT,
    policy_digest     TEXT NOT NULL DEFAULT '',     -- digest of the approval policy of the last review
    oldest_ts         TEXT,                         -- first and last ts of the contiguous range that was polled;
    newest_ts         TEXT,                         -- NULL: nothing yet
    gap_until_ts      TEXT,                         -- while a gap is open above that range: the first and last ts of
    gap_newest_ts     TEXT,                         -- what was polled above the gap
    backfilled        INTEGER NOT NULL DEFAULT 0,   -- 1: polled back to since once, and nothing is known to be missing
    last_error        TEXT NOT NULL DEFAULT '',     -- why the last poll failed; '' if it succeeded
    epoch             TEXT NOT NULL,                -- a new one makes readers load the chat again
    seq               INTEGER NOT NULL DEFAULT 0,   -- grows by 1 with each change that readers can see
    count             INTEGER NOT NULL DEFAULT 0,   -- public messages
    updated_at        TEXT NOT NULL,                -- when seq last grew
    version           INTEGER NOT NULL DEFAULT 0,   -- grows by 1 with each rendering
    pages_seq         INTEGER NOT NULL DEFAULT 0,   -- the seq that the pages show
    index_digest      TEXT NOT NULL DEFAULT '',     -- digest of the metadata that the index shows
    pointer_seq       INTEGER NOT NULL DEFAULT -1,  -- the seq that the pointer shows; -1: render every file again
    max_pointer_seq   INTEGER NOT NULL DEFAULT 0,   -- the highest pointer_seq of this epoch
    whole_seq         INTEGER NOT NULL DEFAULT -1,  -- the seq that the file of the whole chat shows; -1: none
    whole_at          TEXT,                         -- when that file was rendered
    whole_size        INTEGER NOT NULL DEFAULT 0,   -- bytes, compressed
    newest_files_seq  INTEGER NOT NULL DEFAULT -1,  -- likewise of the feeds and pages with the newest messages
    newest_files_at   TEXT,
    newest_files_size INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE poll (
    channel          TEXT PRIMARY KEY,
    attempted_at     TEXT NOT NULL,
    succeeded_at     TEXT,
    last_activity_at TEXT                           -- the last poll that found a new or changed message
) STRICT;

CREATE TABLE rescan (
    channel TEXT PRIMARY KEY,
    cursor  TEXT                                    -- the next page holds messages before this ts; NULL: start again
) STRICT;

CREATE TABLE timestamps (
    name TEXT PRIMARY KEY,                          -- cycle, good cycle, rescan C0123...
    at   TEXT NOT NULL                              -- when it last happened
) STRICT;

-- MESSAGES AND THEIR REVIEW

CREATE TABLE message (
    channel        TEXT NOT NULL,
    ts             TEXT NOT NULL,
    raw            TEXT NOT NULL,                   -- Slack's JSON
    reactions      TEXT,                            -- Slack's JSON with all users, where raw names only some of them
    reactions_at   TEXT,                            -- Slack's clock at the page after which those were requested
    thread_ts      TEXT,                            -- of a reply: its parent message
    thread_only    INTEGER NOT NULL DEFAULT 0,      -- 1: a reply that was not also sent to the channel
    from_api       INTEGER NOT NULL,                -- 0: known from an export only
    polled_at      TEXT,                            -- Slack's clock at the poll that the next review is about
    needs_refresh  INTEGER NOT NULL DEFAULT 0,      -- look it up: 1: an event named it; 2: a page lacked it
    missing_lookups INTEGER NOT NULL DEFAULT 0,     -- lookups after a page lacked it to which Slack returned no message
    missing_since  TEXT,                            -- Slack's clock at the first of them
    absent_since   TEXT,                            -- Slack's clock at the first history page that lacked it
    missing        INTEGER NOT NULL DEFAULT 0,      -- 1: there were enough of them to take it down
    deleted        INTEGER NOT NULL DEFAULT 0,
    reappearances  INTEGER NOT NULL DEFAULT 0,      -- history pages that contained it after its deletion
    review_started INTEGER NOT NULL DEFAULT 0,      -- 0: changed since its last review started
    review_done    INTEGER NOT NULL DEFAULT 1,      -- 0: its last review was interrupted, or must be repeated
    verdict        TEXT,
    reason         TEXT,
    review_state   TEXT,                            -- ReviewState, JSON
    approved_raw   TEXT,                            -- Slack's JSON as it was approved; '': as in raw
    feedback       TEXT,                            -- BotFeedback for its editors, JSON; NULL: none
    PRIMARY KEY (channel, ts)
) STRICT, WITHOUT ROWID;

CREATE INDEX message_needs_review ON message (channel, ts) WHERE review_started = 0 OR review_done = 0;
CREATE INDEX message_needs_refresh ON message (channel, ts) WHERE needs_refresh > 0;
CREATE INDEX message_delayed ON message (channel, ts) WHERE verdict = 'DELAYED';
CREATE INDEX message_waiting ON message (channel, verdict) WHERE verdict IN ('PENDING', 'HELD');
CREATE INDEX message_thread ON message (channel, thread_ts, ts) WHERE thread_ts IS NOT NULL;

CREATE TABLE thread (
    channel      TEXT NOT NULL,
    ts           TEXT NOT NULL,                     -- of the parent message
    latest_ts    TEXT NOT NULL,                     -- of the newest reply
    reply_marker TEXT NOT NULL,                     -- reply_count and latest_reply of the parent message
    read_marker  TEXT NOT NULL DEFAULT '',          -- reply_marker when the replies were last read
    read_until   TEXT,                              -- all replies up to this ts were read; NULL: none
    newest_marker TEXT NOT NULL DEFAULT '',         -- reply_marker when the newest replies were last read
    attempted_at TEXT,                              -- the last attempt to read the newest replies
    failures     INTEGER NOT NULL DEFAULT 0,        -- in a row
    rescan_until TEXT,                              -- the next page of the rescan ends with this reply; NULL: no rescan
    rescan_marker TEXT NOT NULL DEFAULT '',         -- reply_marker when the rescan started
    rescanned_at TEXT,                              -- the last page of a rescan
    PRIMARY KEY (channel, ts)
) STRICT, WITHOUT ROWID;

CREATE INDEX thread_unread ON thread (channel, latest_ts) WHERE reply_marker <> read_marker;
CREATE INDEX thread_latest ON thread (channel, latest_ts);
CREATE INDEX thread_attempted ON thread (channel, attempted_at);
CREATE INDEX thread_rescan ON thread (channel) WHERE rescan_until IS NOT NULL;

CREATE TABLE user_profile (
    id           TEXT PRIMARY KEY,
    display_name TEXT NOT NULL,
    title        TEXT NOT NULL,
    image_48     TEXT NOT NULL,
    is_bot       INTEGER NOT NULL,
    fetched_at   TEXT NOT NULL
) STRICT;

CREATE INDEX user_profile_fetched ON user_profile (fetched_at, id);

-- What the bot has added to messages in Slack.
CREATE TABLE feedback (
    channel   TEXT NOT NULL,
    ts        TEXT NOT NULL,
    kind      TEXT NOT NULL,                        -- EMOJI, REPLY
    name      TEXT NOT NULL,                        -- the emoji, or the reply's own name
    confirmed INTEGER NOT NULL,                     -- 0: the call was sent, its answer never came
    PRIMARY KEY (channel, ts, kind, name)
) STRICT, WITHOUT ROWID;

-- Messages whose feedback in Slack may be outdated.
CREATE TABLE feedback_queue (
    channel    TEXT NOT NULL,
    ts         TEXT NOT NULL,
    generation INTEGER NOT NULL,                    -- grows with each change; a task removes the generation that it saw
    PRIMARY KEY (channel, ts)
) STRICT, WITHOUT ROWID;

-- WHAT READERS MAY SEE

CREATE TABLE public_message (
    channel            TEXT NOT NULL,
    ts                 TEXT NOT NULL,
    author             TEXT NOT NULL,
    html               TEXT NOT NULL,
    text               TEXT NOT NULL,
    published_at       TEXT NOT NULL,
    edited_at          TEXT,
    thread_ts          TEXT,
    additions          TEXT NOT NULL DEFAULT '{}',  -- PublicMessage.Additions, JSON
    pinned             INTEGER NOT NULL DEFAULT 0,
    key_event          INTEGER NOT NULL DEFAULT 0,
    share_page_current INTEGER NOT NULL DEFAULT 0,  -- 0: render its share page
    PRIMARY KEY (channel, ts)
) STRICT, WITHOUT ROWID;

CREATE INDEX public_message_author ON public_message (channel, author);
CREATE INDEX public_message_pinned ON public_message (channel, ts) WHERE pinned = 1;
CREATE INDEX public_message_key_event ON public_message (channel, ts) WHERE key_event = 1;
CREATE INDEX public_message_share_page ON public_message (channel, ts) WHERE share_page_current = 0;

-- The authors of public replies; the replies are in the additions of their parent message.
CREATE TABLE public_reply (
    channel   TEXT NOT NULL,
    thread_ts TEXT NOT NULL,
    ts        TEXT NOT NULL,
    author    TEXT NOT NULL,
    PRIMARY KEY (channel, thread_ts, ts)
) STRICT, WITHOUT ROWID;

CREATE INDEX public_reply_author ON public_reply (channel, author);

-- The authors of a channel's public messages and replies, as readers see them.
CREATE TABLE author (
    channel      TEXT NOT NULL,
    id           TEXT NOT NULL,
    display_name TEXT NOT NULL,
    title        TEXT NOT NULL,
    image_48     TEXT NOT NULL,
    PRIMARY KEY (channel, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX author_id ON author (id);
CREATE INDEX author_image ON author (image_48);

-- The newest changes that readers can see; older ones are in the pages.
CREATE TABLE change (
    channel TEXT NOT NULL,
    seq     INTEGER NOT NULL,
    op      TEXT NOT NULL,                          -- PUT, CUT (a photo or reply was removed), DEL, META
    ts      TEXT,
    PRIMARY KEY (channel, seq)
) STRICT, WITHOUT ROWID;

-- PHOTOS, CLIPS, AVATARS, CUSTOM EMOJI

CREATE TABLE photo (
    channel     TEXT NOT NULL,
    ts          TEXT NOT NULL,
    file_id     TEXT NOT NULL,                      -- Slack's
    image       TEXT NOT NULL,                      -- SlackImageFile as it was approved, JSON
    attempt     INTEGER NOT NULL,                   -- grows when the photo starts again
    id          TEXT NOT NULL,                      -- its ProductID in the CMS
    active      INTEGER NOT NULL DEFAULT 1,         -- 0: the message no longer shows it
    stage       TEXT NOT NULL,                      -- PhotoState.Stage
    tries       INTEGER NOT NULL,                   -- failed attempts to reach the next stage
    stage_since TEXT NOT NULL,
    not_before  TEXT NOT NULL,                      -- the next attempt
    reason      TEXT NOT NULL,                      -- why the last attempt failed
    width       INTEGER NOT NULL DEFAULT 0,         -- as published; 0 until it is PROCESSED
    height      INTEGER NOT NULL DEFAULT 0,
    extension   TEXT NOT NULL DEFAULT '',
    url         TEXT NOT NULL DEFAULT '',           -- in the CMS
    key         TEXT,                               -- of its file beside the chat
    uploaded    INTEGER NOT NULL DEFAULT 0,         -- 1: it is in the upload folder of the CMS, or may be; 2: in a former one
    bytes       BLOB,                               -- while it is PROCESSED
    upload_folder TEXT,                             -- the name of the storage that it was last uploaded to
    PRIMARY KEY (channel, ts, file_id)
) STRICT;

CREATE INDEX photo_due ON photo (not_before)
    WHERE active = 1 AND stage IN ('REQUESTED', 'PROCESSED', 'UPLOADED');
CREATE INDEX photo_failed ON photo (channel) WHERE active = 1 AND stage = 'FAILED';
CREATE INDEX photo_key ON photo (key) WHERE key IS NOT NULL;
CREATE INDEX photo_uploaded ON photo (id) WHERE uploaded = 1;
CREATE INDEX photo_uploaded_of_channel ON photo (channel) WHERE uploaded = 1;
CREATE INDEX photo_upload_delete_pending ON photo (id) WHERE uploaded = 1 AND active = 0;
CREATE INDEX photo_upload_abandoned ON photo (upload_folder) WHERE uploaded = 2;

-- Clips of video and sound. A converted clip is a file in a folder beside the database as long as rendered_file lists it.
CREATE TABLE clip (
    channel     TEXT NOT NULL,
    ts          TEXT NOT NULL,
    file_id     TEXT NOT NULL,                      -- Slack's
    file        TEXT NOT NULL,                      -- SlackClip as it was approved, JSON
    attempt     INTEGER NOT NULL,                   -- grows when the clip starts again
    active      INTEGER NOT NULL DEFAULT 1,         -- 0: the message no longer shows it
    stage       TEXT NOT NULL,                      -- PhotoState.Stage
    tries       INTEGER NOT NULL,                   -- failed attempts to convert it
    stage_since TEXT NOT NULL,
    not_before  TEXT NOT NULL,                      -- the next attempt
    reason      TEXT NOT NULL,                      -- why the last attempt failed
    progress    INTEGER NOT NULL DEFAULT 0,         -- percent of the conversion
    width       INTEGER NOT NULL DEFAULT 0,         -- as published; 0 for sound, and until it is PROCESSED
    height      INTEGER NOT NULL DEFAULT 0,
    length      INTEGER NOT NULL DEFAULT 0,         -- in milliseconds
    bytes       INTEGER NOT NULL DEFAULT 0,         -- the size of its file
    key         TEXT,                               -- of its file beside the chat
    poster      TEXT,                               -- the key of its poster
    PRIMARY KEY (channel, ts, file_id)
) STRICT;

CREATE INDEX clip_in_progress ON clip (active) WHERE active = 1 AND stage IN ('REQUESTED', 'PROCESSED');
CREATE INDEX clip_failed ON clip (channel) WHERE active = 1 AND stage = 'FAILED';
CREATE INDEX clip_key ON clip (key) WHERE key IS NOT NULL;

-- Copies of avatars and custom emoji, published beside the chats that show them.
CREATE TABLE mirrored_image (
    url        TEXT PRIMARY KEY,                    -- Slack's
    format     TEXT,                                -- ImageFormat; NULL: not downloaded yet
    bytes      BLOB,
    not_before TEXT NOT NULL                        -- the next attempt
) STRICT;

CREATE INDEX mirrored_image_due ON mirrored_image (not_before, url) WHERE format IS NULL;

-- The workspace's custom emoji, from Slack's emoji.list.
CREATE TABLE custom_emoji (
    name           TEXT PRIMARY KEY,
    target         TEXT,                            -- a URL, or alias:NAME; '': no such emoji; NULL: list not fetched since
    stands_for     TEXT,                            -- the name at the end of its aliases; NULL: no list had it
    stood_for      TEXT,                            -- likewise in the first list that had it
    approves_after TEXT                             -- when Slack sent that list; NULL: a later one had another end
) STRICT, WITHOUT ROWID;

CREATE INDEX custom_emoji_unknown ON custom_emoji (name) WHERE target IS NULL;

CREATE TABLE custom_emoji_fetch (
    attempted_at TEXT NOT NULL
) STRICT;

-- The custom emoji that public messages and replies name.
CREATE TABLE public_emoji (
    channel TEXT NOT NULL,
    ts      TEXT NOT NULL,
    name    TEXT NOT NULL,
    target  TEXT NOT NULL,                          -- a character, or Slack's URL of an image; '': no such emoji
    PRIMARY KEY (channel, ts, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX public_emoji_name ON public_emoji (name);
CREATE INDEX public_emoji_image ON public_emoji (target, channel) WHERE target <> '';
CREATE INDEX public_emoji_of_chat ON public_emoji (channel, target) WHERE target <> '';

-- RENDERED FILES

-- Every file that should be on every storage.
CREATE TABLE rendered_file (
    key           TEXT PRIMARY KEY,
    channel       TEXT NOT NULL,                    -- '': channels.json
    role          TEXT NOT NULL,                    -- FileRole
    digest        TEXT NOT NULL,                    -- of headers and bytes
    content_type  TEXT NOT NULL,
    cache_control TEXT NOT NULL,
    body          BLOB NOT NULL,                    -- gzip; photos as they are; empty for clips
    version       INTEGER NOT NULL                  -- the channel's version that rendered it
) STRICT;

CREATE INDEX rendered_file_version ON rendered_file (channel, version);
CREATE INDEX rendered_file_role ON rendered_file (channel, role);
CREATE INDEX rendered_file_clip ON rendered_file (role) WHERE role = 'CLIP';

-- The pages of a chat as last rendered: each holds the messages from its start_ts up to that of the next.
CREATE TABLE page (
    channel  TEXT NOT NULL,
    start_ts TEXT NOT NULL,
    first_ts TEXT NOT NULL,                         -- its first message
    count    INTEGER NOT NULL,
    key      TEXT NOT NULL,
    PRIMARY KEY (channel, start_ts)
) STRICT, WITHOUT ROWID;

-- Which messages a file contains, kept while any storage may have a version that does.
CREATE TABLE file_message (
    channel TEXT NOT NULL,
    ts      TEXT NOT NULL,
    key     TEXT NOT NULL,
    version INTEGER NOT NULL,                       -- the last version that contains it
    PRIMARY KEY (channel, ts, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX file_message_key ON file_message (key);

-- STORAGES

CREATE TABLE storage (
    name             TEXT PRIMARY KEY,
    last_success_at  TEXT,                          -- when it last had every file
    failures         INTEGER NOT NULL DEFAULT 0,    -- in a row
    not_before       TEXT,                          -- the next attempt
    last_error       TEXT NOT NULL DEFAULT '',
    conflict_pointer TEXT,                          -- the pointer that another instance replaced; NULL: no conflict
    conflict_since   TEXT,
    removed_at       TEXT,                          -- when the settings no longer named it; NULL: they name it
    missed_takedowns INTEGER NOT NULL DEFAULT 0,    -- files of takedowns that stay there, as last logged
    purge_error      TEXT NOT NULL DEFAULT '',      -- why the last purge of its CDN failed; '' if it succeeded
    purge_failing_since TEXT                        -- when the first purge failed since the last that succeeded
) STRICT;

-- Which version of a channel's files a storage has in full; channel '': channels.json.
CREATE TABLE storage_progress (
    storage TEXT NOT NULL,
    channel TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (storage, channel)
) STRICT, WITHOUT ROWID;

-- The files that a storage has, or may have.
CREATE TABLE storage_file (
    storage            TEXT NOT NULL,
    key                TEXT NOT NULL,
    channel            TEXT NOT NULL,
    role               TEXT NOT NULL,
    digest             TEXT,                        -- NULL: any version may be there, or none
    state              TEXT NOT NULL,               -- FileState
    unreferenced_since TEXT,                        -- set when it enters GRACE
    version            INTEGER NOT NULL DEFAULT 0,  -- the oldest version that may be there; 0: unknown
    uploading          INTEGER NOT NULL DEFAULT 0,  -- 1: a clip on its way there, which must not be deleted yet
    PRIMARY KEY (storage, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX storage_file_state ON storage_file (storage, state, channel);
CREATE INDEX storage_file_channel ON storage_file (channel, role);
CREATE INDEX storage_file_key ON storage_file (key);
CREATE INDEX storage_file_uploading ON storage_file (uploading) WHERE uploading = 1;

-- The files to purge from the CDN in front of a storage.
CREATE TABLE purge (
    storage    TEXT NOT NULL,
    key        TEXT NOT NULL,
    takedown   INTEGER NOT NULL,                    -- 1: the CDN may show what was taken down
    ready      INTEGER NOT NULL,                    -- 0: only after the next upload of the file
    generation INTEGER NOT NULL,                    -- grows with each request; a purge removes the generation that it saw
    PRIMARY KEY (storage, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX purge_next ON purge (storage, takedown DESC, key) WHERE ready = 1;

-- WEBHOOKS AND HUBS

-- The webhooks of the settings.
CREATE TABLE webhook (
    id         TEXT PRIMARY KEY,                    -- Webhook.id
    events     TEXT NOT NULL,                       -- names of Webhook.Event, with a space around each
    last_error TEXT NOT NULL DEFAULT '',            -- '' if the last request succeeded
    dropped    INTEGER NOT NULL DEFAULT 0,          -- events that it did not receive within a day
    gone       INTEGER NOT NULL DEFAULT 0           -- 1: it answered 410, so it gets no events until the next start
) STRICT;

-- The events that a webhook has not received, in the order of the changes. They contain no text: that is read when an event
-- is sent, so that none is sent that is no longer public.
CREATE TABLE webhook_event (
    webhook    TEXT NOT NULL,
    position   INTEGER NOT NULL,                    -- in the order of the changes
    message_id TEXT NOT NULL,                       -- for the header webhook-id, the same in each attempt
    channel    TEXT NOT NULL,
    seq        INTEGER NOT NULL,                    -- of the change
    event      TEXT NOT NULL,                       -- Webhook.Event
    ts         TEXT,                                -- of the message; NULL: the whole chat
    created_at TEXT NOT NULL,
    failures   INTEGER NOT NULL DEFAULT 0,
    failing_since TEXT,                             -- the first attempt
    not_before TEXT,                                -- the next attempt; NULL: now
    PRIMARY KEY (webhook, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX webhook_event_channel ON webhook_event (webhook, channel, position);
CREATE INDEX webhook_event_message ON webhook_event (channel, ts);

-- WebSub hubs to which a ping has failed.
CREATE TABLE hub (
    url        TEXT PRIMARY KEY,
    last_error TEXT NOT NULL                        -- '' if the last ping succeeded
) STRICT, WITHOUT ROWID;

-- The version of each feed that a WebSub hub was last pinged for.
CREATE TABLE hub_ping (
    hub    TEXT NOT NULL,                           -- its URL
    key    TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (hub, key)
) STRICT, WITHOUT ROWID;
