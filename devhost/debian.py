"""Debian packages, for programs that neither pip nor npm provides."""

import os
import shutil
import subprocess
from collections.abc import Sequence


def install_packages(names: Sequence[str]) -> None:
    """Install Debian packages; do nothing on a machine without apt-get.

    Notes
    -----
    A failure is not raised: apt-get prints it, and callers check whether the program is there.
    """
    if not shutil.which("apt-get"):
        return
    sudo = [] if os.geteuid() == 0 else ["sudo"]
    quietly = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    subprocess.run([*quietly, "update"], stdout=subprocess.DEVNULL, check=False)
    subprocess.run([*quietly, "install", "--yes", *names], stdout=subprocess.DEVNULL, check=False)
