"""Every block of code in the documentation is compiled, loaded, run or compared; one that nobody checks is an error.

blocks.py SOURCE BUILD WORK CC CXX CMAKE CTEST

What is done depends on the language, and on an instruction in the line above the block, `<!-- check: ... -->`:

c, cpp     compiled, as statements of a function. "functions": as a file behind the prelude; "file": as it is;
           "prelude": what fragments of all pages may use
ini        loaded as provisioning text, without a remark. "remarks KEY...": with remarks about just these keys
scenario   run by sipfailover-sim. "as NAME": kept in that file; "after NAME": behind that file's text
sh         run in a directory with the installed package; "tree": for who has the source, whose programs must exist
cmake      configured in a project of its own. "tree": with the source instead of the installed package
text       "in COMMAND": each line is in the output of that command; "quoted FILE": each line is in that file
any        "by TEST": that test of CTest does it; "scenario NAME": the test of that scenario does; "cargo FILE": the
           Rust test in that file does
"""

import atexit
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pages

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-Wno-unused-variable", "-Wno-unused-function"]
TOOLS = ["cargo", "cmake", "ctest", "export", "nice", "man"]


class Checker:
    def __init__(self, source, build, work, cc, cxx, cmake, ctest):
        self.source, self.build, self.work = Path(source), Path(build), Path(work)
        self.cc, self.cxx, self.cmake = cc, cxx, cmake
        shutil.rmtree(self.work, ignore_errors=True)
        self.prefix = self.work / "prefix"
        self.call([cmake, "--install", build, "--prefix", str(self.prefix)], self.work.parent)
        listed = subprocess.run([ctest, "-N"], cwd=build, capture_output=True, text=True, check=True).stdout
        self.tests = set(re.findall(r"Test\s+#\d+: (\S+)", listed))
        self.prelude = ""
        libraries = [path.parent for path in self.prefix.rglob("libsipfailover.so")]
        self.environment = dict(
            os.environ,
            PATH=f"{self.prefix}/bin:{os.environ['PATH']}",
            PKG_CONFIG_PATH=f"{self.without_blanks(libraries[0])}/pkgconfig",
            LD_LIBRARY_PATH=str(libraries[0]),
            CMAKE_PREFIX_PATH=str(self.prefix),
            MANPATH=f"{self.prefix}/share/man",
        )

    def without_blanks(self, path):
        """Another name of a directory: `$(pkg-config ...)` falls apart in every shell where a path has blanks."""
        place = tempfile.mkdtemp(prefix="sipfailover-docs-")
        atexit.register(shutil.rmtree, place, ignore_errors=True)
        other = Path(place) / "prefix"
        other.symlink_to(self.prefix)
        return other / path.relative_to(self.prefix)

    def call(self, command, directory, text=None):
        """Runs a command; its output, or None and the output where it failed."""
        directory.mkdir(parents=True, exist_ok=True)
        environment = getattr(self, "environment", None)
        done = subprocess.run(command, cwd=directory, input=text, env=environment, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=300)
        return done.returncode == 0, done.stdout

    # ---- one language each: None, or what is wrong -----------------------------------------------

    def compiled(self, block, language):
        text = block.text
        if block.check in ("", "functions"):
            body = text if block.check else f"void fragment(void);\nvoid fragment(void)\n{{\n{text}}}\n"
            text = f"{self.prelude}\n#line 1 \"fragment\"\n{body}"
        elif block.check not in ("file", "prelude"):
            return "an unknown instruction"
        flags = ["-fsyntax-only", "-I", str(self.prefix / "include"), *WARNINGS]
        compiler = [self.cc, "-std=c99", "-xc"] if language == "c" else [self.cxx, "-std=c++11", "-xc++"]
        good, output = self.call([*compiler, *flags, "-"], self.work, text)
        return None if good else output

    def check_c(self, block):
        return self.compiled(block, "c")

    def check_cpp(self, block):
        return self.compiled(block, "c++")

    def check_ini(self, block):
        wanted = block.check.split()[1:]
        good, output = self.call([str(self.build / "c-tests/docs/docs_provisioning")], self.work, block.text)
        remarked = [line.split(": ")[1] for line in output.splitlines()]
        if not good or sorted(remarked) != sorted(wanted):
            return f"the library remarks:\n{output}"
        return None

    def kept(self, block):
        """The file that a block is, for itself or for later blocks of its page."""
        words = block.check.split()
        directory = self.scratch(block.page)
        path = directory / (words[1] if words else f"line{block.line}")
        before = path.read_text() if words and words[0] == "after" else ""
        path.write_text(before + block.text)
        return path

    def check_scenario(self, block):
        path = self.kept(block)
        good, output = self.call(["sipfailover-sim", path.name], path.parent)
        return None if good else output

    def check_sh(self, block):
        if block.check == "tree":
            return self.check_tree(block)
        good, output = self.call(["sh", "-eu"], self.scratch(block.page), block.text)
        return None if good else output

    def check_tree(self, block):
        """Nothing is run, as it would take long or need much; but the programs must be there, and sh must understand it."""
        good, output = self.call(["sh", "-n"], self.work, block.text)
        if not good:
            return output
        for line in block.text.replace("\\\n", " ").splitlines():
            # Quoted words may hold any mark.
            line = re.sub(r"'[^']*'", "quoted", line.split(" #")[0])
            for command in re.split(r"&&|\|", line):
                words = [word for word in command.split() if "=" not in word or word.startswith("-")]
                program = words[0] if words else "cmake"
                in_tree = self.source / program
                if program not in TOOLS and not program.startswith("build/") and not os.access(in_tree, os.X_OK):
                    return f"{program}: neither a program of the tree nor a known tool"
        return None

    def check_cmake(self, block):
        project = self.scratch(block.page) / f"line{block.line}"
        shutil.rmtree(project, ignore_errors=True)
        project.mkdir(parents=True)
        (project / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.18)\nproject(firmware C)\nadd_executable(firmware firmware.c)\n" + block.text)
        shutil.copy(self.source / "examples/minimal/minimal.c", project / "firmware.c")
        command = [self.cmake, "-S", ".", "-B", "build"]
        if block.check == "tree":
            (project / "sipfailover").symlink_to(self.source)
        good, output = self.call(command, project)
        if good and block.check != "tree":
            good, output = self.call([self.cmake, "--build", "build"], project)
        return None if good else output

    def check_text(self, block):
        how, _, what = block.check.partition(" ")
        if how == "in":
            good, source = self.call(["sh", "-u", "-c", what], self.scratch(block.page))
        elif how == "quoted":
            source = (self.source / what).read_text().replace('\\"', '"')
        else:
            return "who made this text? (in COMMAND, quoted FILE, by TEST)"
        missing = [line for line in block.text.splitlines() if line.strip() and line.strip() not in source]
        return f"not in {what}: {missing[0]}\n{source[-2000:]}" if missing else None

    # ---- all of them -------------------------------------------------------------------------------

    def scratch(self, page):
        """A directory for the blocks of a page, with a program to build and the scenarios beside the page."""
        directory = self.work / "pages" / page.relative_to(self.source).with_suffix("")
        if not directory.exists():
            directory.mkdir(parents=True)
            shutil.copy(self.source / "examples/minimal/minimal.c", directory / "firmware.c")
            for scenario in page.parent.glob("*.scenario"):
                shutil.copy(scenario, directory)
        return directory

    def objection(self, block):
        how, _, what = block.check.partition(" ")
        if how == "by":
            return None if what in self.tests else f"there is no test {what}"
        if how == "scenario":
            test = f"{block.page.parent.name}/{Path(what).stem}"
            return None if test in self.tests else f"there is no test {test}"
        if how == "cargo":
            return None if block.page.name in (self.source / what).read_text() else f"{what} does not name this page"
        check = getattr(self, f"check_{block.language}", None)
        if check is None:
            return f"nobody checks blocks of the language \"{block.language}\""
        return check(block)

    def run(self):
        found, seen = [], 0
        every = {page: pages.split(page) for page in pages.pages(self.source)}
        for blocks, _ in every.values():
            self.prelude += "".join(block.text for block in blocks if block.check == "prelude")
        for page, (blocks, prose) in every.items():
            name = page.relative_to(self.source)
            for block in blocks:
                seen += 1
                problem = self.objection(block)
                if problem:
                    found.append(f"{name}:{block.line}: {problem}")
            previous = ""
            for line, text in prose:
                # Indented code has no language, so nobody could check it.
                if re.match(r"^    +\S", text) and not previous.strip():
                    found.append(f"{name}:{line}: a block without a language: {text.strip()}")
                previous = text
        if seen < 40:
            found.append(f"only {seen} blocks: the pages were not found")
        print("\n".join(found) or f"{seen} blocks")
        return 1 if found else 0


sys.exit(Checker(*sys.argv[1:]).run())
