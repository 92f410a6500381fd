-- Members, polls, rolls, votes and ballots. States and moves: gateway/services/votes.py.

-- A member of the community: a person with one vote. Several may share one handset, each with a PIN.
CREATE TABLE member (
    id INTEGER PRIMARY KEY,
    resident_id INTEGER NOT NULL REFERENCES resident(id),
    name TEXT NOT NULL,
    pin_hash TEXT NOT NULL DEFAULT '',
    wrong_pins INTEGER NOT NULL DEFAULT 0,
    wrong_pin_at TEXT,
    locked INTEGER NOT NULL DEFAULT 0,
    UNIQUE (resident_id, name)
);

-- `question` is JSON: language -> words. `options` is JSON: [[key, {language: label}], …], in the
-- order of the ballot. `tie_order` (option keys, strongest first) is fixed when the poll opens.
CREATE TABLE poll (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    method TEXT NOT NULL,
    secret INTEGER NOT NULL,
    tie_rule TEXT NOT NULL,
    quorum INTEGER NOT NULL,
    question TEXT NOT NULL,
    options TEXT NOT NULL,
    tie_order TEXT NOT NULL DEFAULT '[]',
    opens_at TEXT NOT NULL,
    closes_at TEXT NOT NULL,
    opened_at TEXT,
    result TEXT NOT NULL DEFAULT ''
);
CREATE INDEX poll_state ON poll (state);

-- Who may vote in a poll, frozen when it opens. The mark carries no time, and 0 and 1 take the
-- same room in the file, so that marking moves nothing.
CREATE TABLE roll (
    poll_id INTEGER NOT NULL REFERENCES poll(id),
    member_id INTEGER NOT NULL REFERENCES member(id),
    voted INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (poll_id, member_id)
) WITHOUT ROWID;

-- Votes of open polls, named. `marks` has one byte an option, in the ballot's order: 0 is no mark,
-- n the n-th preference.
CREATE TABLE vote (
    poll_id INTEGER NOT NULL,
    member_id INTEGER NOT NULL,
    marks BLOB NOT NULL,
    PRIMARY KEY (poll_id, member_id),
    FOREIGN KEY (poll_id, member_id) REFERENCES roll (poll_id, member_id)
) WITHOUT ROWID;

-- Ballots of secret polls: no voter, no time. The papers are laid out blank when the poll opens, one
-- for each member on the roll, and a vote fills a blank one drawn at random, in its place. A row
-- inserted at each vote would lie in the file where the votes before it left off, and so tell the order.
CREATE TABLE ballot (
    poll_id INTEGER NOT NULL REFERENCES poll(id),
    paper INTEGER NOT NULL,
    marks BLOB NOT NULL,
    PRIMARY KEY (poll_id, paper)
) WITHOUT ROWID;

-- From which messages on a handset has been talking about voting, while it does.
CREATE TABLE vote_talk (
    resident_id INTEGER PRIMARY KEY REFERENCES resident(id),
    first_inbound INTEGER NOT NULL,
    first_outbound INTEGER NOT NULL,
    secret INTEGER NOT NULL
);
