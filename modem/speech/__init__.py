"""Words from sound and sound from words, all on this machine."""
