"""What is stored. Every table is named here, so that whoever imports this package knows the whole database."""

from sqlmodel import SQLModel

from .accounts import Account, RefreshToken, SignIn
from .activity import Happening
from .assignments import Assignment
from .attempts import Attempt, AttemptStatus
from .courses import Course, IdentityPolicy, InviteCode, Membership, MemberStatus, Role
from .grades import CriterionScore, ProviderRun, RunKind, RunOutcome, ScoreChange, ScoreSource
from .photos import Photo, PhotoStatus, UploadSource
from .readings import Decision, Issue, Reading, Review, Severity, Verdict
from .submissions import Flag, OcrStatus, PrecheckStatus, Submission, SubmissionStatus
from .works import Attachment, Criterion, CriterionKind, Difficulty, Release, Task, Variant, Work, WorkKind, WorkStatus

METADATA = SQLModel.metadata

__all__ = [
    "METADATA",
    "Account",
    "Assignment",
    "Attachment",
    "Attempt",
    "AttemptStatus",
    "Course",
    "Criterion",
    "CriterionKind",
    "CriterionScore",
    "Decision",
    "Difficulty",
    "Flag",
    "Happening",
    "IdentityPolicy",
    "InviteCode",
    "Issue",
    "MemberStatus",
    "Membership",
    "OcrStatus",
    "Photo",
    "PhotoStatus",
    "PrecheckStatus",
    "ProviderRun",
    "Reading",
    "RefreshToken",
    "Release",
    "Review",
    "Role",
    "RunKind",
    "RunOutcome",
    "ScoreChange",
    "ScoreSource",
    "Severity",
    "SignIn",
    "Submission",
    "SubmissionStatus",
    "Task",
    "UploadSource",
    "Variant",
    "Verdict",
    "Work",
    "WorkKind",
    "WorkStatus",
]
