"""The release format: pure, without storage."""
