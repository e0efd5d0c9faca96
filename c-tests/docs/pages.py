"""Pages of documentation, as the tests see them: blocks of code, links, headings."""

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Block:
    """A fenced block, with the instruction for the test that stands in the line above it."""

    page: Path
    line: int
    language: str
    check: str
    text: str


def pages(root):
    """Every page that a reader of the repository or of the package finds."""
    return sorted(root.glob("*.md")) + sorted((root / "docs").rglob("*.md"))


def split(page):
    """The blocks of a page, and its other lines with their numbers."""
    blocks, prose = [], []
    open_fence, begun, lines = None, 0, []
    previous = ""
    for number, line in enumerate(page.read_text(encoding="utf-8").split("\n"), 1):
        fence = re.match(r"^(\s*)```(\S*)\s*$", line)
        if open_fence is None and fence:
            found = re.match(r"^\s*<!-- check: (.*) -->$", previous)
            generated = re.match(r"^<!-- (ladder|provisioning) of (\S+) -->$", previous)
            check = found.group(1) if found else f"scenario {generated.group(2)}" if generated else ""
            open_fence, begun, lines = (fence.group(1), fence.group(2), check), number, []
        elif open_fence is not None and line.strip() == "```":
            indent, language, check = open_fence
            text = "".join(one[len(indent):] + "\n" for one in lines)
            blocks.append(Block(page, begun, language, check, text))
            open_fence = None
        elif open_fence is not None:
            lines.append(line)
        else:
            prose.append((number, line))
        previous = line
    if open_fence is not None:
        raise SystemExit(f"{page}:{begun}: a block without an end")
    return blocks, prose


def anchors(page):
    """What may follow a # in a link to this page: GitHub's names of headings."""
    found = {}
    for _, line in split(page)[1]:
        heading = re.match(r"^#{1,6} (.*)$", line)
        if not heading:
            continue
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading.group(1)).replace("`", "")
        name = re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-")
        count = found.get(name, 0)
        found[name] = count + 1
        if count:
            found[f"{name}-{count}"] = 1
    return set(found)


def links(page):
    """The targets of all links and pictures, with their lines."""
    for number, line in split(page)[1]:
        for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"(?<!\[)`[^`]*`", "", line)):
            yield number, target
