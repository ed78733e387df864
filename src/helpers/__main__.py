"""The commands behind ``make``: ``python -m helpers --help``."""

from __future__ import annotations

import argparse
import shlex
import sys

from helpers.engine.run.codes import main_guard

_INDEX = "a folder of data/raw (default: the one marked default: true in its index.yml)"


def _report(options: argparse.Namespace) -> None:
    from helpers.engine import make
    from helpers.index.catalog import relative

    asked = (options.unit, options.year, options.langs, options.peers)
    for path in make.report(options.index, *asked, brief=options.brief):
        print(relative(path))


def _reports(options: argparse.Namespace) -> None:
    from helpers.engine.fanout.reports import reports
    from helpers.index.catalog import relative

    asked = (options.units, options.year, options.langs, options.scheduler, options.peers)
    folders = {path.parent for path in reports(options.index, *asked)}
    print("\n".join(relative(folder) for folder in sorted(folders)))


def _cluster_key(options: argparse.Namespace) -> None:
    from helpers.engine.fanout import credentials
    from helpers.index.catalog import relative

    print(relative(credentials.write()))


def _national(options: argparse.Namespace) -> None:
    from helpers.engine import make
    from helpers.index.catalog import relative

    asked = (options.unit_set, options.year, options.langs, options.peers)
    for path in make.national(options.index, *asked):
        print(relative(path))


def _site(options: argparse.Namespace) -> None:
    from helpers.index.catalog import relative
    from helpers.site.build import site

    asked = (options.unit_set, options.year, options.langs, options.scheduler)
    folder = site(options.index, *asked)
    files = [path for path in folder.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files) / 1e6
    print(f"{relative(folder)}/index.html ({len(files)} files, {size:.1f} MB)")


def _data(options: argparse.Namespace) -> None:
    from helpers.engine import make
    from helpers.index.catalog import relative

    for path in make.data(options.index):
        print(relative(path))


def _run(options: argparse.Namespace) -> None:
    from helpers.engine.run.alone import run_alone

    asked = {name: getattr(options, name) for name in ("output", "cwd", "timeout", "kernel")}
    print(run_alone(options.notebook, options.parameter, **asked))


def _record_raw(options: argparse.Namespace) -> None:
    from helpers.index import provenance

    changes = provenance.record(accept=options.accept)
    print(next(changes, "nothing changed"))
    for line in changes:
        print(line)


def _new_index(options: argparse.Namespace) -> None:
    from helpers.newindex import new_index

    asked = (options.source, options.table, options.unit, options.year)
    print("\n".join(new_index(options.name, *asked)))


def _add_table(options: argparse.Namespace) -> None:
    from helpers.newindex import add_table

    asked = (options.source, options.table, options.unit, options.year)
    print("\n".join(add_table(options.index, *asked)))


def _check(options: argparse.Namespace) -> None:
    from helpers.newindex import check

    print("\n".join(check(options.index)))


def _notebooks(options: argparse.Namespace) -> None:
    from helpers.engine import refresh

    refresh.refresh()


def _lab(options: argparse.Namespace) -> None:
    from helpers.engine.lab import open_lab

    open_lab(shlex.split(options.options))


def _why(options: argparse.Namespace) -> None:
    from helpers.engine import record

    for line in record.why(options.file):
        print(line)


def _clean(options: argparse.Namespace) -> None:
    from helpers.engine.clean import clean

    clean()


