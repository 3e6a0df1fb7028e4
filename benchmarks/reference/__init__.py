"""The recipe that this app replaces, written from its description: what we are measured against."""
