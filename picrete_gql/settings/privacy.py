"""How long things are kept, and what a person may ask for."""

from pydantic import BaseModel, Field


class Privacy(BaseModel):
    images_days: int = Field(
        0, ge=0, description="Days after which the photos of a finished paper are deleted; 0 = kept for ever."
    )
    drafts_days: int = Field(365, ge=0, description="The same for what the page saved while a student worked.")
    answers_days: int = Field(
        180, ge=0, description="Days after which raw answers of providers are deleted; 0 = kept for ever."
    )
    sign_ins_days: int = Field(
        90, ge=0, description="Days after which a sign-in that has ended is deleted; 0 = kept for ever."
    )
    batch: int = Field(200, ge=1, le=10_000, description="Rows that one transaction of the clearing takes.")
    batches: int = Field(50, ge=1, description="Batches of one kind in one run of the clearing, once an hour.")
    erasure_days: int = Field(7, ge=0, description="Days within which a request to be erased can be taken back.")
    export_hours: int = Field(48, ge=1, description="How long an archive of a person's data can be fetched.")
    exports_per_day: int = Field(3, ge=1, description="Archives of one person's data a day.")
    export_lease_seconds: float = Field(
        60, description="How long a silent worker keeps an archive before another takes over."
    )
    export_tries: int = Field(5, ge=1, description="Packings of an archive that may fail.")
    export_backoff_seconds: float = Field(30, description="Pause before another try, doubling.")
