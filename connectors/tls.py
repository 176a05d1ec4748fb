"""Who may vouch for a server, and the proxy before it: for every connector and for Git alike.

Trusted are the public authorities, and besides them those of the files that the program's setting,
``REQUESTS_CA_BUNDLE``, ``SSL_CERT_FILE`` or ``CURL_CA_BUNDLE`` names. Libraries read one of these
each, and take it for all there is; here each counts for every connection.
"""

import atexit
import os
import ssl
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache, cached_property
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from connectors.errors import ConfigurationError

SETTING = "POSTMORTEM_CA_BUNDLE"
VARIABLES = ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE")
PROXY_REMEDY = (
    "See whether the proxy is up, and look at HTTPS_PROXY; NO_PROXY names hosts that need none."
)
TRUST_REMEDY = (
    "If an authority of your own signed it, name a file with that authority's certificate (PEM) in "
    f"{SETTING} (in the file: ca_bundle), REQUESTS_CA_BUNDLE or SSL_CERT_FILE."
)
_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
_OF_THE_SYSTEM = (
    ssl.get_default_verify_paths().openssl_cafile,
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
)
"""Where systems keep the public authorities, and those that their administrators added."""
_DATED = frozenset({9, 10})
_ANOTHER_NAME = frozenset({62, 64})
"""OpenSSL's codes for a certificate that is not good now, or not for this address."""


class Authorities:
    """Whom connections trust. Safe to share between threads."""

    def __init__(
        self,
        setting: Path | None = None,
        environ: Mapping[str, str] | None = None,
        *,
        at_once: bool = True,
    ) -> None:
        """Take the files that are named; a folder counts for the files in it.

        The process's own environment counts where none is given. They are read ``at_once``, or
        with the first connection. Raises ``ConfigurationError`` for what cannot be read or holds no
        certificate.
        """
        around = os.environ if environ is None else environ
        named = {SETTING: str(setting or ""), **{name: around.get(name, "") for name in VARIABLES}}
        self._named = {name: Path(path) for name, path in named.items() if path}
        self._file: Path | None = None
        self._lock = threading.Lock()
        if at_once:
            _ = self._certificates

    @cached_property
    def _certificates(self) -> Sequence[str]:
        found = [_named_by(name, path) for name, path in self._named.items()]
        return tuple(dict.fromkeys(one for each in found for one in each))

    def context(self) -> ssl.SSLContext | None:
        """Give what connections are made with, None where only public authorities are trusted."""
        bundle = self.bundle()
        return None if bundle is None else ssl.create_default_context(cafile=bundle)

    def bundle(self) -> str | None:
        """Give a file of all authorities, None where only public ones are trusted.

        It is written anew where something has tidied it away.
        """
        if not self._certificates:
            return None
        with self._lock:
            if self._file is None or not self._file.exists():
                self._file = _written("\n".join([*self._certificates, *_public()]))
            return str(self._file)


def _named_by(name: str, path: Path) -> Sequence[str]:
    """Give the certificates that a variable names: a file may tell besides whose they are."""
    try:
        files = sorted(one for one in path.iterdir() if one.is_file()) if path.is_dir() else [path]
        stamps = [(one, one.stat().st_mtime_ns, one.stat().st_size) for one in files]
        return _read(tuple(stamps))
    except (ssl.SSLError, ValueError):
        raise ConfigurationError(
            f"{name} names {path}, which holds no certificate that can be read.",
            f"Give the authority's certificate in PEM, which begins with {_BEGIN}",
        ) from None
    except OSError as error:
        raise ConfigurationError(
            f"{name} names {path}, which cannot be read ({error.strerror}).",
            "Mend the path, or take the setting away.",
        ) from None


@cache
def _read(files: tuple[tuple[Path, int, int], ...]) -> Sequence[str]:
    """Read files, known with their time and size: OpenSSL takes 50 ms for a system's bundle.

    Often two or three variables name the same one.
    """
    parts = [part for file, *_ in files for part in file.read_text("latin-1").split(_BEGIN)[1:]]
    found = tuple(f"{_BEGIN}{part.partition(_END)[0]}{_END}\n" for part in parts)
    ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata="".join(found))
    return found


def _public() -> Iterator[str]:
    from requests.utils import DEFAULT_CA_BUNDLE_PATH  # noqa: PLC0415 - no list of documents asks

    yield Path(DEFAULT_CA_BUNDLE_PATH).read_text("utf-8")
    for path in _OF_THE_SYSTEM:
        with suppress(OSError, UnicodeDecodeError):
            yield Path(path).read_text("utf-8")
            return


def _written(text: str) -> Path:
    descriptor, name = tempfile.mkstemp(prefix="postmortem-authorities-", suffix=".pem")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    atexit.register(Path(name).unlink, missing_ok=True)
    return Path(name)


def distrust(error: ssl.SSLCertVerificationError) -> tuple[str, str]:
    """Say what is wrong with a server's certificate, behind the server's name, and what helps."""
    code, said = getattr(error, "verify_code", 0), getattr(error, "verify_message", "")
    reason = f" ({said.rstrip('.')})" if said else ""
    what = f"has a certificate that this machine does not trust{reason}"
    if code in _DATED:
        return what, "It has to be renewed there; see also that this machine's clock is right."
    if code in _ANOTHER_NAME:
        return what, "Use an address that the certificate names, or have one made for this address."
    return what, TRUST_REMEDY


def proxy_of(address: str) -> str:
    """Give the proxy that an address is reached by, without credentials; "" where there is none."""
    try:
        given = _proxy(address)
    except ValueError:
        return ""
    return f"{given.scheme}://{given.netloc.rpartition('@')[2]}" if given else ""


def way_to(address: str) -> str | None:
    """Give the proxy that an address is reached by, with its credentials, None where there is none.

    Raises ``ConfigurationError`` for one that cannot be spoken to: libraries tell it late, each in
    its own way, or take it for a lost connection.
    """
    try:
        given = _proxy(address)
        if given is None:
            return None
        is_spoken = given.scheme in {"http", "https"} and bool(given.hostname)
        if is_spoken and given.port != 0 and " " not in given.geturl():
            return given.geturl()
        kind = f" ({given.scheme}://…)" if given.scheme else ""
    except ValueError:  # it is no address at all
        kind = ""
    raise ConfigurationError(
        f"The proxy that HTTPS_PROXY or ALL_PROXY names{kind} is none by which {address} can be "
        "reached.",
        "Name one that speaks HTTP, such as http://proxy.example.com:3128, without quotes and "
        "spaces; or name the host in NO_PROXY.",
    )


def _proxy(address: str) -> SplitResult | None:
    """Give the proxy on the way to an address. Raises ``ValueError`` for one that is none."""
    from requests.utils import get_environ_proxies, select_proxy  # noqa: PLC0415 - as above

    proxy = select_proxy(address, get_environ_proxies(address)) or ""
    if proxy != proxy.strip():  # which libraries take for a part of it
        raise ValueError(proxy)
    return urlsplit(proxy if "://" in proxy else f"http://{proxy}") if proxy else None
