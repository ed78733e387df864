"""Bad input is named, with what was expected instead."""

import numpy as np
import pandas as pd
import pytest

from helpers.methods.infer import rank_confidence_sets, tau_best_set

BAD = {
    "estimates: no number for unit 1": ([1, np.nan], [1, 1], {}),
    "estimates is infinite for unit '0'": ([np.inf, 1], [1, 1], {}),
    "std_errors: no number": ([1, 2], [1, np.nan], {}),
    "std_errors is infinite": ([1, 2], [np.inf, 1], {}),
    "std_errors: 0.0 for unit 1": ([1, 2], [1, 0], {}),
    "std_errors: -1.0 for unit 0": ([1, 2], [-1, 1], {}),
    "expected a positive number .between": ([1, 2], [1, 1e-200], {}),
    "are for 3 units; expected 2": ([1, 2], [1, 1, 1], {}),
    "estimates are empty": ([], [], {}),
    "expected a vector": ([[1, 2]], [1, 1], {}),
    "std_errors holds .*, not numbers": ([1, 2], ["a", "b"], {}),
    "shape .2, 3.; expected a vector or a square": ([1, 2], np.ones((2, 3)), {}),
    "not finite": ([1, 2], [[1, np.nan], [np.nan, 1]], {}),
    "variance -1.0 for unit 1": ([1, 2], [[1, 0], [0, -1]], {}),
    "not symmetric; 0.5 and 0.1": ([1, 2], [[1, 0.5], [0.1, 1]], {}),
    "not positive semidefinite": ([1, 2, 3], 1.9 * np.eye(3) - 0.9, {}),
    "units 0 and 1 has no variance": ([1, 2, 3], [[1, 1, 0], [1, 1, 0], [0, 0, 1]], {}),
    "level is 1": ([1, 2], [1, 1], {"level": 1}),
    "100 draws cannot resolve level 0.999; take at least 1000": (
        *([1, 2], [1, 1]),
        {"level": 0.999, "draws": 100},
    ),
    "draws is 0": ([1, 2], [1, 1], {"draws": 0}),
    "kind is 'joint'": ([1, 2], [1, 1], {"kind": "joint"}),
    "sided is 'both'": ([1, 2], [1, 1], {"sided": "both"}),
    "best is 'first'": ([1, 2], [1, 1], {"best": "first"}),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_input_is_named(message):
    estimates, errors, options = BAD[message]
    with pytest.raises(ValueError, match=message):
        rank_confidence_sets(estimates, errors, **options)


def test_labels_that_do_not_match_are_named():
    with pytest.raises(ValueError, match="give both the same unique labels"):
        rank_confidence_sets(pd.Series([1.0, 2], ["a", "b"]), pd.Series([1.0, 2], ["a", "c"]))


@pytest.mark.parametrize("tau", [0, 3, 1.0, True])
def test_tau_out_of_range(tau):
    with pytest.raises(ValueError, match="whole number from 1 to 2"):
        tau_best_set([1, 2], [1, 1], tau=tau)
