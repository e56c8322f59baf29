-- JSON columns get the names of the records that they contain.

UPDATE channel
SET metadata = json_set(
        json_remove(metadata, '$.imprint'),
        '$.publishing',
        json_patch(
            json_remove(
                COALESCE(
                    json_extract(metadata, '$.imprint'),
                    '{"since": "1970-01-01T00:00:00Z", "language": "en"}'),
                '$.site'),
            json_object('public_url', json_extract(metadata, '$.imprint.site'))))
WHERE metadata IS NOT NULL;

-- A quotation mark in a text is escaped, so these are found as members only.
UPDATE message
SET review_state = replace(replace(review_state,
        '"under_rule":', '"approval_required":'),
        '"marks":{', '"reactions":{'),
    feedback = replace(replace(replace(feedback,
        '],"notes":{', '],"replies":{'),
        ',"replies":{}', ''),
        '"emoji":[],', '')
WHERE review_state IS NOT NULL;

-- The members of kwargs, which editors name, are texts: these are not.
ALTER TABLE public_message RENAME COLUMN details TO additions;
UPDATE public_message
SET additions = replace(replace(replace(additions,
        '"attachments":[{', '"previews":[{'),
        '"notes":{', '"annotations":{'),
        '"more":{', '"additions":{')
WHERE additions <> '{}';

DELETE FROM timestamps WHERE name LIKE 'told: %';
