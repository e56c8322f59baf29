-- Feeds and pages with the newest messages, and a share page for each message.
ALTER TABLE channel ADD COLUMN newest_seq  INTEGER NOT NULL DEFAULT -1;
ALTER TABLE channel ADD COLUMN newest_at   TEXT;
ALTER TABLE channel ADD COLUMN newest_size INTEGER NOT NULL DEFAULT 0;

ALTER TABLE public_message ADD COLUMN shared INTEGER NOT NULL DEFAULT 0;

CREATE INDEX public_message_unshared ON public_message (channel, ts) WHERE shared = 0;
