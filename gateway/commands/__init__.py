"""One file a command of `plainline`; heavy imports wait until the command runs."""
