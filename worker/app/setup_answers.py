"""The answers to `postmortem init`: judged as settings are, and proved as by the check."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from config.problems import ConfigurationProblems
from config.settings import Settings, settings_class
from config.sources import Variable, read_variables, variables_of
from connectors.connector import Connector, IncidentFilter, IncidentSource, NameKind, SiteLogin
from connectors.errors import Finding, PostmortemError
from connectors.incidents import Incident, Reference
from connectors.settings import Place
from connectors.setup_steps import Guide, Question, Step
from connectors.tls import Authorities
from worker.app import registry
from worker.app.binding import Moved
from worker.app.composition import now, open_context
from worker.app.registry import Services, load_settings
from worker.jobs.catalogue import store_findings
from worker.jobs.context import JobContext

PERIODS = (timedelta(days=1), timedelta(days=7), timedelta(days=30), timedelta(days=180))
"""How far back the latest incident is looked for, the nearest first: a page is a hundred."""


def every_variable() -> Mapping[Place, Variable]:
    """Give the environment variables of all settings, by the place of what they set."""
    kind = settings_class(tuple(kind.group for kind in registry.CONNECTORS))
    return {one.place: one for one in variables_of(kind)}


@dataclass(slots=True)
class SetupAnswers:
    """What is known so far: the texts of settings, by their place.

    ``files`` are the files in which the environment has secrets; ``given`` are the places that the
    environment sets, which it would go on to do whatever is written.
    """

    texts: dict[Place, str] = field(default_factory=dict, repr=False)
    files: dict[Place, Path] = field(default_factory=dict)
    given: frozenset[Place] = frozenset()

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> "SetupAnswers":
        """Take what the environment sets. Raises ``ConfigurationProblems`` for odd secret files."""
        variables, problems = every_variable(), list[str]()
        texts = read_variables(tuple(variables.values()), environ, problems.append)
        if problems:
            raise ConfigurationProblems(problems)
        named = {
            place: Path(environ.get(f"{one.name}_FILE", ""))
            for place, one in variables.items()
            if one.secret and environ.get(f"{one.name}_FILE") and place in texts
        }
        return cls(
            texts, {place: path.absolute() for place, path in named.items()}, frozenset(texts)
        )

    @property
    def environ(self) -> dict[str, str]:
        """The answers as an environment would have them."""
        return {
            one.name: self.texts[at] for at, one in every_variable().items() if at in self.texts
        }

    def of_group(self, key: str) -> dict[str, str]:
        """Give the answers for one service, by field."""
        return {at[1]: text for at, text in self.texts.items() if len(at) > 1 and at[0] == key}

    def settings(self) -> Settings:
        """Give the settings that they make. Raises ``ConfigurationProblems``."""
        return load_settings(None, self.environ, file_too=False)


def objection(place: Place, text: str) -> str:
    """Say why a setting cannot be this text, "" where it can: as when settings are read."""
    name = every_variable()[place].name
    try:
        load_settings(None, {name: text}, file_too=False)
    except ConfigurationProblems as error:
        mine = (one for one in error.problems if one.startswith(f"{name} "))
        return next(mine, "")
    return ""


def connector_of(kind: type[Connector], answers: SetupAnswers) -> Connector:
    """Give a service as the answers so far have it; each of them was judged before."""
    return kind(kind.group.model_validate(answers.of_group(kind.group.key)))


def logins(answers: SetupAnswers) -> Sequence[SiteLogin]:
    """Give the credentials that services on one site may share."""
    known = (connector_of(kind, answers) for kind in registry.CONNECTORS)
    return [one.login for one in known if one.login is not None]


def asked(kind: type[Connector], step: Step, answers: SetupAnswers) -> Iterator[Question]:
    """Give the questions of a step that are still to be asked, one after the other's answer."""
    for one in step.questions:
        known = answers.of_group(kind.group.key)
        if one.field in known or (one.after and one.after not in known):
            continue
        if one.unless in known:
            continue
        shared = one.login and connector_of(kind, answers).shares(logins(answers))
        if not shared:
            yield one


@contextmanager
def guided(kind: type[Connector], answers: SetupAnswers) -> Iterator[Guide]:
    """Open the guide of a service. Raises ``PostmortemError``."""
    bundle = answers.texts.get(("ca_bundle",))
    authorities = Authorities(Path(bundle) if bundle else None, os.environ)
    guide = connector_of(kind, answers).guide(authorities, logins(answers))
    try:
        yield guide
    finally:
        guide.close()


def proved(kind: type[Connector], step: Step, answers: SetupAnswers) -> Finding:
    """Prove the answers of a step; never raises."""
    try:
        with guided(kind, answers) as guide:
            return guide.prove(step.name)
    except PostmortemError as error:
        return Finding.of(kind.name, error)


def is_used(kind: type[Connector], answers: SetupAnswers) -> bool:
    """Tell whether a service is among what is set up."""
    return connector_of(kind, answers).is_configured


def variables_told(kind: type[Connector], step: Step, answers: SetupAnswers) -> str:
    """Name the variables that a step's answers stand in, those that have any."""
    known = answers.of_group(kind.group.key)
    names = [kind.group.variable(one.field) for one in step.questions if one.field in known]
    return ", ".join(names or [kind.group.variable(step.questions[0].field)])


@contextmanager
def _source(answers: SetupAnswers) -> Iterator[IncidentSource]:
    with _opened(_alone(answers)) as opened:
        if opened.source is None:
            raise PostmortemError(f"{opened.source_words.name} is not configured.")
        yield opened.source


def _opened(settings: Settings) -> AbstractContextManager[JobContext]:
    """Open what settings name, to look at it alone."""
    return open_context(settings, dry_run=True, forgetful=True, moved=Moved.IGNORE)


def place_of_documents(answers: SetupAnswers) -> Finding:
    """Prove where the documents are to be, as the check does; never raises."""
    own: dict[Place, str] = {at: text for at, text in answers.texts.items() if len(at) == 1}
    try:
        with _opened(SetupAnswers(own).settings()) as opened:
            found = list(store_findings(opened))
    except PostmortemError as error:
        found = [Finding.of("Documents", error)]
    amiss = (one for one in found if one.problem)
    return next(amiss, found[0] if found else Finding("Documents"))


def _alone(answers: SetupAnswers) -> Settings:
    """Give settings of the source of incidents alone: the others may have no answers yet."""
    tables = {one.group.key for one in Services.under(SetupAnswers().settings()).sources}
    own = {at: text for at, text in answers.texts.items() if len(at) == 1 or at[0] in tables}
    return SetupAnswers(own).settings()


def services(answers: SetupAnswers) -> Sequence[Reference]:
    """List the services whose incidents there may be. Raises ``PostmortemError``."""
    with _source(answers) as source:
        return list(source.listed(NameKind.SERVICE))


def latest(answers: SetupAnswers, only: Sequence[Reference]) -> Incident | None:
    """Give the incident of these services that was resolved last, None where half a year has none.

    Raises ``PostmortemError``.
    """
    with _source(answers) as source:
        until, wanted = now(), IncidentFilter(services=frozenset(one.id for one in only))
        for period in PERIODS:
            found = [
                one for one in source.resolved(until - period, until, wanted) if not one.merged_into
            ]
            if found:
                return found[-1]
    return None
