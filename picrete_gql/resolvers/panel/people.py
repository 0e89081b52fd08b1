"""People, courses, and who belongs to them."""

from sqlalchemy import func, select
from sqlmodel import col

from picrete_gql.models import Account, Course, InviteCode, Membership, SignIn, TelegramLink, Work

from ._sheet import Sheet, by_course, by_person, by_truth, by_value

ACCOUNTS = Sheet(
    source=Account,
    id=col(Account.id),
    columns={
        "username": col(Account.username),
        "full_name": col(Account.full_name),
        "is_active": col(Account.is_active),
        "is_platform_admin": col(Account.is_platform_admin),
        "locale": col(Account.locale),
        "created_at": col(Account.created_at),
    },
    more={
        "consent_version": col(Account.consent_version),
        "consented_at": col(Account.consented_at),
        "sign_ins": select(func.count())
        .where(col(SignIn.account_id) == col(Account.id), col(SignIn.revoked_at).is_(None))
        .where(col(SignIn.expires_at) > func.now())
        .scalar_subquery(),
        "last_seen": select(func.max(col(SignIn.used_at)))
        .where(col(SignIn.account_id) == col(Account.id))
        .scalar_subquery(),
    },
    order=[col(Account.id).desc()],
    sorts=["username", "full_name"],
    search=[col(Account.username), col(Account.full_name)],
    ids=[col(Account.id)],
    filters={"active": by_truth(col(Account.is_active)), "admin": by_truth(col(Account.is_platform_admin))},
    time=col(Account.created_at),
)

COURSES = Sheet(
    source=Course,
    id=col(Course.id),
    columns={
        "slug": col(Course.slug),
        "title": col(Course.title),
        "organization": col(Course.organization),
        "is_active": col(Course.is_active),
        "members": select(func.count()).where(col(Membership.course_id) == col(Course.id)).scalar_subquery(),
        "created_at": col(Course.created_at),
    },
    more={
        "identity_policy": col(Course.identity_policy),
        "identity_rule": col(Course.identity_rule),
        "works": select(func.count()).where(col(Work.course_id) == col(Course.id)).scalar_subquery(),
        "invites": select(func.coalesce(func.array_agg(col(InviteCode.role)), []))
        .where(col(InviteCode.course_id) == col(Course.id), col(InviteCode.revoked_at).is_(None))
        .scalar_subquery(),
    },
    order=[col(Course.id).desc()],
    sorts=["slug", "title"],
    search=[col(Course.slug), col(Course.title), col(Course.organization)],
    ids=[col(Course.id)],
    filters={"active": by_truth(col(Course.is_active))},
    time=col(Course.created_at),
)

MEMBERS = Sheet(
    source=Membership,
    joins=[
        (Account, col(Account.id) == col(Membership.account_id)),
        (Course, col(Course.id) == col(Membership.course_id)),
    ],
    id=col(Membership.id),
    columns={
        "account_id": col(Membership.account_id),
        "username": col(Account.username),
        "full_name": col(Account.full_name),
        "course_id": col(Membership.course_id),
        "course": col(Course.title),
        "roles": col(Membership.roles),
        "status": col(Membership.status),
        "created_at": col(Membership.created_at),
    },
    more={"identity": col(Membership.identity)["value"].astext},
    order=[col(Membership.id).desc()],
    search=[col(Account.username), col(Account.full_name)],
    ids=[col(Membership.id), col(Membership.account_id), col(Membership.course_id)],
    filters={
        "course": by_course(col(Membership.course_id)),
        "person": by_person(col(Membership.account_id)),
        "status": by_value(col(Membership.status)),
    },
    time=col(Membership.created_at),
)

LINKS = Sheet(
    source=TelegramLink,
    joins=[(Account, col(Account.id) == col(TelegramLink.account_id))],
    id=col(TelegramLink.id),
    columns={
        "account_id": col(TelegramLink.account_id),
        "username": col(Account.username),
        "name": col(TelegramLink.name),
        "telegram_id": col(TelegramLink.telegram_id),
        "locale": col(TelegramLink.locale),
        "muted": col(TelegramLink.muted),
        "blocked_at": col(TelegramLink.blocked_at),
        "created_at": col(TelegramLink.created_at),
    },
    more={"attempt_id": col(TelegramLink.attempt_id)},
    order=[col(TelegramLink.id).desc()],
    search=[col(Account.username), col(Account.full_name), col(TelegramLink.name)],
    ids=[col(TelegramLink.id), col(TelegramLink.account_id)],
    filters={
        "person": by_person(col(TelegramLink.account_id)),
        "blocked": by_truth(col(TelegramLink.blocked_at).is_not(None)),
    },
    time=col(TelegramLink.created_at),
)
