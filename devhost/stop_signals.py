"""How the programs of the development host are stopped."""

import signal


def stop_on_termination() -> None:
    """Take SIGTERM for Ctrl-C, also in a shell's background job, which ignores Ctrl-C."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
