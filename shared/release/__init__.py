"""The shape of a release: pure, without storage."""
