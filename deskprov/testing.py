"""Public fakes for the ports, for tests of deskprov and of programs that use it."""
