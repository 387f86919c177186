"""How a program of ours is started by Windows PowerShell, whichever way it takes to the machine.

On the command line is a constant bootstrap and nothing else; the program comes by standard input. Program and answer
are ASCII, so that no code page matters to them; complaints come in UTF-8 (code page 65001) where PowerShell lets a
script choose, which ConstrainedLanguage mode does not.
"""

from importlib import resources

BOOTSTRAP = resources.files(__package__).joinpath("bootstrap.ps1").read_text("ascii")
