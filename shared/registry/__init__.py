"""Releases in storage: the pointer, the decisions, the runs."""
