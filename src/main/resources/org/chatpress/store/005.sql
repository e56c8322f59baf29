-- The forms of a chat that hold its newest messages, and the share page of each message.
ALTER TABLE channel ADD COLUMN newest_seq  INTEGER NOT NULL DEFAULT -1;  -- the seq that feeds and pages show
ALTER TABLE channel ADD COLUMN newest_at   TEXT;
ALTER TABLE channel ADD COLUMN newest_size INTEGER NOT NULL DEFAULT 0;   -- their bytes, compressed

ALTER TABLE public_message ADD COLUMN shared INTEGER NOT NULL DEFAULT 0; -- 1: its share page shows it as it is

CREATE INDEX public_message_unshared ON public_message (channel, ts) WHERE shared = 0;
