from pathlib import Path

import pytest

from infra.checks.bicep import parse_bicep, read_parameters
from infra.checks.references import find_broken_references, find_wrong_parameters
from infra.tests.examples import INFRA, real_templates, template

_ACCOUNT = """
resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: 'stexample'
}
"""


def _problems(text: str) -> list[str]:
    file = template(text)
    return find_broken_references(file, real_templates() | {file.path.resolve(): file})


@pytest.mark.parametrize("path", sorted(INFRA.glob("*.bicep")), ids=lambda path: path.name)
def test_every_reference_of_a_template_leads_somewhere(path: Path) -> None:
    templates = real_templates()

    assert find_broken_references(templates[path.resolve()], templates) == []


@pytest.mark.parametrize("path", sorted(INFRA.glob("parameters/*")), ids=lambda path: path.name)
def test_a_parameters_file_fits_its_template(path: Path) -> None:
    target, values = read_parameters(path)

    assert find_wrong_parameters(values, real_templates()[target]) == []


def test_the_three_environments_have_parameters() -> None:
    assert {path.stem for path in INFRA.glob("parameters/*.bicepparam")} == {
        "dev",
        "staging",
        "prod",
    }


def test_what_is_not_bicep_is_reported_with_its_line() -> None:
    with pytest.raises(ValueError, match=r"example.bicep:2 is not Bicep"):
        template("param a string\nparam = {\n")


def test_an_undeclared_name_is_found() -> None:
    assert _problems("var a = '${lcation}'\noutput b string = a") == [
        "example.bicep:1 refers to lcation, which is not declared."
    ]


def test_an_undeclared_name_in_a_condition_is_found() -> None:
    assert "nowhere" in _problems("module budget 'network.bicep' = if (nowhere) { name: 'b' }")[0]


def test_names_that_a_loop_or_a_lambda_binds_are_declared() -> None:
    assert (
        _problems("var a = [for (x, i) in [1]: '${x}${i}']\noutput b array = map(a, z => z)") == []
    )


@pytest.mark.parametrize(
    "text",
    [
        "param a string",
        "var a = 1",
        "resource a 'Microsoft.Storage/storageAccounts@2024-01-01' existing = { name: 'x' }",
    ],
)
def test_what_is_declared_and_not_used_is_found(text: str) -> None:
    assert _problems(text) == ["example.bicep declares a and does not use it."]


def test_a_parent_that_is_not_declared_is_found() -> None:
    child = """
resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' = {
  parent: acount
  name: 'default'
}
"""
    problems = _problems(_ACCOUNT + child)

    assert any("its parent is no Microsoft.Storage/storageAccounts" in line for line in problems)
    assert any("refers to acount" in line for line in problems)


def test_a_parent_of_the_wrong_type_is_found() -> None:
    child = """
resource container 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = {
  parent: account
  name: 'input'
}
"""
    assert _problems(_ACCOUNT + child) == [
        "example.bicep, resource container: its parent is no"
        " Microsoft.Storage/storageAccounts/blobServices."
    ]


def test_a_child_without_a_parent_is_found() -> None:
    child = """
resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' = {
  name: 'default'
}
"""
    assert _problems(child) == ["example.bicep, resource blobs has no parent."]


def test_a_dangling_depends_on_is_found() -> None:
    dependent = """
resource other 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: 'stother'
  dependsOn: [acount]
}
"""
    assert "refers to acount" in _problems(_ACCOUNT + dependent)[0]


def test_wrong_module_parameters_are_found() -> None:
    module = """
module budget 'budget.bicep' = {
  name: 'budget'
  params: { amount: 1, emails: ['a@b'], startDay: '2026-01-01' }
}
"""
    assert _problems(module) == [
        "example.bicep, module budget gives startDay, which is no parameter.",
        "example.bicep, module budget lacks startDate.",
    ]


def test_a_module_without_a_file_is_found() -> None:
    assert (
        "there is no file bugdet.bicep" in _problems("module b 'bugdet.bicep' = { name: 'b' }")[0]
    )


def test_an_output_that_a_module_lacks_is_found() -> None:
    module = """
module events 'events.bicep' = {
  name: 'events'
  params: {
    trainingAppName: 'a'
    topicName: 'b'
    dataAccountName: 'c'
    eventsIdentityName: 'd'
  }
}
output subscription string = events.outputs.subscription
"""
    assert _problems(module) == [
        "example.bicep:11 reads events.outputs.subscription, which is no output."
    ]


def test_wrong_values_in_a_parameters_file_are_found() -> None:
    values = parse_bicep(
        INFRA / "x.bicepparam", "var amout = 1\nvar startDate = ''\nvar emails = []"
    )
    budget = real_templates()[(INFRA / "budget.bicep").resolve()]

    assert find_wrong_parameters(values, budget) == [
        "x.bicepparam gives amout, which is no parameter.",
        "x.bicepparam lacks amount, which has no default.",
    ]


def test_a_parameters_file_names_its_template(tmp_path: Path) -> None:
    path = tmp_path / "x.bicepparam"
    path.write_text("param a = 1\n", encoding="utf-8")

    with pytest.raises(ValueError, match="names no template"):
        read_parameters(path)
