"""``python -m prefork install``: make a kernel that is forked known to Jupyter."""

import argparse
import sys
from collections.abc import Sequence

from prefork.kernelspec import DISPLAY_NAME, KERNEL_NAME, install_kernelspec


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m prefork", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    install = commands.add_parser("install", help="install a kernelspec")
    install.add_argument("--name", default=KERNEL_NAME, help="default: %(default)s")
    install.add_argument("--display-name", default=DISPLAY_NAME, help="default: %(default)s")
    install.add_argument(
        "--preload",
        action="append",
        default=[],
        metavar="MODULE",
        help="what the fork server imports, besides what an IPython kernel does; repeatable",
    )
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
    try:
        path = install_kernelspec(
            name=asked.name, display_name=asked.display_name, modules=asked.preload,
            prefix=None if asked.user else asked.prefix or sys.prefix, user=asked.user,
        )  # fmt: skip
    except OSError as error:
        print(f"Kernelspec not installed: {error}; choose a writable --prefix.", file=sys.stderr)
        return 1
    print(f"Installed kernelspec {asked.name} in {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
