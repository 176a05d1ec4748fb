"""Where people see a repository's files, told from the address of its remote."""

import pytest

from config.values import GitLocation, documents_location
from worker.store.git.browser_address import browser_address


@pytest.mark.parametrize(
    ("documents", "address"),
    [
        (
            "git+ssh://git@github.com/team/pm.git#main:incidents",
            "https://github.com/team/pm/blob/main/incidents/{document}",
        ),
        (
            "git+https://github.com/team/pm",
            "https://github.com/team/pm/blob/main/{document}",
        ),
        (
            "git+ssh://git@ssh.github.com:443/team/pm.git#feature/x",
            "https://github.com/team/pm/blob/feature/x/{document}",
        ),
        (
            "git+https://github.example.com:8443/team/pm.git#wip#1:a%b/c",
            "https://github.example.com:8443/team/pm/blob/wip%231/a%25b/c/{document}",
        ),
        (
            "git+ssh://git@gitlab.com/group/sub/pm.git#trunk:2026",
            "https://gitlab.com/group/sub/pm/-/blob/trunk/2026/{document}",
        ),
        (
            "git+ssh://git@gitlab.example.com:2222/ops/pm.git",
            "https://gitlab.example.com/ops/pm/-/blob/main/{document}",
        ),
        (
            "git+ssh://git@altssh.bitbucket.org:443/team/pm.git#main:incidents",
            "https://bitbucket.org/team/pm/src/main/incidents/{document}",
        ),
        (
            "git+ssh://git@bitbucket.example.com:7999/OPS/pm.git#main:incidents",
            "https://bitbucket.example.com/projects/OPS/repos/pm/browse/incidents/{document}"
            "?at=refs%2Fheads%2Fmain",
        ),
        (
            "git+https://bitbucket.example.com/scm/~ann/pm.git",
            "https://bitbucket.example.com/users/ann/repos/pm/browse/{document}"
            "?at=refs%2Fheads%2Fmain",
        ),
        ("git+ssh://git@git.example.com/team/pm.git", ""),
        ("git+file:///srv/github/pm.git", ""),
        ("git+https://github.com/pm", ""),
    ],
)
def test_the_address_of_a_document_is_told_from_the_remote(documents: str, address: str) -> None:
    where = documents_location(documents)
    assert isinstance(where, GitLocation)
    assert browser_address(where.url, where.branch, where.folder) == address
