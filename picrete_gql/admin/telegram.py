"""Whose chat is whose."""

from ._fields import Flag, Moment, Ref, Term, Text
from ._page import Ask, Page
from ._words import said
from .accounts import YES_NO


class Links(Page):
    """People and their Telegram."""

    sheet = key = "links"
    menu_label = said("Telegram", "Telegram")
    display_name = said("связь", "link")
    icon = "fa-brands fa-telegram"
    title_attr = "username"
    asks = (
        Ask("person", said("Пользователь", "Username")),
        Ask("blocked", said("Бот заблокирован", "Bot blocked"), YES_NO),
    )
    fields = (
        Ref("username", said("Пользователь", "Account"), page="accounts", to="account_id"),
        Text("name", said("Имя в Telegram", "Name in Telegram")),
        Text("telegram_id", said("Номер в Telegram", "Telegram id")),
        Term("locale", said("Язык", "Language")),
        Flag("muted", said("Без уведомлений", "Muted")),
        Moment("blocked_at", said("Бот заблокирован", "Bot blocked")),
        Moment("created_at", said("Связан", "Linked")),
        Ref("attempt_id", said("Выбранная попытка", "Chosen attempt"), page="attempts"),
    )
