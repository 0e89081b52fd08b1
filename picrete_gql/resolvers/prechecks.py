"""The automatic precheck as seen by its worker: take, ask, keep or give up. A human's mark always wins."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select
from uuid_utils.compat import uuid7

from picrete_gql import metrics, waiting
from picrete_gql.call import Call, Context, command, query, recipe
from picrete_gql.gateways.llm import Completion, Llm
from picrete_gql.leases import LeaseLost, close_run, lose_runs, persistently, under_lease
from picrete_gql.models import (
    Account,
    Flag,
    Happening,
    ProviderRun,
    RunKind,
    RunOutcome,
    Submission,
)
from picrete_gql.models.grades import GradeFailed, GradeProposed, GradeQueued, GradeStarted
from picrete_gql.papers import Paper, by_rules, evidence_of, hints, keep_proposal, paper_of
from picrete_gql.problems import Refused, Unavailable
from picrete_gql.rules import submissions as machine
from picrete_gql.rules.chemistry import ENGINE
from picrete_gql.rules.precheck import Admit, Proposal, Reask, answer_schema, decide, messages_for, prompt_hash, reask
from picrete_gql.rules.precheck import Flag as Stop
from picrete_gql.rules.tokens import keyed_hash

QUIET_SECONDS = 5.0


@dataclass(frozen=True)
class Taken:
    """A submission that a worker may precheck now. `round` counts how often a precheck was asked for, not its tries."""

    submission: Submission
    paper: Paper
    personal: tuple[str, ...]
    round: int


@command()
async def begin(call: Call, attempt_id: UUID, owner: UUID) -> Taken | None:
    """Take a submission for as long as the lease is renewed. None when there is nothing to do for this worker."""
    submission: Submission = await call.find(
        call.select(Submission).where(Submission.attempt_id == attempt_id), lock=True
    )
    if submission.lease_until is not None and submission.lease_until > call.now:
        return None
    if submission.retry_at is not None and submission.retry_at > call.now:
        return None
    if not machine.precheck_begins(submission):
        return None
    waited = waiting.waited(call.now, submission.queued_at, submission.retry_at, submission.lease_until)
    _lease(call, submission, owner)
    await lose_runs(call, attempt_id, ProviderRun.kind == RunKind.PRECHECK)
    asked = select(func.count()).where(
        Happening.work_id == submission.work_id,
        Happening.attempt_id == attempt_id,
        Happening.name == GradeQueued.name,
    )
    round = (await call.session.execute(asked)).scalar_one()
    student: Account = await call.find(select(Account).where(Account.id == submission.student_id))
    call.emit(GradeStarted.about(submission, waited=waited))
    paper = await paper_of(call, submission)
    return Taken(submission, paper, (student.full_name, student.username), round)


@command()
async def renew(call: Call, attempt_id: UUID, owner: UUID) -> bool:
    """Keep the lease while the model thinks. False when another worker took over, or a human marked."""
    submission = await _own(call, attempt_id, owner)
    if submission is None:
        return False
    _lease(call, submission, owner)
    return True


@command()
async def ask(
    call: Call, attempt_id: UUID, owner: UUID, engine: str, model: str, prompt_hash: str, evidence: Sequence[Any]
) -> UUID | None:
    """Open a line in the ledger for one question. None when this worker's turn is over."""
    submission = await _own(call, attempt_id, owner)
    if submission is None:
        return None
    counted = select(func.count()).where(ProviderRun.attempt_id == attempt_id, ProviderRun.kind == RunKind.PRECHECK)
    number = (await call.session.execute(counted)).scalar_one() + 1
    run = call.add(
        ProviderRun(
            course_id=submission.course_id,
            attempt_id=attempt_id,
            student_id=submission.student_id,
            kind=RunKind.PRECHECK,
            engine=engine,
            model=model,
            number=number,
            owner=owner,
            prompt_hash=prompt_hash,
            evidence=list(evidence),
        )
    )
    return run.id


