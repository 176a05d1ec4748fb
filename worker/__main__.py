"""``python -m worker``: the command, where its script is not on the path."""

from worker.cli.main import main

if __name__ == "__main__":
    main()
