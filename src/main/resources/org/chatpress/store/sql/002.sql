-- Photos, link previews, reactions, annotations and replies of public messages, JSON.
ALTER TABLE public_message ADD COLUMN more TEXT NOT NULL DEFAULT '{}';
