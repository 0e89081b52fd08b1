"""The admin panel at `/admin`."""

from pydantic import BaseModel, Field


class Admin(BaseModel):
    enabled: bool = Field(True, description="Serve the panel for platform admins at /admin.")
    session_hours: float = Field(8, gt=0, description="How long a sign-in at the panel lasts at most.")
    idle_minutes: float = Field(30, gt=0, description="A sign-in at the panel ends after so long without a request.")
    max_rows: int = Field(10_000, gt=0, description="Most rows of a list that are counted and turned over by pages.")
    time_zone: str = Field("Europe/Moscow", description="In which the panel shows times and understands them.")
    form_bytes: int = Field(256 * 1024, description="Largest form that the panel takes.")
    form_seconds: float = Field(30, description="How long a form may take to arrive.")
