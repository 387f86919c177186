"""Alembic's folder: how the tables came to be, one step per release that changed them."""
