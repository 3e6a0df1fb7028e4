"""The files of a release directory."""
