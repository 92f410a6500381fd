"""`plainline`, and `python -m gateway`."""

from __future__ import annotations

import sys

from gateway.cli import run_command


def main() -> int:
    """Run the command that was typed and give its exit status."""
    return run_command(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
