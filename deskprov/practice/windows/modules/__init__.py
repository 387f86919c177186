"""How the modules that belong to no single resource type work on the state of a practice PC."""
