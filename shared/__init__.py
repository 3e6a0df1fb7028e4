"""Code that training and serving share: the release format, storage, settings, errors."""
