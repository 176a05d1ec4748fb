"""What an address may hold."""

from typing import Annotated

from fastapi import Path, Query

INCIDENT = r"^[A-Za-z0-9_-]{1,80}$"
JOB = r"^[A-Za-z0-9_:~@.-]{1,200}$"

Incident = Annotated[str, Path(pattern=INCIDENT, description="The incident's id.")]
Job = Annotated[str, Path(pattern=JOB, description="A job's id, as asking for it gave it.")]
JobQuery = Annotated[str | None, Query(pattern=JOB)]
