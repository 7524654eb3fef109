"""Every message with sample values, as files to look at: ``python -m rendering.preview build/preview``."""

import sys
from html import escape
from pathlib import Path

from models.enums import Channel, Language
from rendering.catalogue import Templates
from rendering.sources import TEMPLATES, read_samples


def write(folder: Path) -> list[Path]:
    """Render all templates in all languages into the folder, with an index; returns the HTML files."""
    folder.mkdir(parents=True, exist_ok=True)
    templates = Templates.load()
    written: list[Path] = []
    for language in Language:
        samples = read_samples(TEMPLATES, language)
        for key, channel in templates.keys:
            rendered = templates.render(key, channel, language, None, samples)
            stem = f"{key}.{channel}.{language}"
            head = "" if channel is Channel.EMAIL else '<!doctype html><meta charset="utf-8">'
            (folder / f"{stem}.txt").write_text(f"{rendered.subject}\n\n{rendered.text}", encoding="utf-8")
            written.append(folder / f"{stem}.html")
            written[-1].write_text(head + rendered.html, encoding="utf-8")
    rows = "".join(
        f'<li><a href="{escape(path.name)}">{escape(path.stem)}</a> (<a href="{escape(path.stem)}.txt">text</a>)</li>'
        for path in written
    )
    index = f'<!doctype html><meta charset="utf-8"><title>Messages</title><ul>{rows}</ul>'
    (folder / "index.html").write_text(index, encoding="utf-8")
    return written


def main() -> None:
    """Write the previews into the folder named on the command line."""
    if len(sys.argv) != 2:
        sys.exit("usage: python -m rendering.preview DIR")
    pages = write(Path(sys.argv[1]))
    sys.stdout.write(f"{len(pages)} messages in {sys.argv[1]}\n")


if __name__ == "__main__":
    main()
