"""The process that counts: a PDF on stdin, `encrypted` or the number of its pages on stdout. Seconds, bytes: arguments.

Nothing of ours is imported here: it starts in a moment, and there is nothing in it to be had.
"""

import sys
from io import BytesIO


def bound(seconds: int, memory: int) -> None:
    """Take no more than this of the machine; where a limit does not exist, whoever waits has one of its own."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    if sys.platform.startswith("linux"):
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def main() -> None:
    """Count. Whatever the parser raises ends the process with a code that says so."""
    bound(int(sys.argv[1]), int(sys.argv[2]))
    from pypdf import PdfReader

    reader = PdfReader(BytesIO(sys.stdin.buffer.read()))
    sys.stdout.write("encrypted" if reader.is_encrypted else str(len(reader.pages)))


if __name__ == "__main__":
    main()
