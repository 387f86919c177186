"""Ports: what the use cases ask of the world. Adapters implement them; `deskprov.testing` has a fake for each."""
