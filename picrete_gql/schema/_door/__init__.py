"""The door: `/graphql` over HTTP, server-sent events and WebSocket, and what stands around it."""

from .app import Lifespan, application
from .documents import Prepared
from .view import Door

__all__ = ["Door", "Lifespan", "Prepared", "application"]
