"""Which sentences there are. A language that forgets one does not start."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Words:
    """Sentences with `{facts}` in braces; facts are filled in by `str.format` and never read as a template."""

    # Coming and going
    hello: str
    hello_known: str
    help: str
    group: str
    ask_username: str
    ask_credential: str
    delete_yourself: str
    wrong_credentials: str
    welcome: str
    already: str
    sign_in_first: str
    closed: str
    bye: str
    cancelled: str
    # Choosing
    works_none: str
    works_head: str
    work_line: str
    work_chosen_mark: str
    works_tail: str
    chosen: str
    use_how: str
    no_such_number: str
    no_such_attempt: str
    choose_first: str
    # Photos
    photo: str
    photos: str
    refused_one: str
    not_downloaded: str
    not_stored: str
    only_photos: str
    # The rest of a talk
    unknown: str
    old_button: str
    fault: str
    language: str
    language_set: str
    quiet_on: str
    quiet_off: str
    be_quiet: str
    be_loud: str
    # Review
    review_ready: str
    review_half: str
    review_last: str
    review_over: str
    page_head: str
    page_empty: str
    page_cut: str
    page_approved: str
    page_reported: str
    page_button: str
    approve_button: str
    send_button: str
    sent: str
    # Marks
    mark: str
    rejected: str
    feedback: str
    look: str
    # Teachers
    taught_head: str
    taught_line: str
    follow_button: str
    unfollow_button: str
    progress: str
    finished: str
    regrade_asked: str
    # What is said of a request for another look, and its answer
    regrade_student: str
    regrade_teacher: str
    regrade_changed: str
    regrade_unchanged: str
    # Time
    hours: str
    minutes: str
    soon: str
    clock: str
    # Command menu
    menu_works: str
    menu_use: str
    menu_login: str
    menu_logout: str
    menu_quiet: str
    menu_language: str
    menu_help: str

    def say(self, sentence: str, **facts: Any) -> str:
        """One sentence by its name, with its facts."""
        text: str = getattr(self, sentence)
        return text.format(**facts)

    def left(self, seconds: float) -> str:
        """A length of time, to the minute."""
        minutes = int(seconds // 60)
        if minutes < 1:
            return self.soon
        if minutes < 60:
            return self.minutes.format(minutes=minutes)
        return self.hours.format(hours=minutes // 60, minutes=minutes % 60)
