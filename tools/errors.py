"""What keeps a tool from doing its work."""


class ToolError(Exception):
    """A tool cannot do what it is asked; the message says what to do."""
