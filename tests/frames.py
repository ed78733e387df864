"""Contract tables of real numbers for tests of what comes after the pipeline."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).parents[1]
PHU_THO = "VN-68"
LABELS = {
    "vi": {
        "overall": "Chỉ số chung",
        "digital_government": "Chính quyền số",
        "digital_economy": "Kinh tế số",
        "digital_society": "Xã hội số",
        "infrastructure": "Hạ tầng số",
        "gov_activity": "Hoạt động chính quyền số",
        "econ_activity": "Hoạt động kinh tế số",
        "society_activity": "Hoạt động xã hội số",
    },
    "en": {
        "overall": "Overall index",
        "digital_government": "Digital government",
        "digital_economy": "Digital economy",
        "digital_society": "Digital society",
        "infrastructure": "Digital infrastructure",
        "gov_activity": "Digital government activity",
        "econ_activity": "Digital economy activity",
        "society_activity": "Digital society activity",
    },
}
PILLARS = ["overall", "digital_government", "digital_economy", "digital_society"]
# Points of government, economy and society activity, and of everything together.
POINTS = {2022: (200, 150, 150, 1000), 2023: (200, 150, 150, 1000), 2024: (200, 150, 150, 940)}
HALF = 0.00005  # half a unit of the last published decimal


def provinces() -> pd.DataFrame:
    return pd.read_csv(ROOT / "data/raw/provinces/provinces-63-to-34.csv", dtype=str)


@cache
def _scores() -> pd.DataFrame:
    raw = pd.read_csv(ROOT / "data/raw/dti/dti-63-2022-2024.csv", encoding="utf-8-sig")
    names = provinces().set_index("name_vi")["iso_3166_2"].to_dict()
    names |= {"Huế": names["Thừa Thiên Huế"], "Bà Rịa – Vũng Tàu": names["Bà Rịa - Vũng Tàu"]}
    short = raw["TinhThanh"].str.removeprefix("TP. ")
    frame = pd.DataFrame(
        {
            "year": raw["Nam"],
            "unit": short.map(names),
            "unit_name": short,
            "overall": raw["DTI_Tong"],
            "infrastructure": raw["HaTangSo"],
            "gov_activity": raw["DTI_ChinhQuyenSo"],
            "econ_activity": raw["DTI_KinhTeSo"],
            "society_activity": raw["DTI_XaHoiSo"],
        }
    )
    assert frame["unit"].notna().all(), short[frame["unit"].isna()].tolist()
    g, e, s, total = np.array([POINTS[year] for year in frame["year"]]).T
    foundation = total * frame["overall"] - (
        g * frame["gov_activity"] + e * frame["econ_activity"] + s * frame["society_activity"]
    )
    for pillar, activity, points in (
        ("digital_government", "gov_activity", g),
        ("digital_economy", "econ_activity", e),
        ("digital_society", "society_activity", s),
    ):
        frame[pillar] = (foundation + points * frame[activity]) / (total - g - e - s + points)
    return frame.melt(["year", "unit", "unit_name"], var_name="indicator", value_name="score")


@cache
def _ranks() -> pd.DataFrame:
    tables = []
    for _key, group in _scores().groupby(["year", "indicator"]):
        score = group["score"].to_numpy()
        half = HALF if group["indicator"].iloc[0] in {"overall", "infrastructure"} else 3 * HALF
        away = score[None, :] - score[:, None]
        others = ~np.eye(len(score), dtype=bool)
        tables.append(
            group.assign(
                rank=1 + (away > 0).sum(axis=1),
                rank_low=1 + (away > 2 * half).sum(axis=1),
                rank_high=1 + ((away >= -2 * half) & others).sum(axis=1),
            )
        )
    ranks = pd.concat(tables).assign(rank_published=pd.NA)
    published = pd.DataFrame(
        [
            (2021, PHU_THO, "Phú Thọ", "overall", 0.4652, 18),
            (2021, PHU_THO, "Phú Thọ", "digital_government", 0.4956, 20),
            (2021, PHU_THO, "Phú Thọ", "digital_economy", np.nan, 17),
        ],
        columns=["year", "unit", "unit_name", "indicator", "score", "rank_published"],
    )
    frame = pd.concat([ranks, published], ignore_index=True)
    frame = frame.assign(index="dti", scheme="2021", unit_set="63")
    whole = ["rank", "rank_low", "rank_high", "rank_published"]
    return frame.astype(dict.fromkeys(whole, "Int64"))


def ranks() -> pd.DataFrame:
    """The table of ranks: 63 provinces, 2022 to 2024, and Phú Thọ's published ones of 2021."""
    return _ranks().copy()


def changes() -> pd.DataFrame:
    """The table of changes from year to year, with own and others' effects."""
    table = ranks()
    tables = []
    for indicator, rows in table[table["year"] >= 2022].groupby("indicator"):
        score = rows.pivot(index="unit", columns="year", values="score")
        names = rows.drop_duplicates("unit").set_index("unit")["unit_name"]
        for before, after in ((2022, 2023), (2023, 2024)):
            old, new = score[before].to_numpy(), score[after].to_numpy()

            def among(mine: np.ndarray, theirs: np.ndarray) -> np.ndarray:
                better = theirs[None, :] > mine[:, None]
                np.fill_diagonal(better, False)
                return 1 + better.sum(axis=1)

            start, end = among(old, old), among(new, new)
            own = (start - among(new, old) + among(old, new) - end) / 2
            tables.append(
                pd.DataFrame(
                    {
                        "index": "dti",
                        "unit_set": "63",
                        "year_from": before,
                        "year_to": after,
                        "unit": score.index,
                        "unit_name": names.reindex(score.index).to_numpy(),
                        "indicator": indicator,
                        "rank_from": start,
                        "rank_to": end,
                        "change": start - end,
                        "change_low": start - end - 1,
                        "change_high": start - end + 1,
                        "own_effect": own,
                        "others_effect": start - end - own,
                        "comparable": after == 2023,
                        "break_reason": "" if after == 2023 else "new scheme",
                    }
                )
            )
    frame = pd.concat(tables, ignore_index=True)
    whole = ["rank_from", "rank_to", "change", "change_low", "change_high"]
    return frame.assign(change_published=pd.NA).astype(
        dict.fromkeys([*whole, "change_published"], "Int64") | {"comparable": "boolean"}
    )