@command()
async def answered(call: Call, run_id: UUID, outcome: RunOutcome, detail: str, said: Completion | None) -> bool:
    """Close a line of the ledger with what it cost."""
    close_run(call, await call.get(ProviderRun, run_id, lock=True), outcome, detail, said)
    return True


@command()
async def abandon(call: Call, attempt_id: UUID, owner: UUID) -> None:
    """Close what a worker left open in the ledger when its turn was taken away in the middle."""
    mine = call.select(ProviderRun).where(ProviderRun.attempt_id == attempt_id, ProviderRun.owner == owner)
    for run in await call.all(mine):
        if run.outcome is RunOutcome.RUNNING:
            close_run(call, run, RunOutcome.SUPERSEDED, "", None)


@command()
async def hand_back(call: Call, attempt_id: UUID, owner: UUID) -> None:
    """The process is told to stop: whoever comes next need not wait for the lease to run out."""
    if submission := await _own(call, attempt_id, owner):
        submission.lease_owner = submission.lease_until = None
        await lose_runs(call, attempt_id, ProviderRun.owner == owner)


@command()
async def finish(
    call: Call, run_id: UUID, owner: UUID, engine: str, proposal: Proposal, said: Completion | None
) -> bool:
    """Keep the proposed points. False when a human's mark or another worker came first: then nothing changes."""
    run = await call.get(ProviderRun, run_id)
    submission = await _own(call, run.attempt_id, owner)
    close_run(call, run, RunOutcome.SUPERSEDED if submission is None else RunOutcome.DONE, "", said)
    if submission is None:
        return False
    await keep_proposal(call, submission, engine, proposal)
    machine.precheck_ends(submission)
    call.emit(GradeProposed.about(submission, engine=engine))
    return True


@command()
async def postpone(call: Call, attempt_id: UUID, owner: UUID, why: Unavailable) -> timedelta | None:
    """The model did not answer: try again after the returned time, or (None) flag the submission for a human."""
    submission = await _own(call, attempt_id, owner)
    if submission is None:
        return None
    llm = call.settings.llm
    submission.tries += 1
    if submission.tries >= llm.tries:
        _give_up(call, submission, Flag.PRECHECK_FAILED, why.detail or str(why))
        return None
    seconds = why.retry_after or llm.backoff_seconds * 2 ** (submission.tries - 1)
    wait = timedelta(seconds=min(seconds, llm.retry_after_most))
    submission.retry_at = call.now + wait
    submission.lease_owner = submission.lease_until = None
    return wait


@command()
async def give_up(call: Call, attempt_id: UUID, owner: UUID, flag: Flag, reason: str) -> bool:
    """No grade from the model: flag the submission for a human. False when a human or another worker came first."""
    submission = await _own(call, attempt_id, owner)
    if submission is None:
        return False
    _give_up(call, submission, flag, reason)
    return True


@recipe(like=begin)
async def propose(context: Context, attempt_id: UUID) -> timedelta | None:
    """Precheck one submission: take it, ask, keep the proposal or flag it. Returns when to try again, if at all."""
    owner, began = uuid7(), context.runtime.now()
    taken = await begin(context, attempt_id, owner)
    if taken is None:
        return None
    seconds = context.runtime.settings.llm.lease_seconds
    try:
        back = partial(hand_back, context, attempt_id, owner)
        await under_lease(_grade(context, taken, owner), lambda: renew(context, attempt_id, owner), seconds, back)
    except LeaseLost:
        await abandon(context, attempt_id, owner)
    except Unavailable as problem:
        wait = await postpone(context, attempt_id, owner, problem)
        if wait is not None:
            metrics.PRECHECK_JOBS.labels("postponed").inc()
        return wait
    else:
        metrics.PRECHECK_SECONDS.observe((context.runtime.now() - began).total_seconds())
    return None


