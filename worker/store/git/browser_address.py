"""Where people see a Git remote's files in a browser, told from the address of the remote.

GitHub, GitLab and Bitbucket are known by their names in the host's, so that a company's own
(``gitlab.example.com``) is known, too.
"""

from urllib.parse import SplitResult, quote, urlsplit

DOCUMENT = "{document}"
"""What stands in an address for a document's path."""

_SSH_HOSTS = {
    "ssh.github.com": "github.com",
    "altssh.gitlab.com": "gitlab.com",
    "altssh.bitbucket.org": "bitbucket.org",
}
"""Hosts that take SSH on the port of https, and their sites."""


def browser_address(remote: str, branch: str, folder: str) -> str:
    """Give the address of a document in the folder of a branch, with :data:`DOCUMENT` in it.

    "" where the remote is of no hosting service that is known.
    """
    parts = urlsplit(remote)
    site = _site(parts)
    path = parts.path.strip("/").removesuffix(".git")
    if not site or "/" not in path:
        return ""
    file = f"{quote(folder)}/{DOCUMENT}" if folder else DOCUMENT
    at = quote(branch)
    if "github" in site:
        return f"{site}/{quote(path)}/blob/{at}/{file}"
    if "gitlab" in site:
        return f"{site}/{quote(path)}/-/blob/{at}/{file}"
    if site == "https://bitbucket.org":
        return f"{site}/{quote(path)}/src/{at}/{file}"
    if "bitbucket" in site:  # Data Center
        project, _, repository = path.removeprefix("scm/").partition("/")
        person = project.startswith("~")
        home = f"users/{quote(project[1:])}" if person else f"projects/{quote(project)}"
        ref = quote(f"refs/heads/{branch}", safe="")
        return f"{site}/{home}/repos/{quote(repository)}/browse/{file}?at={ref}"
    return ""


def _site(parts: SplitResult) -> str:
    """Give the address of the web site, "" for a repository on this machine."""
    host = parts.hostname or ""
    if parts.scheme not in ("ssh", "https") or not host:
        return ""
    port = f":{parts.port}" if parts.scheme == "https" and parts.port else ""
    return f"https://{_SSH_HOSTS.get(host, host)}{port}"
