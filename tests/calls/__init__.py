"""Whole calls: from RING to the row in the database."""
