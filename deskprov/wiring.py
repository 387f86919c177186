"""Builds the real adapters from the settings of a site; the only module that chooses them."""
