"""Text from outside, on one line and without characters that act on a terminal or a log."""


def printable(text: str) -> str:
    r"""Show each control character, line end or mark of direction as its escape, such as \n."""
    if text.isprintable():
        return text
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode() for one in text
    )
