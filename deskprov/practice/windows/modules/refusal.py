"""How a model says that the module would fail."""


class ModuleFailed(Exception):
    """The module ends with this message."""
