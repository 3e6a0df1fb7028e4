"""The gates between a candidate and the URLs."""
