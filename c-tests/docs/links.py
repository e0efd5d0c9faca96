"""Every relative link leads to a file, and every anchor to a heading.

links.py ROOT [REGEX]      REGEX: targets that this tree does not have, such as sources in an installed package
"""

import re
import sys
from pathlib import Path

import pages


def objection(page, target):
    path, _, anchor = target.partition("#")
    to = (page.parent / path).resolve() if path else page
    if not to.exists():
        return "there is no such file"
    if anchor and to.suffix == ".md" and anchor not in pages.anchors(to):
        return "there is no such heading"
    return None


def main():
    root = Path(sys.argv[1])
    absent = re.compile(sys.argv[2]) if len(sys.argv) > 2 else None
    seen, found = 0, []
    for page in pages.pages(root):
        for line, target in pages.links(page):
            if re.match(r"^[a-z]+:", target) or (absent and absent.search(target)):
                continue
            seen += 1
            problem = objection(page, target)
            if problem:
                found.append(f"{page.relative_to(root)}:{line}: {target}: {problem}")
    if seen < 100:
        found.append(f"only {seen} links: the pages were not found")
    print("\n".join(found) or f"{seen} links")
    return 1 if found else 0


sys.exit(main())
