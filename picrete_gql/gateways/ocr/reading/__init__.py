"""The program that reads pages, run apart (`readers.py`).

It imports nothing of the rest of the project: three of these stay in memory.
"""
