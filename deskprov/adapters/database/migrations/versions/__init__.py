"""The steps, each from the shape before it."""
