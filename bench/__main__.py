"""Every measurement, one after the other: ``python -m bench``."""

from bench import calls, draft, many, merge

for part in (calls, draft, merge, many):
    print(f"\n{(part.__doc__ or '').splitlines()[0]}")
    part.main()
