-- What a public message bears beside its words, JSON: photos, previews of links, reactions, editors' notes, replies.
ALTER TABLE public_message ADD COLUMN more TEXT NOT NULL DEFAULT '{}';
