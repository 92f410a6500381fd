-- Announcements: what a coordinator tells a group, and who wants which kind.
-- state: sending, sent, stopped. `words` by language, `audience` as it was chosen.
CREATE TABLE announcement (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    category TEXT NOT NULL,
    words TEXT NOT NULL,
    audience TEXT NOT NULL,
    account_id INTEGER REFERENCES account(id),
    created_at TEXT NOT NULL,
    ended_at TEXT
);
CREATE INDEX announcement_sending ON announcement (id) WHERE state = 'sending';

-- state: waiting, told, skipped (wants none of it any more, or said STOP meanwhile).
CREATE TABLE announcement_recipient (
    announcement_id INTEGER NOT NULL REFERENCES announcement(id),
    resident_id INTEGER NOT NULL REFERENCES resident(id),
    state TEXT NOT NULL,
    PRIMARY KEY (announcement_id, resident_id)
);
CREATE INDEX announcement_recipient_waiting ON announcement_recipient (announcement_id, resident_id)
    WHERE state = 'waiting';
CREATE INDEX announcement_recipient_resident ON announcement_recipient (resident_id);

-- That a resident wants a kind of announcement, or wants it no more; no row: never said.
CREATE TABLE announcement_choice (
    resident_id INTEGER NOT NULL REFERENCES resident(id),
    category TEXT NOT NULL,
    wants INTEGER NOT NULL,
    chosen_at TEXT NOT NULL,
    PRIMARY KEY (resident_id, category)
);
CREATE INDEX announcement_choice_wants ON announcement_choice (category, resident_id) WHERE wants = 1;
