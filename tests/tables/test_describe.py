"""What the pages say of the processed tables is what the contracts declare."""

from helpers.engine.steps import data_steps
from helpers.index import catalog
from helpers.report.league import League
from helpers.tables import describe
from helpers.tables.contracts import CONTRACTS, files_of, made_by
from projects import ROOT


def test_the_pages_are_up_to_date() -> None:
    for name, text in ((describe.PAGE, describe.page()), (describe.SHORT, describe.short_page())):
        assert (ROOT / name).read_text(encoding="utf-8") == text, "run `make docs`"


def test_every_column_is_explained_and_nothing_else_is() -> None:
    columns = {(name, column) for name, table in CONTRACTS.items() for column in table.columns}
    own = {key for key in describe.MEANINGS if "." in key}
    assert own <= {f"{name}.{column}" for name, column in columns}
    general = {column for name, column in columns if f"{name}.{column}" not in own}
    assert general == set(describe.MEANINGS) - own


def test_each_table_is_made_by_one_step_of_its_index_and_reports_can_read_it() -> None:
    index = catalog.load("dti")
    outputs = [path for step in data_steps(index) for path in step.outputs]
    assert len(outputs) == len(set(outputs))
    assert not index.sampled
    assert sorted(path.name for path in outputs) == sorted(
        file for name, table in CONTRACTS.items() if not table.of_sampled for file in files_of(name)
    )
    for name, table in CONTRACTS.items():
        assert (ROOT / f"notebooks/{table.maker}.ipynb").is_file()
        assert not (table.in_reports and table.csv_only)
        assert set(table.key) <= set(table.columns), name
    read = {field for field in League.__dataclass_fields__ if field in CONTRACTS}
    assert read <= set(made_by(*(table.maker for table in CONTRACTS.values()), in_reports=True))
