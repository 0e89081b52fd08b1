"""Write the example bank: `general-chemistry.json` and its pictures. Run it in this folder; it takes no arguments."""

import json
from pathlib import Path

import pictures
import tasks

FOLDER = Path(__file__).parent


def text() -> str:
    """The file as it should be."""
    return json.dumps(tasks.bank(), ensure_ascii=False, indent=2) + "\n"


def main() -> None:
    """Draw and write."""
    (FOLDER / "pictures").mkdir(exist_ok=True)
    pictures.draw_all(FOLDER / "pictures", {t: tasks.solubility(t) for t in (0, 20, 40, 60, 80)})
    (FOLDER / "general-chemistry.json").write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
