"""What the notebooks that make tables import beside what `helpers.engine.warm` has in memory.

Reports do without: it would double the start of a fork server.
"""

from importlib import import_module

for _name in (
    *("pandera.pandas", "scipy.optimize", "scipy.stats", "SALib.analyze.sobol"),
    *(f"helpers.methods.{name}" for name in ("mobility", "robust")),
    *(
        f"helpers.tables.{name}"
        for name in ("claims", "clean", "headline", "rank", "recompute", "reweigh",
                     "robustness.record", "score", "systems")
    ),
):  # fmt: skip
    import_module(_name)