async def _grade(context: Context, taken: Taken, owner: UUID) -> None:
    findings, proposed = await context.runtime.compute(by_rules, taken.paper)
    evidence = [evidence_of(finding) for finding in findings]
    attempt_id = taken.submission.attempt_id
    llm = context.gateways.llm
    if llm is None:
        run = await ask(context, attempt_id, owner, ENGINE, "", "", evidence)
        if run is None:
            raise LeaseLost
        await finish(context, run, owner, ENGINE, proposed, None)
        return
    await _ask_model(context, llm, taken, owner, findings, evidence)


async def _ask_model(
    context: Context, llm: Llm, taken: Taken, owner: UUID, findings: Sequence[Any], evidence: Sequence[Any]
) -> None:
    paper, attempt_id = taken.paper, taken.submission.attempt_id
    auth = context.runtime.settings.auth
    # Unguessable for a student, and the same when a dead worker's turn is repeated: then the question is the same too.
    key = keyed_hash(auth, f"precheck:{attempt_id}:{taken.round}")
    messages = messages_for(
        paper.tasks,
        paper.pages,
        hints(findings, paper),
        nonce=key[:32],
        summary=paper.summary,
        personal=taken.personal,
    )
    schema, budget, doubled, reasked = answer_schema(paper.tasks), context.runtime.settings.llm.max_tokens, False, False
    while True:
        run = await ask(context, attempt_id, owner, "llm", llm.model, prompt_hash(messages), evidence)
        if run is None:
            raise LeaseLost
        try:
            said = await llm.complete(
                messages, schema, max_tokens=budget, idempotency_key=f"{key[32:]}-{doubled:d}{reasked:d}"
            )
        except Unavailable as problem:
            await answered(context, run, RunOutcome.UNAVAILABLE, problem.detail, None)
            raise
        except Refused as problem:
            await answered(context, run, RunOutcome.REFUSED, problem.detail, None)
            await give_up(context, attempt_id, owner, Flag.PRECHECK_FAILED, problem.detail)
            return
        given = (said.content, said.finish_reason, said.refusal, paper.tasks, paper.pages)
        outcome = await context.runtime.compute(partial(decide, *given, doubled=doubled, reasked=reasked))
        if isinstance(outcome, Admit):
            engine = said.model[:40] or "llm"
            await persistently(partial(finish, context, run, owner, engine, outcome.proposal, said))
            return
        if isinstance(outcome, Stop):
            await _not_admitted(context, run, outcome.detail, said)
            flag = Flag(outcome.reason.value)
            await persistently(partial(give_up, context, attempt_id, owner, flag, outcome.detail))
            return
        if isinstance(outcome, Reask):
            await _not_admitted(context, run, outcome.reason, said)
            messages, reasked = reask(messages, said.content, outcome.reason), True
        else:
            await _not_admitted(context, run, "the answer was cut", said)
            budget, doubled = budget * 2, True


async def _not_admitted(context: Context, run: UUID, why: str, said: Completion) -> None:
    await persistently(partial(answered, context, run, RunOutcome.INADMISSIBLE, why, said))


@query()
async def stalled(call: Call, *, quiet: float = QUIET_SECONDS, limit: int = 100) -> list[UUID]:
    """The attempts whose submissions wait for a precheck and nobody works on."""
    found = select(Submission.attempt_id).where(
        call.visible(Submission), *waiting.prechecks(call.now, timedelta(seconds=quiet))
    )
    return await call.all(found.order_by(col(Submission.id)).limit(limit))


async def _own(call: Call, attempt_id: UUID, owner: UUID) -> Submission | None:
    found = call.select(Submission).where(Submission.attempt_id == attempt_id)
    submission: Submission = await call.find(found, lock=True)
    return submission if submission.lease_owner == owner else None


def _lease(call: Call, submission: Submission, owner: UUID) -> None:
    submission.lease_owner = owner
    submission.lease_until = call.now + timedelta(seconds=call.settings.llm.lease_seconds)


def _give_up(call: Call, submission: Submission, flag: Flag, reason: str) -> None:
    machine.precheck_ends(submission, failed=flag, reason=reason.replace("\0", "")[:1000])
    call.emit(GradeFailed.about(submission, flag=flag.value))
