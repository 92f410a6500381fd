-- Other systems: their tokens, what they did already, what residents agreed to, results packages.

-- kind: bearer (a system that speaks to the API), calendar (a driver's own feed, known by its address).
-- Of the token only a SHA-256 hash is kept, and its first characters, to recognise it by in a list.
-- `scopes` is JSON: a list of names. `last_used_on` is a UTC date.
CREATE TABLE api_token (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL DEFAULT '[]',
    driver_id INTEGER REFERENCES resident(id),
    created_at TEXT NOT NULL,
    expires_at TEXT,
    last_used_on TEXT NOT NULL DEFAULT '',
    revoked_at TEXT
);

-- What was answered to a request with an Idempotency-Key, for a day.
CREATE TABLE api_answer (
    token_id INTEGER NOT NULL REFERENCES api_token(id),
    key_hash TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    answered_at TEXT NOT NULL,
    PRIMARY KEY (token_id, key_hash)
);
CREATE INDEX api_answer_old ON api_answer (answered_at);

-- That a resident agreed to be asked something (a flow) by another system, and how that is known.
CREATE TABLE flow_consent (
    resident_id INTEGER NOT NULL REFERENCES resident(id),
    flow TEXT NOT NULL,
    how TEXT NOT NULL,
    given_on TEXT NOT NULL,
    token_id INTEGER NOT NULL REFERENCES api_token(id),
    recorded_at TEXT NOT NULL,
    PRIMARY KEY (resident_id, flow)
);

-- What was answered in a flow that says `results: true`, for a year. `answers` is JSON.
CREATE TABLE flow_result (
    id INTEGER PRIMARY KEY,
    flow TEXT NOT NULL,
    version INTEGER NOT NULL,
    resident_id INTEGER NOT NULL REFERENCES resident(id),
    status TEXT NOT NULL,
    ended_at TEXT NOT NULL,
    answers TEXT NOT NULL
);
CREATE INDEX flow_result_flow ON flow_result (flow, version, id);
CREATE INDEX flow_result_resident ON flow_result (resident_id);
CREATE INDEX flow_result_ended ON flow_result (ended_at);

-- A version of such a flow as a Flow Results package; `pushed` is the last result that was pushed.
CREATE TABLE flow_package (
    id TEXT PRIMARY KEY,
    flow TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    published_at TEXT,
    pushed INTEGER NOT NULL DEFAULT 0,
    UNIQUE (flow, version)
);
CREATE INDEX run_driver ON run (driver_id, starts_at);
