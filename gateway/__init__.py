"""What happens: intake, turns, services, store, sender and the command line of Plainline."""
