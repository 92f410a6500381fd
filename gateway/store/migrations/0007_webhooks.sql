-- Other systems that are told by webhooks, and those that may tell us.

-- A receiver. state: on, off, gone (it answered 410), removed. `types` and `fields` are JSON: lists of
-- event types (`*` and `lift.*` stand for many) and of what is sent besides the thin payload.
-- `cursor` is the last event that was looked at; events in (`replay_from`, `replay_until`] are gone
-- through once more. `old_secret` signs, too, until `old_secret_until`. `trouble` is a sentence for a
-- coordinator, empty while deliveries are taken; `told_at` is when one was texted about it.
CREATE TABLE webhook_endpoint (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    types TEXT NOT NULL,
    fields TEXT NOT NULL DEFAULT '[]',
    secret TEXT NOT NULL,
    old_secret TEXT NOT NULL DEFAULT '',
    old_secret_until TEXT,
    state TEXT NOT NULL,
    cursor INTEGER NOT NULL,
    replay_from INTEGER,
    replay_until INTEGER,
    paused_until TEXT,
    failing_since TEXT,
    trouble TEXT NOT NULL DEFAULT '',
    told_at TEXT,
    created_at TEXT NOT NULL,
    changed_at TEXT NOT NULL
);

-- An event for an endpoint. state: waiting (until `next_at`), behind (an earlier one about the same
-- subject is on its way), delivered, failed (given up). `status` is the last answer's HTTP status,
-- `reason` why it was not taken. Nothing of what was sent or answered is kept.
CREATE TABLE webhook_delivery (
    id INTEGER PRIMARY KEY,
    endpoint_id INTEGER NOT NULL REFERENCES webhook_endpoint(id),
    event_id INTEGER NOT NULL REFERENCES event(id),
    subject TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at TEXT NOT NULL,
    began_at TEXT,
    status INTEGER,
    reason TEXT NOT NULL DEFAULT '',
    ended_at TEXT,
    UNIQUE (endpoint_id, event_id)
);
CREATE INDEX webhook_delivery_due ON webhook_delivery (endpoint_id, next_at) WHERE state = 'waiting';
CREATE INDEX webhook_delivery_open ON webhook_delivery (endpoint_id, subject, state, event_id)
    WHERE ended_at IS NULL;
CREATE INDEX webhook_delivery_failed ON webhook_delivery (endpoint_id, event_id) WHERE state = 'failed';
CREATE INDEX webhook_delivery_ended ON webhook_delivery (endpoint_id, ended_at) WHERE ended_at IS NOT NULL;

-- A system that may change what it was given here: POST /hooks/{name}. state: on, off, removed.
-- `scopes` is JSON: what it may do, as tokens of the API may.
CREATE TABLE webhook_source (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    secret TEXT NOT NULL,
    old_secret TEXT NOT NULL DEFAULT '',
    old_secret_until TEXT,
    state TEXT NOT NULL,
    created_at TEXT NOT NULL,
    changed_at TEXT NOT NULL
);

CREATE UNIQUE INDEX webhook_source_name ON webhook_source (name) WHERE state <> 'removed';

-- What was answered to each call, by its id: a call that comes twice is done once.
CREATE TABLE webhook_call (
    source_id INTEGER NOT NULL REFERENCES webhook_source(id),
    webhook_id TEXT NOT NULL,
    answer TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (source_id, webhook_id)
);
CREATE INDEX webhook_call_at ON webhook_call (at);
