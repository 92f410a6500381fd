-- Votes in full: seats and scores, lots, drafts, votes entered by a coordinator, objections, enrolment.
-- States and moves of a poll: gateway/services/polls.py.

-- `publish`: at_close, by_hand. `announce`: members are told when it opens. `copied_at` is when the
-- backup was made that this poll was brought back from, where it was.
ALTER TABLE poll ADD COLUMN seats INTEGER NOT NULL DEFAULT 1;
ALTER TABLE poll ADD COLUMN announce INTEGER NOT NULL DEFAULT 1;
ALTER TABLE poll ADD COLUMN publish TEXT NOT NULL DEFAULT 'at_close';
ALTER TABLE poll ADD COLUMN lot_seed TEXT NOT NULL DEFAULT '';
ALTER TABLE poll ADD COLUMN closed_at TEXT;
ALTER TABLE poll ADD COLUMN copied_at TEXT;

-- What was loaded waits to open; what was counted before is counted again, with every round.
UPDATE poll SET state = 'scheduled' WHERE state = 'draft';
UPDATE poll SET state = 'closed', result = '' WHERE state = 'counted';

-- `side` turns with every vote, of all papers of a poll together: so every page of them is written
-- each time, and which page was written last does not tell where a vote went.
ALTER TABLE ballot ADD COLUMN side INTEGER NOT NULL DEFAULT 0;

-- Who left is on no later roll; the row stays while a roll names it.
ALTER TABLE member ADD COLUMN left_at TEXT;

-- Votes on paper, entered by a coordinator. how: post, proxy. Of a secret poll it says no more than that.
CREATE TABLE entered_vote (
    poll_id INTEGER NOT NULL,
    member_id INTEGER NOT NULL,
    how TEXT NOT NULL,
    entered_by TEXT NOT NULL,
    PRIMARY KEY (poll_id, member_id),
    FOREIGN KEY (poll_id, member_id) REFERENCES roll (poll_id, member_id)
) WITHOUT ROWID;

-- How often a vote was asked for and not taken, by reason; by whom and when is written nowhere.
CREATE TABLE poll_rejection (
    poll_id INTEGER NOT NULL REFERENCES poll(id),
    reason TEXT NOT NULL,
    times INTEGER NOT NULL,
    PRIMARY KEY (poll_id, reason)
) WITHOUT ROWID;

-- Objections to proposals that are put for consent, in the member's own words.
-- state: open, withdrawn.
CREATE TABLE objection (
    poll_id INTEGER NOT NULL,
    member_id INTEGER NOT NULL,
    words TEXT NOT NULL,
    state TEXT NOT NULL,
    raised_at TEXT NOT NULL,
    PRIMARY KEY (poll_id, member_id),
    FOREIGN KEY (poll_id, member_id) REFERENCES roll (poll_id, member_id)
);

-- Somebody who wants to be a member. state: waiting, approved, refused. `code` is unique among the waiting.
CREATE TABLE enrolment (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL,
    resident_id INTEGER NOT NULL REFERENCES resident(id),
    name TEXT NOT NULL,
    pin_hash TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    decided_at TEXT,
    decided_by TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX enrolment_code ON enrolment (code) WHERE state = 'waiting';
CREATE INDEX enrolment_resident ON enrolment (resident_id, id);
