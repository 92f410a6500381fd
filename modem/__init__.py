"""What carries the conversation: the GSM modem. Knows nothing of flows or of the gateway."""
