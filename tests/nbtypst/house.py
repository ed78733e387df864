"""A house that the exporters are tested in: two languages with their words and regions."""

from nbtypst import TypstExporter

LANGUAGES = {
    "en": {"figure": "Figure", "table": "Table", "region": "GB"},
    "vi": {"figure": "Hình", "table": "Bảng", "region": "VN"},
}
STYLE = TypstExporter(languages=LANGUAGES).style
