-- Chats whose pages were stored in the wrong order: all are rendered again, because any may contain what was taken down.
UPDATE channel
SET pointer_seq = -1, index_digest = 'outdated'
WHERE id IN (SELECT page.channel
             FROM page
             JOIN page AS other ON other.channel = page.channel AND other.start_ts < page.start_ts
             WHERE page.first_ts < page.start_ts);

UPDATE storage_file
SET state = 'TAKEDOWN_PENDING'
WHERE role = 'PAGE' AND state <> 'DELETE_PENDING'
AND channel IN (SELECT id FROM channel WHERE index_digest = 'outdated');

DELETE FROM page
WHERE channel IN (SELECT id FROM channel WHERE index_digest = 'outdated');
