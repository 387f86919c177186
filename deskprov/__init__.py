"""deskprov takes a computer from box to desk with one command and keeps a fleet that way."""

__version__ = "0.1.0"
