"""What holds for the repository as a whole: nothing of one machine in it, and papers that tell the truth."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from gcs.__main__ import VERBS

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("gcs", "missions", "telemetry", "maps", "simulators")
TEXT = {".py", ".md", ".toml", ".sh", ".js", ".css", ".html", ".json", ".geojson", ".txt", ".ini", ".mako", ""}
MACHINE_PATH = re.compile(r"(?<![\w.~/:-])/(?:work|root|home|Users|opt/pypi|tmp/team)/")
REGISTRY_HOST = re.compile(
    r"\b(?:pypi\.(?:org|python)|files\.python" + r"hosted|test\.pypi|registry\.npm" + r"js|npm" + r"js\.com"
    r"|proxy\.golang|crates\.i" + r"o|conda\.anaconda|unpkg\.com|index-url)"
)
HEADING = re.compile(r"^(#+) ", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?://)([^)#]+)")


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("this is not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def requirements() -> list[str]:
    """What pyproject.toml asks for, extras too."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return [*project["dependencies"], *(item for extra in project["optional-dependencies"].values() for item in extra)]


def distributions() -> list[str]:
    return sorted({re.split(r"[<>=!~ \[;]", item)[0] for item in requirements()})


def canonical(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def top_modules(path: Path) -> set[str]:
    """The first part of every module that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def prose(name: str) -> str:
    """A Markdown file without its code blocks."""
    return re.sub(r"```.*?```", "", (ROOT / name).read_text("utf-8"), flags=re.DOTALL)


@pytest.mark.parametrize("pattern", [MACHINE_PATH, REGISTRY_HOST], ids=["path of a machine", "package registry host"])
def test_no_tracked_file_is_bound_to_a_machine_or_a_registry(pattern):
    own = Path(__file__)
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in tracked()
        if path.suffix in TEXT and path != own
        for match in pattern.finditer(path.read_text("utf-8", errors="replace"))
    ]
    assert not found


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("see /home/li/x", MACHINE_PATH),
        ("cd /root/code", MACHINE_PATH),
        ("https://files.python" + "hosted.org/x", REGISTRY_HOST),
    ],
)
def test_the_watch_itself_sees_what_it_is_for(text, pattern):
    assert pattern.search(text)


def test_the_chinese_readme_is_as_full_as_the_english_one():
    english, chinese = prose("README.md"), prose("README.zh-CN.md")
    assert HEADING.findall(english) == HEADING.findall(chinese)
    assert english.count("\n| ") == chinese.count("\n| ")
    assert sorted(set(LINK.findall(english)) - {"README.zh-CN.md"}) == sorted(
        set(LINK.findall(chinese)) - {"README.md"}
    )


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "README.zh-CN.md",
        "CONTRIBUTING.md",
        *(f"docs/{p.name}" for p in sorted((ROOT / "docs").glob("*.md"))),
    ],
)
def test_a_paper_links_to_what_is_there(name):
    folder = (ROOT / name).parent
    assert [link for link in LINK.findall(prose(name)) if not (folder / link).exists()] == []


def test_every_dependency_has_its_line():
    lines = prose("docs/dependencies.md")
    assert [name for name in distributions() if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", lines)] == []


def test_what_is_imported_is_declared():
    """A package that is here only because another brought it, or by hand, is missing on the next machine."""
    declared = set(map(canonical, distributions()))
    sources = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    modules = {name for path in sources for name in top_modules(path)} - set(PACKAGES) - sys.stdlib_module_names
    brought_by = packages_distributions()
    undeclared = {name for name in modules if not declared & {canonical(d) for d in brought_by.get(name, [name])}}
    assert undeclared == set()


def test_dependencies_have_a_lower_bound_and_an_upper_one_only_with_a_reason():
    lines = prose("docs/dependencies.md")
    for item in requirements():
        name, _, upper = re.fullmatch(r"([a-z0-9-]+)>=([0-9.]+)(?:,<([0-9.]+))?", item).groups()
        assert upper is None or re.search(rf"{name}[^|]*below {re.escape(upper)}", lines), f"{item}: say why"


def test_every_verb_stands_in_both_readmes():
    assert "demo" in VERBS
    for name in ("README.md", "README.zh-CN.md"):
        text = (ROOT / name).read_text("utf-8")
        assert [verb for verb in VERBS if f"`aeropatrol {verb}`" not in text] == []


def test_the_changelog_begins_with_what_is_unreleased():
    headings = re.findall(r"^## (.+)$", prose("CHANGELOG.md"), re.MULTILINE)
    assert headings, "say what changed"
    assert headings[0] == "Unreleased"
