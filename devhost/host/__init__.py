"""The development host: what the Functions host does around the worker library."""
