"""Open formats: what the gateway knows, in the words of standards other systems read."""
