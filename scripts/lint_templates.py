"""Every template compiles, and nothing in templates or static files breaks the content policy or leaves the house.

Screens may hold no inline script, no on…= handler, no style attribute and no <style>: the policy would silently drop
them. Papers (templates under a folder named `papers`) are printed, never served, and may hold style. Nothing may load
from another host.
"""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

HOUSE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HOUSE))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jbgs.settings")

ALIEN = (re.compile(r"https?://(?!www\.w3\.org/)|(?:src|href)=[\"']//", re.I), "loads from another host")
INLINE = [
    (re.compile(r"<script\b(?![^>]*\b(?:src=|type=[\"']application/json))", re.I), "inline script"),
    (re.compile(r"<[a-z][^<>]*?\son[a-z]+\s*=", re.I), "on…= handler"),
    (re.compile(r"<[a-z][^<>]*?\sstyle\s*=", re.I), "style attribute"),
    (re.compile(r"<style\b", re.I), "inline <style>"),
    (re.compile(r"javascript:", re.I), "javascript: address"),
]
COMMENT = re.compile(r"{#.*?#}|{%\s*comment\b.*?{%\s*endcomment\s*%}|<!--.*?-->|/\*.*?\*/", re.S)


def find_faults(text: str, *, is_screen: bool) -> Iterator[tuple[int, str]]:
    """(line, what is wrong) for each fault in `text`; comments do not count."""
    text = COMMENT.sub(lambda match: "\n" * match[0].count("\n"), text)
    for pattern, fault in [ALIEN, *(INLINE if is_screen else [])]:
        for match in pattern.finditer(text):
            yield text.count("\n", 0, match.start()) + 1, fault


def compile_fault(path: Path) -> str:
    """The compiler's sentence if the template at `path` does not compile, else nothing."""
    from django.template import TemplateSyntaxError, engines

    try:
        engines["django"].from_string(path.read_text())
    except TemplateSyntaxError as error:
        return str(error)
    return ""


def main() -> int:
    import django

    django.setup()
    faults = []
    templates = [path for path in HOUSE.glob("**/templates/**/*") if path.is_file() and ".venv" not in path.parts]
    for path in sorted(templates):
        if sentence := compile_fault(path):
            faults.append(f"{path.relative_to(HOUSE)}: {sentence}")
        is_screen = path.suffix == ".html" and "papers" not in path.parts
        found = find_faults(path.read_text(), is_screen=is_screen)
        faults += [f"{path.relative_to(HOUSE)}:{line}: {fault}" for line, fault in found]
    for path in sorted(path for path in HOUSE.glob("static/**/*") if path.suffix in {".css", ".js", ".svg"}):
        found = find_faults(path.read_text(), is_screen=False)
        faults += [f"{path.relative_to(HOUSE)}:{line}: {fault}" for line, fault in found]
    print("\n".join(faults) or f"{len(templates)} templates compile")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
