-- Calls, what was recorded in them, and calls that are still to be made.

-- One call, whoever began it. `direction`: in, out. `how` says how it ended, in the words of call_life.
CREATE TABLE call (
    id INTEGER PRIMARY KEY,
    link TEXT NOT NULL,
    resident_id INTEGER REFERENCES resident(id),
    direction TEXT NOT NULL,
    purpose TEXT NOT NULL DEFAULT '',
    began_at TEXT NOT NULL,
    answered_at TEXT,
    ended_at TEXT,
    how TEXT NOT NULL DEFAULT ''
);
CREATE INDEX call_resident ON call (resident_id, id);
CREATE INDEX call_out ON call (began_at) WHERE direction = 'out';

-- What a caller said, encrypted in the file `file` below the data folder's recordings/.
-- kind: answer (to a question), message (for a person), voicemail (while closed).
CREATE TABLE recording (
    id INTEGER PRIMARY KEY,
    call_id INTEGER NOT NULL REFERENCES call(id),
    resident_id INTEGER REFERENCES resident(id),
    kind TEXT NOT NULL,
    flow TEXT NOT NULL DEFAULT '',
    step TEXT NOT NULL DEFAULT '',
    file TEXT NOT NULL UNIQUE,
    seconds REAL NOT NULL,
    transcript TEXT NOT NULL DEFAULT '',
    made_at TEXT NOT NULL,
    erase_at TEXT NOT NULL
);
CREATE INDEX recording_erase ON recording (erase_at);

-- A call to make. purpose: ring_back, reminder, announcement. state: waiting, calling, done, failed, expired.
CREATE TABLE outgoing_call (
    id INTEGER PRIMARY KEY,
    resident_id INTEGER NOT NULL REFERENCES resident(id),
    purpose TEXT NOT NULL,
    flow TEXT NOT NULL DEFAULT '',
    answers TEXT NOT NULL DEFAULT '{}',
    state TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    not_before TEXT NOT NULL,
    valid_until TEXT NOT NULL,
    created_at TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX outgoing_call_waiting ON outgoing_call (not_before, id) WHERE state = 'waiting';
CREATE INDEX outgoing_call_resident ON outgoing_call (resident_id, id);

ALTER TABLE resident ADD COLUMN slow INTEGER NOT NULL DEFAULT 0;
ALTER TABLE resident ADD COLUMN reads_no_texts INTEGER NOT NULL DEFAULT 0;
