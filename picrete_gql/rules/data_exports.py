"""How often a person's data are packed, and the letter that lies on top."""

from dataclasses import dataclass

from picrete_gql.problems import Code, Locale, Problem

LETTER = {
    Locale.RU: """\
Здесь всё, что Picrete знает о человеке с этой учётной записью на указанный в account.json момент.

account.json      учётная запись, согласия с версиями и датами, Telegram, запросы на удаление
sign_ins.json     входы
memberships.json  курсы, роли и то, что было показано при вступлении
attempts/         по папке на попытку: черновик, фото страниц, что на них прочитано, проверка, замечания
                  и оценка, если она уже опубликована
trainer-….json    наборы тренажёра и ответы
notices-….json    уведомления
events-….json     что было сделано с этой учётной записи

Паролей, ключей и их отпечатков здесь нет. Неопубликованные баллы сюда не попадают.
""",
    Locale.EN: """\
This is everything that Picrete knows about the person of this account, as of the moment in account.json.

account.json      the account, consents with versions and times, Telegram, requests to be erased
sign_ins.json     sign-ins
memberships.json  courses, roles, and what was shown when joining
attempts/         a folder for each attempt: draft, photos of the pages, what was read on them, review, issues,
                  and the mark once it is released
trainer-….json    sets of the trainer and answers
notices-….json    notices
events-….json     what was done by this account

There are no passwords, keys or hashes of them here. Marks that are not released are not included.
""",
}


@dataclass(eq=False)
class TooManyDataExports(Problem):
    """So many archives a day are enough."""

    limit: int
    code = Code.CONFLICT
    ru = "Архивов за сутки: не больше {limit}. Повторите завтра."
    en = "At most {limit} archives a day. Try again tomorrow."
