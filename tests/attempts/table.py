"""Which three statuses of a submission may stand together."""

from typing import Any

from picrete_gql.models import OcrStatus, Submission
from picrete_gql.models import PrecheckStatus as Precheck
from picrete_gql.models import SubmissionStatus as Status

REVIEWED = (OcrStatus.VALIDATED, OcrStatus.REPORTED)
HUMAN = (Status.APPROVED, Status.REJECTED)
# Section 3 of the specification, row by row; a human may come at every stage.
TABLE = {
    (Status.UPLOADED, OcrStatus.PENDING, Precheck.SKIPPED),
    (Status.PRELIMINARY, OcrStatus.NOT_REQUIRED, Precheck.SKIPPED),
    (Status.UPLOADED, OcrStatus.PROCESSING, Precheck.SKIPPED),
    (Status.UPLOADED, OcrStatus.IN_REVIEW, Precheck.SKIPPED),
    (Status.FLAGGED, OcrStatus.FAILED, Precheck.SKIPPED),
    *((Status.PRELIMINARY, ocr, Precheck.SKIPPED) for ocr in REVIEWED),
    *((Status.PROCESSING, ocr, Precheck.QUEUED) for ocr in REVIEWED),
    *((Status.PROCESSING, ocr, Precheck.PROCESSING) for ocr in REVIEWED),
    *((Status.PRELIMINARY, ocr, Precheck.COMPLETED) for ocr in REVIEWED),
    *((Status.FLAGGED, ocr, Precheck.FAILED) for ocr in REVIEWED),
    *((status, ocr, Precheck.SKIPPED) for status in HUMAN for ocr in OcrStatus),
    *((status, ocr, ended) for status in HUMAN for ocr in REVIEWED for ended in (Precheck.COMPLETED, Precheck.FAILED)),
}


def statuses(of: Submission) -> tuple[Status, OcrStatus, Precheck]:
    """The three that move together."""
    return (of.status, of.ocr_status, of.precheck_status)


def mark(of: Submission) -> tuple[Any, ...]:
    """What a human said, and its version."""
    return (of.status, of.final_points, of.feedback, of.released_at, of.version)
