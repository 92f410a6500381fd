"""The pages, a module each: its handlers and, in `routes()`, where they are."""
