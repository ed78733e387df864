"""The errors a user can meet, each with the exit code that scripts can rely on."""


class HelpersError(Exception):
    """Base of the errors below; its message is one line a user can act on."""

    exit_code = 1
    cell = ""  # the code cell it was raised in, as words, where it was one


class NotebookError(HelpersError):
    """A notebook failed while it ran; names the notebook, the cell and the last line."""

    exit_code = 1


class ParameterError(HelpersError):
    """A parameter or an argument of a command is unknown, of the wrong type or unsafe."""

    exit_code = 2


class DataError(HelpersError):
    """A raw file is missing, changed or malformed; names file, row, column and the mend."""

    exit_code = 3
