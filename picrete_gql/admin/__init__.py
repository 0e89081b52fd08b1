"""The panel's door at `/admin`: pages of starlette-admin over our resolvers, for platform admins."""

import logging

from starlette.applications import Starlette

from picrete_gql.runtime import Runtime

from ._site import Site
from .accounts import Accounts
from .attempts import Attempts, Submissions
from .bank import Items, Sources
from .courses import Courses
from .events import Events
from .members import Members
from .overview import Overview
from .photos import Photos, Picture, Readings, Runs
from .telegram import Links
from .waiting import Waiting
from .works import Works

PAGES = (
    Accounts,
    Courses,
    Members,
    Works,
    Attempts,
    Submissions,
    Photos,
    Readings,
    Runs,
    Waiting,
    Events,
    Sources,
    Items,
    Links,
)
__all__ = ["PAGES", "mount"]


def mount(app: Starlette, runtime: Runtime) -> None:
    """Put the panel into an application that has not begun to serve."""
    # At lower levels the library writes whole forms into its log, passwords too.
    logging.getLogger("starlette_admin").setLevel(logging.ERROR)
    site = Site(runtime, Overview())
    site.add_view(Picture)
    for page in PAGES:
        site.add_view(page)
    site.mount_to(app)
