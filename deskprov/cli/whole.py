"""All commands at once, for the documentation."""

from deskprov.cli.families import FAMILIES, with_families

app = with_families(list(FAMILIES))
