"""Webhooks: other systems are told by signed calls of what happened, and may tell us in the same way."""
