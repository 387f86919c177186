"""One file per row of docs/reliability.md: what goes wrong is made to go wrong, and what deskprov does is looked at."""
