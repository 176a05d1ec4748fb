"""An authority of one's own, as companies have it, and certificates that it signed."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

SERVER = "subjectAltName=IP:127.0.0.1,DNS:localhost"


@dataclass(frozen=True)
class Authority:
    """Files of an authority; ``certificate`` is what those who trust it are given."""

    folder: Path

    @classmethod
    def make(cls, folder: Path) -> "Authority":
        """Make one; skips the test where there is no openssl."""
        if not shutil.which("openssl"):
            pytest.skip("needs openssl")
        folder.mkdir()
        own = cls(folder)
        extensions = ("-addext", "basicConstraints=critical,CA:TRUE")
        _openssl(
            *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
            *("-keyout", own.key, "-out", own.certificate, "-days", "30"),
            *("-subj", f"/CN=Invented Company {folder.name}", *extensions),
        )
        return own

    @property
    def certificate(self) -> Path:
        return self.folder / "authority.pem"

    @property
    def key(self) -> Path:
        return self.folder / "authority.key"

    def server(self, names: str = SERVER, days: int = 30) -> Path:
        """Sign a server's certificate, good for so many days, one of the past for less than none.

        Gives the file that holds it and its key.
        """
        key, request, signed = (self.folder / f"server.{kind}" for kind in ("key", "csr", "crt"))
        _openssl(
            *("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
            *("-keyout", key, "-out", request, "-subj", "/CN=server", "-addext", names),
        )
        _openssl(
            *("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key),
            *("-copy_extensions", "copyall", "-out", signed, "-days", days),
        )
        both = self.folder / f"server-{abs(hash((names, days)))}.pem"
        both.write_text(signed.read_text() + key.read_text())
        return both


def _openssl(*command: object) -> None:
    subprocess.run(  # noqa: S603 - our own words
        ["openssl", *map(str, command)],  # noqa: S607 - wherever it is
        check=True,
        capture_output=True,
    )
