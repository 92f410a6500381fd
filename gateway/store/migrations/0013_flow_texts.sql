-- Texts of flows in a coordinator's words. Every revision holds all that differs from the files.
-- state: draft (at most one), live (at most one), past.
CREATE TABLE text_revision (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    made_by INTEGER REFERENCES account(id),
    changed_at TEXT NOT NULL,
    live_at TEXT
);
CREATE UNIQUE INDEX text_revision_one ON text_revision (state) WHERE state <> 'past';

CREATE TABLE text_change (
    revision_id INTEGER NOT NULL REFERENCES text_revision(id),
    flow TEXT NOT NULL,
    language TEXT NOT NULL,
    key TEXT NOT NULL,
    variant TEXT NOT NULL,
    words TEXT NOT NULL,
    PRIMARY KEY (revision_id, flow, language, key, variant)
);

-- How often, on a local day, residents passed a question, stopped at it or were not understood there.
-- what: passed, stopped, unclear. Nobody is named; of flows that keep secrets nothing is counted.
CREATE TABLE step_count (
    day TEXT NOT NULL,
    flow TEXT NOT NULL,
    step TEXT NOT NULL,
    what TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (flow, day, step, what)
);
