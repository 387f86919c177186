"""How a model says that the probe would fail."""


class Unanswered(Exception):
    """The probe ends with this message."""
