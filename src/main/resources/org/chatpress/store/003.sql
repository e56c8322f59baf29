-- Our bot's marks under a message in Slack: emoji, and notes in its thread.
CREATE TABLE mark (
    channel TEXT NOT NULL,
    ts      TEXT NOT NULL,
    kind    TEXT NOT NULL,                  -- EMOJI, NOTE
    name    TEXT NOT NULL,                  -- the emoji's, or what tells two notes apart
    sure    INTEGER NOT NULL,               -- 0: it may be there, or not
    PRIMARY KEY (channel, ts, kind, name)
) STRICT, WITHOUT ROWID;

-- Messages whose marks may not be what they should be.
CREATE TABLE mark_due (
    channel TEXT NOT NULL,
    ts      TEXT NOT NULL,
    times   INTEGER NOT NULL,               -- how often it was put here since it was last settled
    PRIMARY KEY (channel, ts)
) STRICT, WITHOUT ROWID;
