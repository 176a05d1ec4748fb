"""Servers whose certificates an authority of one's own signed, and proxies on the way to them."""

import socket
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from connectors.confluence.client import Confluence
from connectors.confluence.connection import ConfluenceAccess
from connectors.errors import ConfigurationError, Unreachable
from connectors.incidents import IncidentId
from connectors.jira.client import Jira
from connectors.jira.payloads import SiteKind
from connectors.jira.sandbox import JiraSandbox
from connectors.pagerduty.client import PagerDuty
from connectors.pagerduty.sandbox import scenarios
from connectors.pagerduty.sandbox.scenarios.checkout_storm import STORM_ID
from connectors.pagerduty.sandbox.server import PagerDutySandbox
from connectors.retry import RetryPolicy
from connectors.sandbox.loopback_server import LoopbackServer
from connectors.slack.client import Slack
from connectors.slack.connection import WorkspaceAccess
from connectors.tls import SETTING, VARIABLES, Authorities, proxy_of, way_to
from tests.integration.authority import Authority
from worker.app.composition import open_context
from worker.app.registry import load_settings
from worker.store.document_store import StoreError
from worker.store.git.git_store import GitStore

ONCE = RetryPolicy(attempts=1, sleep=lambda _: None)
Use = Callable[[Authorities], object]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.make(tmp_path_factory.mktemp("company") / "own")


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.make(tmp_path_factory.mktemp("company") / "other")


@pytest.fixture(autouse=True)
def no_files_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*VARIABLES, "SSL_CERT_DIR", "GIT_SSL_CAINFO", "GIT_SSL_NO_VERIFY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def uses(
    authority: Authority, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Use]]:
    """Start a server of each kind behind a certificate that the authority signed."""
    certificate, folder = authority.server(), tmp_path_factory.mktemp("git")
    _git("init", "--bare", "-q", "-b", "main", str(folder / "documents.git"))
    tree = _git("-C", str(folder / "documents.git"), "mktree")
    author = ("-c", "user.name=P", "-c", "user.email=p@example.com")
    commit = _git("-C", str(folder / "documents.git"), *author, "commit-tree", "-m", "x", tree)
    _git("-C", str(folder / "documents.git"), "update-ref", "refs/heads/main", commit)
    _git("-C", str(folder / "documents.git"), "update-server-info")
    files = Starlette(routes=[Mount("/", StaticFiles(directory=folder))])
    with (
        PagerDutySandbox(certificate=certificate) as pagerduty,
        JiraSandbox(SiteKind.DATA_CENTER, certificate=certificate) as jira,
        LoopbackServer(files, certificate=certificate) as repository,
        ExitStack() as made,
    ):
        scenarios.load(pagerduty.account)
        assert {one.url[:8] for one in (pagerduty, jira, repository)} == {"https://"}

        def read_pagerduty(trusted: Authorities) -> object:
            key, url = pagerduty.api_key, pagerduty.url
            client = PagerDuty(key, url, policy=ONCE, authorities=trusted)
            made.callback(client.close)
            return client.incident(IncidentId(STORM_ID))

        def read_jira(trusted: Authorities) -> object:
            client = Jira(jira.url, **jira.credentials, policy=ONCE, authorities=trusted)
            made.callback(client.close)
            return client.site()

        def read_git(trusted: Authorities) -> object:
            cache = folder / f"cache-{id(trusted)}"
            url, author = f"{repository.url}/documents.git", "P <p@example.com>"
            return GitStore(url, "main", author=author, cache=cache, authorities=trusted).list()

        yield {"PagerDuty": read_pagerduty, "Jira": read_jira, "git": read_git}


