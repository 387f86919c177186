"""Readers and writers of foreign formats: text in, values out, and back."""
