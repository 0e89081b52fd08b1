"""The same reads as a good tutorial would serve them: Strawberry, SQLModel, data loaders. Without permissions."""
