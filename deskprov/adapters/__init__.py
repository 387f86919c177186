"""Everything that touches the world, each behind a port of `deskprov.model.ports`."""
