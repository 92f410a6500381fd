"""The API for other systems: /api/v1, JSON, bearer tokens, described by its own OpenAPI document."""
