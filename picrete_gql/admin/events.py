"""The audit trail."""

from ._fields import Data, Moment, Ref, Text
from ._page import Ask, Page
from ._words import said


class Events(Page):
    """Everything that happened: who did it, through which door, to what."""

    sheet = key = "events"
    menu_label = said("Журнал", "Audit trail")
    display_name = said("событие", "event")
    icon = "fa fa-list"
    title_attr = "name"
    asks = (
        Ask("name", said("Событие начинается с", "Event begins with")),
        Ask("actor", said("Кто", "Actor")),
        Ask("about", said("О ком", "About whom")),
        Ask("course", said("Курс (краткое имя)", "Course (slug)")),
        Ask("door", said("Откуда", "Door"), [(door, door) for door in ("web", "bot", "job", "admin", "start")]),
    )
    fields = (
        Moment("at", said("Когда", "When")),
        Text("name", said("Событие", "Event")),
        Ref("actor", said("Кто", "Actor"), page="accounts", to="actor_id"),
        Text("door", said("Откуда", "Door")),
        Ref("course", said("Курс", "Course"), page="courses", to="course_id"),
        Ref("account", said("О ком", "About whom"), page="accounts", to="account_id"),
        Ref("work_id", said("Работа", "Work"), page="works"),
        Ref("attempt_id", said("Попытка", "Attempt"), page="attempts"),
        Ref("photo_id", said("Фотография", "Photo"), page="photos"),
        Text("subject_id", said("О чём ещё", "Subject")),
        Data("data", said("Подробно", "Data")),
    )
