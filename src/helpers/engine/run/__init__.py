"""Run parameterised notebooks and publish what they make, so that nothing half-made is seen.

``gate`` checks parameters before a kernel starts, ``execute`` runs one notebook, ``publish`` puts
files in place all at once, ``graph`` says what is out of date and why, ``codes`` turns errors into
exit codes. Importing any of them is cheap: papermill and its kin are loaded when a notebook runs.
"""
