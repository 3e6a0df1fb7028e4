"""Whole numbers below a bound, as a regular expression over their digits."""


def match_up_to(most: int) -> str:
    """Write an expression that matches the numbers from 0 to a bound, without leading zeros.

    Parameters
    ----------
    most : int
        The bound, of at least two digits.
    """
    digits = str(most)
    shorter = f"[0-9]{{1,{len(digits) - 1}}}"
    smaller = [
        f"{digits[:place]}[0-{int(digit) - 1}][0-9]{{{len(digits) - place - 1}}}"
        for place, digit in enumerate(digits)
        if digit != "0"
    ]
    return "|".join([shorter, *smaller, digits])
