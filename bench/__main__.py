"""Every measurement, one after the other: ``python -m bench``."""

from bench import (
    calls,
    distance,
    door,
    draft,
    idle,
    many,
    merge,
    pages,
    quality,
    queue,
    render,
    start,
    walk,
    workers,
    write,
)

for part in (
    start,
    calls,
    distance,
    walk,
    quality,
    draft,
    merge,
    render,
    many,
    door,
    queue,
    workers,
    idle,
    pages,
    write,
):
    print(f"\n{(part.__doc__ or '').splitlines()[0]}")
    part.main()
