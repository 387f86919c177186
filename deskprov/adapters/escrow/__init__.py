"""Keys of age, and values sealed to them: https://age-encryption.org/v1, by pyrage."""
