"""Documents made from data: one folder each with a function, a template and its texts."""
