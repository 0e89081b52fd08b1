"""Reads as one statement: a selection becomes SQL whose text is the JSON asked for.

See docs/decisions/0012-planned-reads.md.
"""
