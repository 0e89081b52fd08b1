"""What is stored. Every table is named here, so that whoever imports this package knows the whole database."""

from sqlmodel import SQLModel

from .accounts import Account, RefreshToken, SignIn
from .activity import Happening
from .assignments import Assignment
from .attempts import Attempt, AttemptStatus
from .bank import BankImage, BankItem, BankSection, BankSource, CourseSource
from .courses import Course, IdentityPolicy, InviteCode, Membership, MemberStatus, Role
from .data_exports import DataExport, DataExportStatus
from .erasures import Erasure
from .grade_exports import ExportFailure, ExportFormat, ExportStatus, GradeExport
from .grades import CriterionScore, ProviderRun, RunKind, RunOutcome, ScoreChange, ScoreSource
from .materials import Material
from .photos import ImageRemoval, Photo, PhotoStatus, UploadSource
from .readings import Decision, Issue, Reading, Review, Severity, Verdict
from .regrades import Regrade, RegradeMessage, RegradeSide, RegradeStatus
from .submissions import Flag, OcrStatus, PrecheckStatus, Submission, SubmissionStatus
from .telegram import (
    Follow,
    Notice,
    NoticeKind,
    NoticeState,
    TelegramAnswer,
    TelegramBot,
    TelegramCode,
    TelegramFile,
    TelegramLink,
    TelegramUpdate,
)
from .templates import TaskTemplate
from .trainer import Answered, SetKind, TrainerAnswer, TrainerSet, TrainerTask
from .works import Attachment, Criterion, CriterionKind, Difficulty, Release, Task, Variant, Work, WorkKind, WorkStatus

METADATA = SQLModel.metadata

__all__ = [
    "METADATA",
    "Account",
    "Answered",
    "Assignment",
    "Attachment",
    "Attempt",
    "AttemptStatus",
    "BankImage",
    "BankItem",
    "BankSection",
    "BankSource",
    "Course",
    "CourseSource",
    "Criterion",
    "CriterionKind",
    "CriterionScore",
    "DataExport",
    "DataExportStatus",
    "Decision",
    "Difficulty",
    "Erasure",
    "ExportFailure",
    "ExportFormat",
    "ExportStatus",
    "Flag",
    "Follow",
    "GradeExport",
    "Happening",
    "IdentityPolicy",
    "ImageRemoval",
    "InviteCode",
    "Issue",
    "Material",
    "MemberStatus",
    "Membership",
    "Notice",
    "NoticeKind",
    "NoticeState",
    "OcrStatus",
    "Photo",
    "PhotoStatus",
    "PrecheckStatus",
    "ProviderRun",
    "Reading",
    "RefreshToken",
    "Regrade",
    "RegradeMessage",
    "RegradeSide",
    "RegradeStatus",
    "Release",
    "Review",
    "Role",
    "RunKind",
    "RunOutcome",
    "ScoreChange",
    "ScoreSource",
    "SetKind",
    "Severity",
    "SignIn",
    "Submission",
    "SubmissionStatus",
    "Task",
    "TaskTemplate",
    "TelegramAnswer",
    "TelegramBot",
    "TelegramCode",
    "TelegramFile",
    "TelegramLink",
    "TelegramUpdate",
    "TrainerAnswer",
    "TrainerSet",
    "TrainerTask",
    "UploadSource",
    "Variant",
    "Verdict",
    "Work",
    "WorkKind",
    "WorkStatus",
]
