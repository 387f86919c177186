"""The computer that deskprov runs on, as `doctor` looks at it."""

from deskprov.adapters.workplace.look import ThisComputer

__all__ = ["ThisComputer"]
