-- The bot's reactions and replies in Slack.
CREATE TABLE mark (
    channel TEXT NOT NULL,
    ts      TEXT NOT NULL,
    kind    TEXT NOT NULL,
    name    TEXT NOT NULL,
    sure    INTEGER NOT NULL,
    PRIMARY KEY (channel, ts, kind, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE mark_due (
    channel TEXT NOT NULL,
    ts      TEXT NOT NULL,
    times   INTEGER NOT NULL,
    PRIMARY KEY (channel, ts)
) STRICT, WITHOUT ROWID;
