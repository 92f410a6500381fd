-- People, conversations, messages, events: what every service stands on.
-- Moments are UTC text of fixed width (see store/instant.py).

CREATE TABLE resident (
    id INTEGER PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    language TEXT NOT NULL DEFAULT '',
    name TEXT NOT NULL DEFAULT '',
    stopped INTEGER NOT NULL DEFAULT 0,
    stopped_notice_at TEXT,
    quiet_until TEXT,
    machine_signs INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL
);

CREATE TABLE coordinator (
    resident_id INTEGER PRIMARY KEY REFERENCES resident(id),
    on_duty INTEGER NOT NULL DEFAULT 1
);

CREATE TABLE conversation (
    id INTEGER PRIMARY KEY,
    resident_id INTEGER NOT NULL REFERENCES resident(id),
    flow TEXT NOT NULL,
    version INTEGER NOT NULL,
    status TEXT NOT NULL,
    state TEXT NOT NULL,
    deadline TEXT,
    began_at TEXT NOT NULL,
    changed_at TEXT NOT NULL
);
CREATE INDEX conversation_resident ON conversation (resident_id, id);
CREATE INDEX conversation_deadline ON conversation (deadline) WHERE deadline IS NOT NULL;
CREATE UNIQUE INDEX conversation_one_open ON conversation (resident_id) WHERE status IN ('active', 'person');

-- A text as it was taken from the modem. `key` recognises the same stored message again,
-- `twin` the same text delivered twice by the network (the key without its place); where a body had
-- to be erased, `key` becomes `bodyless`, so that no hash betrays what was written.
-- state: handled, ignored, double, incomplete, failed.
CREATE TABLE inbound (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    twin TEXT NOT NULL,
    bodyless TEXT NOT NULL,
    link TEXT NOT NULL,
    sender TEXT NOT NULL,
    resident_id INTEGER REFERENCES resident(id),
    body TEXT NOT NULL,
    smsc_at TEXT,
    received_at TEXT NOT NULL,
    state TEXT NOT NULL
);
CREATE INDEX inbound_twin ON inbound (twin);
CREATE INDEX inbound_sender ON inbound (sender, received_at);

CREATE TABLE inbound_part (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    twin TEXT NOT NULL,
    bodyless TEXT NOT NULL,
    link TEXT NOT NULL,
    sender TEXT NOT NULL,
    reference INTEGER NOT NULL,
    total INTEGER NOT NULL,
    number INTEGER NOT NULL,
    body TEXT NOT NULL,
    raw TEXT NOT NULL,
    smsc_at TEXT,
    received_at TEXT NOT NULL,
    inbound_id INTEGER REFERENCES inbound(id)
);
CREATE INDEX inbound_part_twin ON inbound_part (twin);
CREATE INDEX inbound_part_whole ON inbound_part (inbound_id) WHERE inbound_id IS NOT NULL;
CREATE INDEX inbound_part_open ON inbound_part (sender, reference, total) WHERE inbound_id IS NULL;

-- A stored message nobody could decode: kept raw for a person, then deleted from the SIM.
CREATE TABLE broken_part (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    link TEXT NOT NULL,
    raw TEXT NOT NULL,
    reason TEXT NOT NULL,
    received_at TEXT NOT NULL
);

-- A text on its way out. state: queued, sending, sent, delivered, failed, uncertain, expired, held.
-- kind: question, statement, confirmation, secret. lane: -1 urgent, 0 answers, 1 notices, 2 broadcasts.
-- `doubts` counts the attempts of which nobody knows whether the text was heard.
CREATE TABLE outbound (
    id INTEGER PRIMARY KEY,
    resident_id INTEGER REFERENCES resident(id),
    number TEXT NOT NULL,
    body TEXT NOT NULL,
    kind TEXT NOT NULL,
    lane INTEGER NOT NULL,
    ref TEXT NOT NULL DEFAULT '',
    inbound_id INTEGER REFERENCES inbound(id),
    state TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    parts INTEGER NOT NULL,
    parts_sent INTEGER NOT NULL DEFAULT 0,
    doubts INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    not_before TEXT NOT NULL,
    valid_until TEXT NOT NULL,
    created_at TEXT NOT NULL,
    ended_at TEXT
);
CREATE INDEX outbound_queue ON outbound (lane, id) WHERE state = 'queued';
CREATE INDEX outbound_sending ON outbound (id) WHERE state = 'sending';
CREATE INDEX outbound_made ON outbound (number, created_at);
CREATE INDEX outbound_ended ON outbound (number, ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE sent_part (
    outbound_id INTEGER NOT NULL REFERENCES outbound(id),
    part INTEGER NOT NULL,
    number TEXT NOT NULL,
    reference INTEGER NOT NULL,
    sent_at TEXT NOT NULL,
    outcome TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (outbound_id, part)
);
CREATE INDEX sent_part_report ON sent_part (reference, number, sent_at);
CREATE INDEX sent_part_day ON sent_part (sent_at);

CREATE TABLE event (
    id INTEGER PRIMARY KEY,
    type TEXT NOT NULL,
    subject TEXT NOT NULL,
    at TEXT NOT NULL,
    data TEXT NOT NULL
);
CREATE INDEX event_subject ON event (subject, id);

CREATE TABLE place (
    key TEXT PRIMARY KEY,
    label TEXT NOT NULL,
    nicknames TEXT NOT NULL DEFAULT '[]'
);

-- Small facts the gateway keeps about itself (last trusted time, a refused PIN, …).
CREATE TABLE fact (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
