"""The command line: arguments to one use case, its result to one presenter, an exit status."""
