-- Ids that are never given twice: what was told of a row that is gone must not come to mean another one
-- (docs/decisions/0011-numbers-once.md). Ballots, rolls and votes have no such id, and get none.

-- SQLite makes the table in which it counts along with the first table that asks for it.
CREATE TABLE first_to_count (id INTEGER PRIMARY KEY AUTOINCREMENT);
DROP TABLE first_to_count;

-- Only what SQLite does at the next insert changes, nothing in the tables as they lie in the file. So
-- their definitions are changed in place: no table of years is copied, no index or trigger made anew.
PRAGMA writable_schema = ON;
UPDATE sqlite_master
SET sql = replace(sql, 'id INTEGER PRIMARY KEY,', 'id INTEGER PRIMARY KEY AUTOINCREMENT,')
WHERE type = 'table' AND name IN (
    'account', 'announcement', 'api_token', 'board_idea', 'call', 'conversation', 'enrolment',
    'event', 'flow_result', 'food_referral', 'help_request', 'inbound', 'invitation', 'journal',
    'member', 'offer', 'outbound', 'outgoing_call', 'poll', 'recording', 'resident', 'run',
    'session', 'shift', 'text_revision', 'trip', 'urgent', 'webhook_delivery', 'webhook_endpoint',
    'webhook_source'
);
PRAGMA writable_schema = RESET;

INSERT INTO sqlite_sequence (name, seq)
SELECT 'account', COALESCE(MAX(id), 0) FROM account
UNION ALL SELECT 'announcement', COALESCE(MAX(id), 0) FROM announcement
UNION ALL SELECT 'api_token', COALESCE(MAX(id), 0) FROM api_token
UNION ALL SELECT 'board_idea', COALESCE(MAX(id), 0) FROM board_idea
UNION ALL SELECT 'call', COALESCE(MAX(id), 0) FROM call
UNION ALL SELECT 'conversation', COALESCE(MAX(id), 0) FROM conversation
UNION ALL SELECT 'enrolment', COALESCE(MAX(id), 0) FROM enrolment
UNION ALL SELECT 'event', COALESCE(MAX(id), 0) FROM event
UNION ALL SELECT 'flow_result', COALESCE(MAX(id), 0) FROM flow_result
UNION ALL SELECT 'food_referral', COALESCE(MAX(id), 0) FROM food_referral
UNION ALL SELECT 'help_request', COALESCE(MAX(id), 0) FROM help_request
UNION ALL SELECT 'inbound', COALESCE(MAX(id), 0) FROM inbound
UNION ALL SELECT 'invitation', COALESCE(MAX(id), 0) FROM invitation
UNION ALL SELECT 'journal', COALESCE(MAX(id), 0) FROM journal
UNION ALL SELECT 'member', COALESCE(MAX(id), 0) FROM member
UNION ALL SELECT 'offer', COALESCE(MAX(id), 0) FROM offer
UNION ALL SELECT 'outbound', COALESCE(MAX(id), 0) FROM outbound
UNION ALL SELECT 'outgoing_call', COALESCE(MAX(id), 0) FROM outgoing_call
UNION ALL SELECT 'poll', COALESCE(MAX(id), 0) FROM poll
UNION ALL SELECT 'recording', COALESCE(MAX(id), 0) FROM recording
UNION ALL SELECT 'resident', COALESCE(MAX(id), 0) FROM resident
UNION ALL SELECT 'run', COALESCE(MAX(id), 0) FROM run
UNION ALL SELECT 'session', COALESCE(MAX(id), 0) FROM session
UNION ALL SELECT 'shift', COALESCE(MAX(id), 0) FROM shift
UNION ALL SELECT 'text_revision', COALESCE(MAX(id), 0) FROM text_revision
UNION ALL SELECT 'trip', COALESCE(MAX(id), 0) FROM trip
UNION ALL SELECT 'urgent', COALESCE(MAX(id), 0) FROM urgent
UNION ALL SELECT 'webhook_delivery', COALESCE(MAX(id), 0) FROM webhook_delivery
UNION ALL SELECT 'webhook_endpoint', COALESCE(MAX(id), 0) FROM webhook_endpoint
UNION ALL SELECT 'webhook_source', COALESCE(MAX(id), 0) FROM webhook_source;

-- Counting goes on after the highest id that is known of anywhere, though its row be gone.
UPDATE sqlite_sequence SET seq = MAX(seq, (SELECT COALESCE(MAX(cursor), 0) FROM webhook_endpoint)) WHERE name = 'event';
UPDATE sqlite_sequence SET seq = MAX(seq, (SELECT COALESCE(MAX(pushed), 0) FROM flow_package)) WHERE name = 'flow_result';
UPDATE sqlite_sequence SET seq = MAX(seq, (SELECT COALESCE(MAX(first_inbound), 0) FROM vote_talk)) WHERE name = 'inbound';
UPDATE sqlite_sequence SET seq = MAX(seq, (SELECT COALESCE(MAX(first_outbound), 0) FROM vote_talk)) WHERE name = 'outbound';
