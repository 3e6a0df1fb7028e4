"""What training and serving both need: the shape of a release, storage, settings, errors."""
