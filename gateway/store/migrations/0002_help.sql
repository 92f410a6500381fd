-- Requests for help and those who help. States and moves: gateway/services/help.py.

CREATE TABLE volunteer (
    resident_id INTEGER PRIMARY KEY REFERENCES resident(id),
    categories TEXT NOT NULL DEFAULT '[]',
    area TEXT NOT NULL DEFAULT '',
    active INTEGER NOT NULL DEFAULT 1
);

-- `urgency` and `category` are keys of the flow's choices, empty until told; `wanted_on` is a
-- local date; `language` is what the resident spoke in.
CREATE TABLE help_request (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL,
    resident_id INTEGER NOT NULL REFERENCES resident(id),
    state TEXT NOT NULL,
    language TEXT NOT NULL,
    what TEXT NOT NULL,
    category TEXT NOT NULL DEFAULT '',
    urgency TEXT NOT NULL DEFAULT '',
    wanted_on TEXT,
    area TEXT NOT NULL DEFAULT '',
    volunteer_id INTEGER REFERENCES volunteer(resident_id),
    opened_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    closed_at TEXT
);
CREATE UNIQUE INDEX help_request_code ON help_request (code) WHERE closed_at IS NULL;
CREATE INDEX help_request_resident ON help_request (resident_id, id);
CREATE INDEX help_request_open ON help_request (id) WHERE closed_at IS NULL;
