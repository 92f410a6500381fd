-- One thread a resident: everything texted and said, whoever answered it. `last_at` is the resident's
-- last word; `waiting_since` is set while a person is waited for, `told_at` once the people on duty were
-- texted about that; `assigned_to` is the coordinator who answers.
CREATE TABLE thread (
    resident_id INTEGER PRIMARY KEY REFERENCES resident(id),
    last_at TEXT NOT NULL,
    waiting_since TEXT,
    told_at TEXT,
    assigned_to INTEGER REFERENCES account(id)
);
CREATE INDEX thread_last ON thread (last_at, resident_id);
CREATE INDEX thread_waiting ON thread (waiting_since) WHERE waiting_since IS NOT NULL;

INSERT INTO thread (resident_id, last_at)
SELECT resident_id, MAX(received_at) FROM inbound WHERE resident_id IS NOT NULL GROUP BY resident_id;

CREATE INDEX inbound_resident ON inbound (resident_id, id) WHERE resident_id IS NOT NULL;
CREATE INDEX recording_resident ON recording (resident_id, id);

-- Who wrote a text that no flow wrote.
ALTER TABLE outbound ADD COLUMN account_id INTEGER REFERENCES account(id);
