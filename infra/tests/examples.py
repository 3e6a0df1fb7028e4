"""Small templates, right and wrong."""

from pathlib import Path

from infra.checks.bicep import BicepFile, parse_bicep, read_bicep

INFRA = Path(__file__).parents[1]
PROJECT = INFRA.parent


def template(text: str, name: str = "example.bicep") -> BicepFile:
    """Parse the text of a template in the folder of the real ones."""
    return parse_bicep(INFRA / name, text)


def real_templates() -> dict[Path, BicepFile]:
    """Read all templates of the project."""
    return {path.resolve(): read_bicep(path) for path in sorted(INFRA.glob("*.bicep"))}
