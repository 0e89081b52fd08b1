"""What the findings about final answers say."""

from .finding import Words

RIGHT = Words("Ответ совпадает с эталоном.", "The answer agrees with the reference.")
BARE = Words(
    "Число совпадает с эталоном; единица не найдена.", "The number agrees with the reference; no unit was found."
)
UNLABELLED = Words(
    "Итог решения совпадает с эталоном, хотя слово «Ответ» не найдено.",
    "The result agrees with the reference, though no word “Answer” was found.",
)
WRONG = Words("В ответе {}, по эталону {}.", "The answer says {}, the reference {}.")
UNIT_DIFFERS = Words(
    "Число совпадает с эталоном, но единица измеряет другую величину.",
    "The number agrees with the reference, but its unit measures something else.",
)
UNCLEAR = Words(
    "Ответ не совпадает с эталоном точно, но это может быть округление или ошибка распознавания.",
    "The answer is not exactly the reference, but rounding or recognition may explain it.",
)
DOUBTED = Words(
    "Ответ не совпадает с эталоном, но на странице есть следы неточного распознавания.",
    "The answer is not the reference, but the page shows traces of misreading.",
)
SLIP = Words(
    "В ответе не то число, но выше в решении получен верный результат, отличающийся одним знаком.",
    "The answer has another number, but the solution above has the right result, one character away.",
)
SEVERAL = Words(
    "В ответе несколько чисел или ответов; какой из них итоговый, правила не определили.",
    "There are several numbers or answers; the rules could not tell which one is final.",
)
NOT_NUMBER = Words("В ответе не найдено число.", "No number was found in the answer.")
OTHER_WORDS = Words(
    "Ответ словами или формулой не совпал с эталоном дословно; правила не судят о смысле.",
    "The answer in words or as a formula is not literally the reference; the rules do not judge meaning.",
)
NO_REFERENCE = Words(
    "У задачи нет эталонного ответа, сравнивать не с чем.", "The task has no reference answer to compare with."
)
ABSENT = Words("Итоговый ответ не найден.", "No final answer was found.")
UNSPLIT = Words(
    "Решение этой задачи не удалось отделить от остального текста.",
    "The solution of this task could not be told from the rest of the text.",
)
DIMENSION_OK = Words("Единица ответа подходит.", "The unit of the answer fits.")
DIMENSION_WRONG = Words("Единица ответа измеряет другую величину.", "The unit of the answer measures something else.")
DIMENSION_UNSURE = Words(
    "Единица ответа не найдена или не распознана.", "The unit of the answer was not found or not read."
)
