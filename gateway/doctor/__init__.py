"""What `plainline doctor` looks at, and the words for what it finds."""
