"""The use cases; what the command line can do, a program can do here."""
