"""The service's infrastructure as code, and the checks of it that need no cloud."""
