"""What is said: conversations as state machines. Pure: no I/O, no clock, no randomness."""