def _git(*command: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own words
        ["git", *command],  # noqa: S607 - wherever it is
        check=True,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    return done.stdout.strip()


@pytest.mark.parametrize("name", ["PagerDuty", "Jira", "git"])
def test_an_authority_that_nobody_named_is_not_trusted_and_the_sentence_says_how_to(
    uses: Mapping[str, Use], name: str
) -> None:
    with pytest.raises((Unreachable, StoreError)) as caught:
        uses[name](Authorities())
    assert "certificate" in caught.value.what
    for way in (SETTING, "ca_bundle", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
        assert way in caught.value.remedy


@pytest.mark.parametrize("name", ["PagerDuty", "Jira", "git"])
@pytest.mark.parametrize("way", [SETTING, *VARIABLES])
def test_each_way_to_name_it_works_for_every_connection(
    uses: Mapping[str, Use], authority: Authority, other: Authority, name: str, way: str
) -> None:
    named = str(authority.certificate)
    environ = dict.fromkeys(VARIABLES, str(other.certificate))
    if way == SETTING:
        uses[name](Authorities(Path(named), environ))
    else:
        uses[name](Authorities(None, {way: named}))
        uses[name](Authorities(other.certificate, {**environ, way: named}))


@pytest.mark.parametrize("name", ["PagerDuty", "Jira", "git"])
def test_another_authority_does_not_help(
    uses: Mapping[str, Use], other: Authority, name: str
) -> None:
    with pytest.raises((Unreachable, StoreError), match="certificate"):
        uses[name](Authorities(other.certificate, {}))


@pytest.mark.parametrize("name", ["PagerDuty", "Jira"])
def test_the_environment_counts_by_itself(
    uses: Mapping[str, Use], authority: Authority, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.certificate))
    uses[name](Authorities())


def test_a_folder_of_certificates_does_as_well(
    uses: Mapping[str, Use], authority: Authority, other: Authority, tmp_path: Path
) -> None:
    for number, each in enumerate((other, authority)):
        (tmp_path / f"{number}.pem").write_text(
            f"An authority of ours: Müller\n{each.certificate.read_text()}", "utf-8"
        )
    (tmp_path / "README").write_text("nothing")
    (tmp_path / "folder").mkdir()
    uses["Jira"](Authorities(tmp_path, {}))


def test_public_authorities_stay_trusted(authority: Authority) -> None:
    context = Authorities(authority.certificate, {}).context()
    assert context is not None
    own = [one for one in context.get_ca_certs() if "Invented Company" in str(one["subject"])]
    assert len(own) == 1
    assert len(context.get_ca_certs()) > 50


def test_the_file_of_all_is_written_anew_where_it_was_tidied_away(
    uses: Mapping[str, Use], authority: Authority
) -> None:
    trusted = Authorities(authority.certificate, {})
    bundle = trusted.bundle()
    assert bundle is not None
    assert trusted.bundle() == bundle
    Path(bundle).unlink()
    uses["Jira"](trusted)


def test_where_nothing_is_named_everything_is_as_the_libraries_have_it() -> None:
    assert (Authorities(None, {}).bundle(), Authorities(None, {}).context()) == (None, None)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read (No such file or directory)"),
        ("", "holds no certificate"),
        ("hello", "holds no certificate"),
        ("-----BEGIN CERTIFICATE-----\nhello\n-----END CERTIFICATE-----\n", "holds no certificate"),
    ],
)
@pytest.mark.parametrize("way", [SETTING, *VARIABLES])
def test_a_file_that_cannot_be_used_is_named(
    way: str, content: str | None, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    setting, environ = (path, {}) if way == SETTING else (None, {way: str(path)})
    with pytest.raises(ConfigurationError) as caught:
        Authorities(setting, environ)
    assert caught.value.what.startswith(f"{way} names {path}, which {said}")
    later = Authorities(setting, environ, at_once=False)
    with pytest.raises(ConfigurationError) as then:
        later.context()
    assert then.value.what == caught.value.what


@pytest.mark.parametrize(
    ("names", "days", "reason", "helps"),
    [
        ("subjectAltName=DNS:jira.example.com", 30, "mismatch", "address that the certificate"),
        ("subjectAltName=IP:127.0.0.1", -1, "expired", "renewed"),
    ],
)
def test_a_certificate_that_is_bad_in_another_way_is_told_as_that(
    authority: Authority, names: str, days: int, reason: str, helps: str
) -> None:
    certificate = authority.server(names, days)
    trusted = Authorities(authority.certificate, {})
    with (
        JiraSandbox(certificate=certificate) as jira,
        PagerDutySandbox(certificate=certificate) as pagerduty,
    ):
        clients = (
            Jira(jira.url, **jira.credentials, policy=ONCE, authorities=trusted).site,
            lambda: PagerDuty(
                pagerduty.api_key, pagerduty.url, policy=ONCE, authorities=trusted
            ).incident(IncidentId(STORM_ID)),
        )
        for ask in clients:
            with pytest.raises(Unreachable, match=reason) as caught:
                ask()
            assert helps in caught.value.remedy


@pytest.mark.parametrize("variable", [SETTING, "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"])
def test_the_program_trusts_what_its_settings_and_its_environment_name(
    authority: Authority, variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = authority.server()
    with (
        PagerDutySandbox(certificate=certificate) as pagerduty,
        JiraSandbox(SiteKind.DATA_CENTER, certificate=certificate) as jira,
    ):
        scenarios.load(pagerduty.account)
        environ = {
            "PAGERDUTY_API_KEY": pagerduty.api_key,
            "PAGERDUTY_API_URL": pagerduty.url,
            "JIRA_URL": jira.url,
            "JIRA_PERSONAL_TOKEN": str(jira.credentials["personal_token"]),
            "JIRA_PROJECT": "OPS",
            "POSTMORTEM_DATABASE_URL": f"sqlite:///{tmp_path}/postmortem.db",
            "POSTMORTEM_DOCUMENTS": str(tmp_path / "documents"),
        }
        named = {variable: str(authority.certificate)}
        if variable != SETTING:
            monkeypatch.setenv(variable, named.pop(variable))
        with open_context(load_settings(None, {**environ, **named})) as context:
            assert context.source is not None
            assert context.tracker is not None
            assert context.source.incident(IncidentId(STORM_ID)).id == STORM_ID
            assert context.tracker.site().kind is SiteKind.DATA_CENTER


# The proxy


@pytest.fixture
def dead_proxy(monkeypatch: pytest.MonkeyPatch) -> str:
    """Name a proxy that is not there, with a password in its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    for name in ("NO_PROXY", "no_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("https_proxy", f"http://robot:hunter2@127.0.0.1:{port}")
    return f"http://127.0.0.1:{port}"


def test_a_proxy_that_is_not_there_is_named(dead_proxy: str, tmp_path: Path) -> None:
    store = GitStore(
        "https://git.example.com/x.git", "main", author="P <p@example.com>", cache=tmp_path
    )
    for ask in (
        Jira("https://jira.example.com", personal_token="x", policy=ONCE).site,
        lambda: PagerDuty("key", policy=ONCE).incident(IncidentId("Q1")),
        store.list,
    ):
        with pytest.raises((Unreachable, StoreError)) as caught:
            ask()
        told = str(caught.value)
        assert f"proxy {dead_proxy}" in told
        assert "HTTPS_PROXY" in caught.value.remedy
        assert "hunter2" not in told


def refuse(listener: socket.socket) -> None:
    with suppress(OSError):
        while True:
            connection, _ = listener.accept()
            connection.recv(65_536)
            connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            connection.close()


def test_a_proxy_that_refuses_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=refuse, args=(listener,), daemon=True).start()
        proxy = f"http://127.0.0.1:{listener.getsockname()[1]}"
        monkeypatch.setenv("https_proxy", proxy)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        for ask in (
            Jira("https://jira.example.com", personal_token="x", policy=ONCE).site,
            lambda: PagerDuty("key", policy=ONCE).incident(IncidentId("Q1")),
        ):
            with pytest.raises(Unreachable, match=f"proxy {proxy} on the way") as caught:
                ask()
            assert "403" in caught.value.what
        listener.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    ("environ", "address", "proxy"),
    [
        ({}, "https://jira.example.com", ""),
        ({"https_proxy": "http://p:1"}, "https://jira.example.com/x", "http://p:1"),
        ({"https_proxy": "http://a:b@p:1/"}, "https://jira.example.com", "http://p:1"),
        ({"https_proxy": "p:1"}, "https://jira.example.com", "http://p:1"),
        ({"all_proxy": "socks5://p:1"}, "https://jira.example.com", "socks5://p:1"),
        ({"http_proxy": "http://p:1"}, "https://jira.example.com", ""),
        ({"https_proxy": "http://p:1", "no_proxy": "example.com"}, "https://jira.example.com", ""),
        ({"https_proxy": "http://p:1", "no_proxy": "*"}, "https://jira.example.com", ""),
    ],
)
def test_the_proxy_on_the_way_is_as_the_environment_says(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], address: str, proxy: str
) -> None:
    for scheme in ("http", "https", "all", "no"):
        monkeypatch.delenv(f"{scheme}_proxy", raising=False)
        monkeypatch.delenv(f"{scheme.upper()}_PROXY", raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert proxy_of(address) == proxy


@pytest.mark.parametrize(
    "proxy",
    [
        "socks5://me:hush@127.0.0.1:9",
        '"http://me:hush@127.0.0.1:9"',
        "http://me:hush@127.0.0.1:9\r",
        "http://me:hush@127.0.0.1:port",
        "http://[::1",
        "ftp://127.0.0.1:9",
    ],
)
@pytest.mark.parametrize("name", ["HTTPS_PROXY", "ALL_PROXY"])
def test_a_proxy_that_nobody_can_speak_to_is_told_before_anything_is_asked(
    name: str, proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for one in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(one, raising=False)
    monkeypatch.setenv(name, proxy)
    opening: list[Callable[[], PagerDuty | Jira | Slack | Confluence]] = [
        lambda: PagerDuty("key"),
        lambda: Jira("https://jira.example.com", personal_token="x"),
        lambda: Slack(WorkspaceAccess("https://slack.com/api", "xoxb-1")),
        lambda: Confluence(ConfluenceAccess("https://wiki.example.com", personal_token="x"), "OPS"),
    ]
    for opens in opening:
        with pytest.raises(ConfigurationError, match="is none by which https://") as told:
            opens()
        assert "hush" not in str(told.value)
    monkeypatch.setenv("NO_PROXY", "example.com,api.pagerduty.com,slack.com")
    for opens in opening:
        opens().close()


def test_a_proxy_of_other_addresses_is_in_nobodys_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "socks5://127.0.0.1:9")
    monkeypatch.setenv("HTTPS_PROXY", "me:pw@proxy.example.com:3128")
    PagerDuty("key", "https://api.pagerduty.com").close()
    assert way_to("https://api.pagerduty.com") == "http://me:pw@proxy.example.com:3128"
