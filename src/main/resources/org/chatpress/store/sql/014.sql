ALTER TABLE channel ADD COLUMN closing TEXT NOT NULL DEFAULT 'NONE';

-- The time came from this machine's clock. What is public was posted before the chat was closed.
UPDATE channel
SET closing = 'KNOWN',
    closed_at = MAX(
        closed_at,
        COALESCE(
            (SELECT strftime('%Y-%m-%dT%H:%M:%SZ', CAST(SUBSTR(MAX(ts), 1, 10) AS INTEGER) + 1, 'unixepoch')
             FROM (SELECT ts FROM public_message WHERE public_message.channel = channel.id
                   UNION ALL
                   SELECT ts FROM public_reply WHERE public_reply.channel = channel.id)),
            ''))
WHERE closed_at IS NOT NULL;
