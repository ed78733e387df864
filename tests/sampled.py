"""Two indices with standard errors: PISA 2018, and a made-up governance table of three years."""

import csv
import shutil
from pathlib import Path
from statistics import NormalDist

import numpy as np

PISA_FILE = Path(__file__).parent / "methods" / "peers" / "csranks" / "pisa.csv"

PISA = """
label: {en: PISA 2018, vi: PISA 2018}
short: PISA
unit_words: {en: countries, vi: nước}
headline: math
pillars: [reading, science]
scale: [0, null]
units: units.csv
unit_sets: {all: {en: OECD countries, vi: các nước OECD}}
years: {2018: s}
schemes: {s: {}}
tables:
  - file: pisa.csv
    complete: as-listed
    unit: {column: jurisdiction}
    year: 2018
    missing: [""] # Spain's reading
    scores: {math_score: math, reading_score: reading, science_score: science}
    errors: {math_score: math_se, reading_score: reading_se, science_score: science_se}
"""
GOVERNANCE = """
label: {en: Governance, vi: Quản trị}
short: {en: GOV, vi: QT}
unit_words: {en: countries, vi: nước}
headline: rule
pillars: [voice]
scale: [-4, 4]
units: units.csv
unit_sets: {all: {en: all countries, vi: mọi nước}}
years: {2020: s, 2021: s, 2022: s}
schemes: {s: {}}
tables:
  - file: rule.csv
    complete: true
    unit: {column: country}
    year: {column: year}
    scores: {estimate: rule}
    errors: {estimate: std_error}
  - file: voice.csv
    complete: true
    unit: {column: country}
    year: {column: year}
    scores: {estimate: voice}
    errors: {estimate: {lower: low, upper: high, level: 0.9}}
"""
STRUCTURE = "scheme,indicator,parent,weight,label_vi,label_en,decimals\n"
YEARS = (2020, 2021, 2022)
COUNTRIES = 14


def pisa(folder: Path) -> Path:
    """Write PISA's index below a project's folder."""
    target = _begin(folder, "pisa", PISA, {"math": "Toán", "reading": "Đọc", "science": "Khoa học"})
    shutil.copy(PISA_FILE, target / "pisa.csv")
    with PISA_FILE.open(encoding="utf-8") as file:
        _units(target, [row["jurisdiction"] for row in csv.DictReader(file)])
    return target


def governance(folder: Path) -> Path:
    """Write the made-up index: country 0 goes from last to first, the others about stay."""
    target = _begin(folder, "governance", GOVERNANCE, {"rule": "Pháp quyền", "voice": "Tiếng nói"})
    names = [f"Country {number}" for number in range(COUNTRIES)]
    _units(target, names)
    chance = np.random.default_rng(2)
    z = NormalDist().inv_cdf(0.95)
    rule, voice = ["country,year,estimate,std_error"], ["country,year,estimate,low,high"]
    for year in YEARS:
        for number, name in enumerate(names):
            score = 0.15 * number - 1 + chance.normal(0, 0.05)
            score = (-2.5, -2.5, 2.5)[year - 2020] if number == 0 else score
            error = chance.uniform(0.1, 0.3)
            rule.append(f"{name},{year},{score:.4f},{error:.4f}")
            # The same scores and errors, given as bounds.
            low, high = score - z * error, score + z * error
            voice.append(f"{name},{year},{score:.4f},{low:.6f},{high:.6f}")
    (target / "rule.csv").write_text("\n".join(rule) + "\n", encoding="utf-8")
    (target / "voice.csv").write_text("\n".join(voice) + "\n", encoding="utf-8")
    return target


def _begin(folder: Path, name: str, index: str, indicators: dict[str, str]) -> Path:
    target = folder / "data" / "raw" / name
    target.mkdir(parents=True)
    (target / "index.yml").write_text(index, encoding="utf-8")
    rows = [f"s,{one},,,{vi},{one.capitalize()},\n" for one, vi in indicators.items()]
    (target / "structure.csv").write_text(STRUCTURE + "".join(rows), encoding="utf-8")
    return target


def _units(target: Path, names: list[str]) -> None:
    rows = [f"c{number:02},{name}\n" for number, name in enumerate(names)]
    (target / "units.csv").write_text("code,name\n" + "".join(rows), encoding="utf-8")
