"""Valid content with a few pieces of it cut, repeated, replaced or put elsewhere."""

from collections.abc import Sequence

from hypothesis import strategies as st


@st.composite
def mutated(draw: st.DrawFn, valid: bytes, pieces: Sequence[bytes]) -> bytes:
    """Draw a mutation of valid content.

    Parameters
    ----------
    draw : callable
        From hypothesis.
    valid : bytes
        What to begin with.
    pieces : sequence of bytes
        What is put in, beside random bytes and parts of the content itself.
    """
    content = valid
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 40)))
        content = content[:start] + draw(_insertions(valid, pieces)) + content[end:]
    return content[: draw(st.integers(0, len(content)))] if draw(st.booleans()) else content


def _insertions(valid: bytes, pieces: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    starts = st.integers(0, len(valid))
    parts = starts.map(lambda start: valid[start : start + 60])
    return st.one_of(st.just(b""), st.sampled_from(pieces), st.binary(max_size=8), parts)
