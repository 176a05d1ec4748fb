"""How settings that cannot be used are told."""

from collections.abc import Iterable


class ConfigurationProblems(Exception):
    """Settings that cannot be used: ``problems`` holds a sentence with its remedy for each.

    The text is all of them, one a line. No sentence holds the value of a secret.
    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(*self.problems)

    def __str__(self) -> str:
        return "\n".join(self.problems)
