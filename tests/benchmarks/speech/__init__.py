"""Whole tasks spoken by artificial callers, and how well they were understood."""
