"""The seven steps, each a function from data to data; they meet only in `deskprov.api`."""
