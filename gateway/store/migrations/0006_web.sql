-- Who may look at the dashboard, who is looking, what they did, and what is urgent until somebody takes it.

-- A coordinator, organiser or observer. `login` is folded (see store/accounts.py); an account whose
-- access ended keeps its row, so that the log still says who it was. `totp_step` is the last time step
-- whose code was used: no code works twice.
CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('coordinator', 'organiser', 'observer')),
    password_hash TEXT NOT NULL,
    language TEXT NOT NULL DEFAULT '',
    totp_secret TEXT NOT NULL DEFAULT '',
    totp_step INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL,
    ended_at TEXT
);
CREATE UNIQUE INDEX account_login ON account (login) WHERE ended_at IS NULL;

CREATE TABLE recovery_code (
    account_id INTEGER NOT NULL REFERENCES account(id),
    hash TEXT NOT NULL,
    PRIMARY KEY (account_id, hash)
);

-- A link that makes one account. Only the hash of its secret is kept.
CREATE TABLE invitation (
    id INTEGER PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    name TEXT NOT NULL,
    made_by INTEGER REFERENCES account(id),
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    account_id INTEGER REFERENCES account(id)
);

-- A browser that is signed in, or (`stage` is `code`) has given a password and not yet a code.
-- `flash` holds what its next page says once: JSON.
CREATE TABLE session (
    id INTEGER PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    account_id INTEGER NOT NULL REFERENCES account(id),
    stage TEXT NOT NULL CHECK (stage IN ('code', 'in')),
    agent TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    flash TEXT NOT NULL DEFAULT '[]'
);
CREATE INDEX session_account ON session (account_id);
CREATE INDEX session_seen ON session (seen_at);

-- Failed tries to sign in, by account (hash of what was typed) and by address (hash).
CREATE TABLE login_failure (
    key TEXT PRIMARY KEY,
    failures INTEGER NOT NULL,
    last_at TEXT NOT NULL
);
CREATE INDEX login_failure_last ON login_failure (last_at);

-- Who did what, when. Nothing in it can be altered; it is erased only once older than the moment
-- that `forget_journal` has written into the fact `journal_erased_before`.
CREATE TABLE journal (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    account_id INTEGER REFERENCES account(id),
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX journal_account ON journal (account_id, id);
CREATE INDEX journal_subject ON journal (subject, id);
CREATE INDEX journal_at ON journal (at);

CREATE TRIGGER journal_unaltered BEFORE UPDATE ON journal
BEGIN
    SELECT RAISE(ABORT, 'the log cannot be altered');
END;

CREATE TRIGGER journal_kept BEFORE DELETE ON journal
WHEN OLD.at >= COALESCE((SELECT value FROM fact WHERE name = 'journal_erased_before'), '')
BEGIN
    SELECT RAISE(ABORT, 'the log cannot be erased yet');
END;

-- REPLACE deletes without asking the trigger above.
CREATE TRIGGER journal_unreplaced BEFORE INSERT ON journal
WHEN EXISTS (SELECT 1 FROM journal WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'the log cannot be altered');
END;

-- What a person must take on at once. kind: emergency, help. While it is open, the same subject
-- makes it louder (`times`) instead of longer.
CREATE TABLE urgent (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    resident_id INTEGER,
    at TEXT NOT NULL,
    last_at TEXT NOT NULL,
    times INTEGER NOT NULL DEFAULT 1,
    taken_by INTEGER REFERENCES account(id),
    taken_at TEXT
);
CREATE UNIQUE INDEX urgent_open ON urgent (subject) WHERE taken_at IS NULL;
CREATE INDEX urgent_resident ON urgent (resident_id);