def _year(text: str) -> int:
    return int(text or 0)  # make passes a year that was not given as an empty text


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code: 0, 1, 2, 3 or 130."""
    parser = argparse.ArgumentParser(prog="python -m helpers", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    index = argparse.ArgumentParser(add_help=False)
    index.add_argument("--index", default="", help=_INDEX)
    asked = argparse.ArgumentParser(add_help=False, parents=[index])
    asked.add_argument("--year", default="", help="default: the newest")
    asked.add_argument("--langs", default="vi en", help="default: vi en")
    asked.add_argument(
        "--peers", default="",
        help="units, regions or classes, parted by commas; or region or class, the unit's own",
    )  # fmt: skip

    report = commands.add_parser(
        "report", parents=[asked], help="make one unit's report as PDF and HTML"
    )
    report.add_argument("--unit", default="", help="a name, alias, slug or code")
    report.add_argument("--brief", action="store_true", help="page one alone")
    report.set_defaults(run=_report)

    many = commands.add_parser(
        "reports", parents=[asked], help="make the reports of many units at once"
    )
    many.add_argument("--units", default="", help="parted by commas or spaces; default: all")
    many.add_argument("--scheduler", default="", help="a Dask scheduler; default: this machine")
    many.set_defaults(run=_reports)

    key = commands.add_parser("cluster-key", help="make credentials for a Dask scheduler")
    key.set_defaults(run=_cluster_key)

    whole = commands.add_parser(
        "report-national", parents=[asked], help="make the report on a whole table"
    )
    whole.add_argument("--unit-set", default="", help="default: that of the default unit")
    whole.set_defaults(run=_national)

    whole_site = commands.add_parser(
        "site", parents=[asked], help="make the site of an index: all reports and a front page"
    )
    whole_site.add_argument("--unit-set", default="", help="default: that of the default unit")
    whole_site.add_argument("--scheduler", default="", help="a Dask scheduler for the reports")
    whole_site.set_defaults(run=_site)

    data = commands.add_parser("data", parents=[index], help="make an index's processed tables")
    data.set_defaults(run=_data)

    run = commands.add_parser("run", help="run one notebook with parameters")
    run.add_argument("notebook")
    run.add_argument(
        "-p", "--parameter", action="append", default=[], metavar="NAME=VALUE",
        help="of the type declared in the notebook; lists and dictionaries in JSON or Python",
    )  # fmt: skip
    run.add_argument("--output", default="", help="a .ipynb; default: a place in build/")
    run.add_argument("--cwd", default="", help="working folder; default: the notebook's")
    run.add_argument(
        "--timeout", type=float, default=120, metavar="SECONDS",
        help="that one cell may take; 0 for no limit; default: 120",
    )  # fmt: skip
    run.add_argument("--kernel", default="", help="default: the one that the notebook names")
    run.set_defaults(run=_run)

    record = commands.add_parser("record-raw", help="accept changed raw files, showing the rows")
    record.add_argument(
        "--accept", action="store_true", help="also where a unit, a year or many rows went"
    )
    record.set_defaults(run=_record_raw)

    new = commands.add_parser("new-index", help="make a folder of data/raw from a published table")
    new.add_argument("--name", required=True, help="of the folder and the index")
    new.set_defaults(run=_new_index)
    add = commands.add_parser("add-table", help="keep one more published table of an index")
    add.add_argument("--index", required=True)
    add.set_defaults(run=_add_table)
    for one in (new, add):
        one.add_argument(
            "--from", dest="source", required=True, nargs="+", action="extend",
            help="CSV, XLSX or saved pages; a pattern such as 'tables/*.csv' for several",
        )  # fmt: skip
        one.add_argument("--unit", default="", help="column of the units, where several could be")
        one.add_argument("--table", default="", help="sheets or tables, parted by commas, or all")
        one.add_argument("--year", type=_year, default=0, help="of a table that does not say it")

    check = commands.add_parser(
        "check", parents=[index], help="list an index's open questions and what was understood"
    )
    check.set_defaults(run=_check)

    notebooks = commands.add_parser("notebooks", help="store fresh outputs in the notebooks")
    notebooks.set_defaults(run=_notebooks)

    lab = commands.add_parser("lab", help="open JupyterLab, set up for the notebooks")
    lab.add_argument("--options", default="", help="of jupyter lab, in one text")
    lab.set_defaults(run=_lab)

    why = commands.add_parser("why", help="say what a file was made from, back to addresses")
    why.add_argument("file", help="a product or a raw file; FILE.csv:12 for a row of a table")
    why.set_defaults(run=_why)

    clean = commands.add_parser("clean", help="remove what can be made again")
    clean.set_defaults(run=_clean)

    def work() -> None:
        options = parser.parse_args(arguments)
        options.run(options)

    return main_guard(work)


if __name__ == "__main__":
    sys.exit(main())
