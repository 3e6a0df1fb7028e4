"""The line of the raw file that each loan comes from."""

from bisect import bisect_right


class LineNumbers:
    """The line number of every loan, stored by block to save memory.

    Parameters
    ----------
    first_line : int
        The number of the line below the header.
    """

    def __init__(self, first_line: int) -> None:
        self.n_loans = 0
        self.n_lines = first_line
        self._first_loans: list[int] = []
        self._blocks: list[tuple[int, list[int] | None]] = []

    def add(self, n_loans: int, n_lines: int, lines: list[int] | None) -> None:
        """Add the next block of the file.

        Parameters
        ----------
        n_loans, n_lines : int
            The numbers of loans and lines in the block.
        lines : list of int, or None
            The line of each loan, from 0; None when every line holds a loan.
        """
        self._first_loans.append(self.n_loans)
        self._blocks.append((self.n_lines, lines))
        self.n_loans += n_loans
        self.n_lines += n_lines

    def find_line(self, loan: int) -> int:
        """Find the line number of a loan, given its index in the file from 0."""
        block = bisect_right(self._first_loans, loan) - 1
        first_line, lines = self._blocks[block]
        row = loan - self._first_loans[block]
        return first_line + (row if lines is None else lines[row])
