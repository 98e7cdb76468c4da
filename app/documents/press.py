"""One paper set by a process of its own: typesetting takes 0.8 MB a person and keeps it, and a server must not grow.

Run as a program, with template, root and the second of making as arguments, data on standard input, the PDF on standard output.
"""

import sys
from datetime import UTC, datetime

import typst


def main(template: str, root: str, made_at: str) -> int:
    """Write the PDF, or what is wrong with the template; its status is that of the process."""
    try:
        pages = typst.compile(
            template,
            root=root,
            ignore_system_fonts=True,
            sys_inputs={"data": sys.stdin.read()},
            pdf_standards="a-2b",
            timestamp=datetime.fromtimestamp(int(made_at), UTC),
        )
    except typst.TypstError as error:
        sys.stderr.write(str(error))
        return 1
    assert isinstance(pages, bytes)  # one file, because the format is not that of pictures
    sys.stdout.buffer.write(pages)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
