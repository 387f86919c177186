"""Is everything in place? Judges what a look at a machine, or at this computer, has found; asks and changes nothing."""
