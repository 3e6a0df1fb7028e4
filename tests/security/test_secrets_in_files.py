"""No secret is in a file of the repository."""

import re
import subprocess

import pytest

from devhost.storage.emulator import ACCOUNT_KEY
from tests.support.paths import ROOT

# The key of every storage emulator is public, and so are the digests of a lock file.
_PUBLIC = {ACCOUNT_KEY}
_SECRETS = [
    re.compile(pattern)
    for pattern in (
        r"(?<!sha512-)(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{86}==",  # a key of a storage account
        r"(?i)accountkey=[A-Za-z0-9+/]{20,}={0,2}",
        r"(?i)[?&;\"]sig=[A-Za-z0-9%+/]{20,}",  # a shared access signature
        r"[A-Za-z0-9_-]{40,}AzFu[A-Za-z0-9_-]{4,}={0,2}",  # a function key
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
        r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.",  # a token of a login
        r"\bgh[pousr]_[A-Za-z0-9]{36}\b|\bgithub_pat_[A-Za-z0-9_]{40,}",
        r"\bAKIA[A-Z0-9]{16}\b",
        r"(?i)\b(password|passwd|client_secret|approval_key|apikey)\s*[=:]\s*[\"']?[\w+/-]{16,}",
    )
]


def find_secrets(text: str) -> list[str]:
    found = [match.group() for pattern in _SECRETS for match in pattern.finditer(text)]
    return [one for one in found if one not in _PUBLIC]


def test_no_tracked_file_holds_a_secret() -> None:
    names = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    files = [ROOT / name for name in names if name and (ROOT / name).is_file()]

    found = {
        path.relative_to(ROOT).as_posix(): secrets
        for path in files
        if (secrets := find_secrets(path.read_text(encoding="utf-8", errors="replace")))
    }

    assert len(files) > 100
    assert found == {}


@pytest.mark.parametrize(
    "text",
    [
        "AccountName=a;Account" + f"Key={'k' * 30}==;",
        f'key = "{"Ab1+" * 21}Qw=="',
        "https://a.blob.core.windows.net/input?sv=2024&" + f"sig={'a1B2' * 10}%3D",
        "-----BEGIN RSA " + "PRIVATE KEY-----",
        "-----BEGIN " + "PRIVATE KEY-----",
        f"{'a1_B' * 11}Az" + "Fu1x2y3z==",
        "gh" + "p_" + "a" * 36,
        "APPROVAL_" + "KEY=correct-horse-battery-staple",
        "ey" + "JhbGciOiJIUzI1NiJ9.ey" + "JzdWIiOiIxMjM0NTY3ODkwIn0.x",
    ],
)
def test_a_secret_is_found(text: str) -> None:
    assert find_secrets(f"x\n{text}\ny")


def test_the_public_key_of_the_emulator_is_no_secret() -> None:
    assert find_secrets(f'ACCOUNT_KEY = "{ACCOUNT_KEY}"') == []
