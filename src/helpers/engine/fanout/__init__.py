"""Many reports at once: on the cores of this machine, or on the workers of a Dask scheduler.

``work`` is what a worker does with one report, ``workers`` finds or starts the workers,
``progress`` tells how far it is, and ``reports`` brings them together. A worker needs the same
environment but no shared disk: what a report is made from goes there as bytes, and what it
made comes back as bytes. Files and manifest are written here alone.
"""
