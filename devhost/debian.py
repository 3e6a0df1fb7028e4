"""Debian packages: programs that neither pip nor npm installs."""

import os
import shutil
import subprocess
from collections.abc import Sequence


def install_packages(names: Sequence[str]) -> None:
    """Install Debian packages; do nothing on a machine without apt-get.

    Notes
    -----
    apt-get reports its errors on the terminal. Callers check afterwards that the program exists.
    """
    if not shutil.which("apt-get"):
        return
    sudo = [] if os.geteuid() == 0 else ["sudo"]
    quietly = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    subprocess.run([*quietly, "update"], stdout=subprocess.DEVNULL, check=False)
    subprocess.run([*quietly, "install", "--yes", *names], stdout=subprocess.DEVNULL, check=False)
