CREATE INDEX message_waiting ON message (channel, verdict) WHERE verdict IN ('PENDING', 'HELD');
