"""`python -m picrete_gql` is the `picrete` command."""

from picrete_gql.cli import app

app()
