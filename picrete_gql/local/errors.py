"""What can go wrong when the embedded servers start."""


class CannotStart(Exception):
    """An embedded server cannot run here. The message is for the person at the terminal and says what to do."""


class AlreadyRuns(CannotStart):
    """Another living picrete runs its servers in the same data folder."""
