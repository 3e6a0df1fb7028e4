"""The recipe that this app replaces, written from its description, to compare with."""
