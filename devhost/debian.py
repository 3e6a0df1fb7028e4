"""Debian's packages: programs that neither pip nor npm brings."""

import os
import shutil
import subprocess
from collections.abc import Sequence


def install_packages(names: Sequence[str]) -> None:
    """Install Debian's packages, on a machine that has them.

    Notes
    -----
    What fails is told on the terminal by apt-get. Whoever needs a program looks for it afterwards.
    """
    if not shutil.which("apt-get"):
        return
    as_root = [] if os.geteuid() == 0 else ["sudo"]
    quietly = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    subprocess.run([*quietly, "update"], stdout=subprocess.DEVNULL, check=False)
    subprocess.run([*quietly, "install", "--yes", *names], stdout=subprocess.DEVNULL, check=False)
