"""Invariants of the transition matrix, then one worked out by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.methods.mobility import transition
from helpers.methods.mobility.transition import classify

few = settings(max_examples=40, deadline=None)
years = st.integers(5, 25).flatmap(
    lambda n: st.tuples(*[st.lists(st.integers(1, 30), min_size=n, max_size=n)] * 2)
)


@few
@given(years, st.integers(2, 5), st.data())
def test_counts_rates_and_regions_add_up(pair, classes, data):
    n = len(pair[0])
    names = data.draw(st.lists(st.sampled_from("NCS"), min_size=n, max_size=n))
    found = transition(*pair, classes, regions=dict(enumerate(names)))
    whole = found[found["scope"] == "all"].reset_index(drop=True)
    assert whole["count"].sum() == n
    parts = found[found["scope"] != "all"].groupby(["class_from", "class_to"])["count"].sum()
    assert parts.to_numpy().tolist() == whole["count"].tolist()
    for _, row in found.groupby(["scope", "class_from"]):
        if row["count"].sum():
            assert row["rate"].sum() == pytest.approx(1)
        else:
            assert row["rate"].isna().all()


@few
@given(st.lists(st.integers(1, 9), min_size=2, max_size=30), st.integers(2, 6))
def test_ties_share_a_class_and_better_ranks_never_a_worse_one(values, classes):
    ranks = pd.Series(values).rank(method="min").to_numpy(dtype=np.int64)
    groups = classify(ranks, classes)
    assert groups.min() == 1 and groups.max() <= classes
    order = np.argsort(ranks)
    assert (np.diff(groups[order]) >= 0).all()
    assert pd.Series(groups).groupby(ranks).agg(np.ptp).eq(0).all()


@pytest.mark.parametrize(("n", "classes"), [(63, 5), (34, 5), (10, 3), (7, 7)])
def test_classes_without_ties_differ_by_one_unit_at_most(n, classes):
    sizes = np.bincount(classify(np.arange(1, n + 1), classes))[1:]
    assert sizes.size == classes and np.ptp(sizes) <= 1


def test_six_units_in_thirds_by_hand():
    # Thirds {1, 2}, {3, 4}, {5, 6}: 2 and 3 change places, 6 climbs to 4.
    found = transition([1, 2, 3, 4, 5, 6], [1, 3, 2, 5, 6, 4], 3)
    assert found["count"].tolist() == [1, 1, 0, 1, 0, 1, 0, 1, 1]
    assert found["rate"].tolist() == [0.5, 0.5, 0, 0.5, 0, 0.5, 0, 0.5, 0.5]
    assert list(found.columns) == ["scope", "class_from", "class_to", "count", "rate"]


@pytest.mark.parametrize(
    ("classes", "message"),
    [(1, "classes is 1; expected"), (2.0, "classes is 2.0"), (4, "only 3 units")],
)
def test_bad_number_of_classes_is_named(classes, message):
    with pytest.raises(ValueError, match=message):
        transition([1, 2, 3], [1, 2, 3], classes)
