"""What is heard and said on a call: lines, keys and the ends of utterances."""
