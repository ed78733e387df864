"""``python -m prefork install``: make the kernel "helpers" known to Jupyter."""

import argparse
import sys
from collections.abc import Sequence

from prefork.kernelspec import KERNEL_NAME, install_kernelspec


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m prefork", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    install = commands.add_parser("install", help=f'install the kernelspec "{KERNEL_NAME}"')
    place = install.add_mutually_exclusive_group()
    place.add_argument(
        "--sys-prefix",
        dest="prefix",
        action="store_const",
        const=sys.prefix,
        help="into this environment (the default)",
    )
    place.add_argument("--prefix", help="into another installation prefix")
    place.add_argument("--user", action="store_true", help="for the current user")
    asked = parser.parse_args(arguments)
    prefix = None if asked.user else asked.prefix or sys.prefix
    try:
        path = install_kernelspec(prefix=prefix, user=asked.user)
    except OSError as error:
        print(f"Kernelspec not installed: {error}; choose a writable --prefix.", file=sys.stderr)
        return 1
    print(f"Installed kernelspec {KERNEL_NAME} in {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
