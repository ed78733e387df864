"""What the documents say of the fields is what the types say."""

import json

import pytest
import yaml

from helpers.index import catalog, document
from helpers.index.places import raw


def test_the_tables_of_fields_and_the_schema_are_those_of_the_types() -> None:
    for path, content in document.files().items():
        assert path.read_bytes() == content, f"{path.name} has drifted; run `make docs`"


@pytest.mark.parametrize("name", catalog.names())
def test_each_index_names_the_schema_in_its_first_line(name: str) -> None:
    first, *_ = raw(name, "index.yml").read_text("utf-8").splitlines()
    assert first == document.FIRST_LINE
    assert raw(name, first.rpartition("=")[2]).is_file()


@pytest.mark.parametrize("name", catalog.names())
def test_the_schema_knows_every_field_that_is_used(name: str) -> None:
    schema = json.loads(raw("index.schema.json").read_text("utf-8"))
    assert schema["additionalProperties"] is False
    content = yaml.safe_load(raw(name, "index.yml").read_text("utf-8"))
    assert set(content) <= set(schema["properties"])
    assert set(schema["required"]) <= set(content)
    table = schema["$defs"]["Table"]["properties"]
    assert {field for one in content["tables"] for field in one} <= set(table)
    assert all(field["description"] for field in [*schema["properties"].values(), *table.values()])
