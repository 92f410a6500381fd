-- What erases old rows asks, for each, who still points to it: never by reading a whole table.
CREATE INDEX outbound_inbound ON outbound (inbound_id) WHERE inbound_id IS NOT NULL;
CREATE INDEX webhook_delivery_event ON webhook_delivery (event_id);
CREATE INDEX recording_call ON recording (call_id);
