-- The board: what somebody should do in the place, and who joins in. The id is the number people text.
-- state: waiting, listed, planned, done, dropped, refused. `enough` people make it a plan.
CREATE TABLE board_idea (
    id INTEGER PRIMARY KEY,
    resident_id INTEGER REFERENCES resident(id),
    state TEXT NOT NULL,
    language TEXT NOT NULL,
    what TEXT NOT NULL,
    place TEXT NOT NULL DEFAULT '',
    enough INTEGER NOT NULL,
    outcome TEXT NOT NULL DEFAULT '',
    meets_at TEXT,
    meets_where TEXT NOT NULL DEFAULT '',
    reminded_at TEXT,
    opened_at TEXT NOT NULL,
    listed_at TEXT,
    changed_at TEXT NOT NULL,
    closed_at TEXT
);
CREATE INDEX board_idea_open ON board_idea (state, id) WHERE closed_at IS NULL;
CREATE INDEX board_idea_closed ON board_idea (closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX board_idea_listed ON board_idea (listed_at) WHERE listed_at IS NOT NULL;
CREATE INDEX board_idea_resident ON board_idea (resident_id, id);
CREATE INDEX board_idea_meets ON board_idea (meets_at) WHERE meets_at IS NOT NULL AND reminded_at IS NULL;

CREATE TABLE board_joining (
    idea_id INTEGER NOT NULL REFERENCES board_idea(id),
    resident_id INTEGER NOT NULL REFERENCES resident(id),
    joined_at TEXT NOT NULL,
    PRIMARY KEY (idea_id, resident_id)
);
CREATE INDEX board_joining_resident ON board_joining (resident_id);
