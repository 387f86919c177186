"""What a practice PC answers to the probes that belong to no single resource type.

Each answers in the form of its probe on Windows; a test puts its answer through the parser that reads that one's.
"""
