import pytest
from hypothesis import given
from hypothesis import strategies as st

from devhost.errors import IndexingError
from devhost.host.functions import Function
from devhost.host.routes import Match, Router, decode_path, make_route


def http_function(
    route: str | None, name: str = "found", methods: tuple[str, ...] = ()
) -> Function:
    trigger = {"type": "httpTrigger", "name": "req", "route": route, "methods": methods}
    return Function(name, "id", (trigger,), trigger)


def router(*functions: Function, prefix: str = "api") -> Router:
    return Router(make_route(function, prefix) for function in functions)


def params(route: str, path: str) -> dict[str, str] | None:
    found = router(http_function(route)).find("GET", path)
    return found.params if found else None


@pytest.mark.parametrize(
    ("route", "path", "expected"),
    [
        ("health", "/api/health", {}),
        ("health", "/api/health/", {}),
        ("health", "/api/healthy", None),
        ("health", "/health", None),
        ("user/{id}", "/api/user/7", {"id": "7"}),
        ("user/{id}", "/api/user/", None),
        ("user/{id}", "/api/user", None),
        ("user/{id}", "/api/user/7/more", None),
        ("user/{id}/risk", "/api/user/7/risk", {"id": "7"}),
        ("user/{id?}", "/api/user", {}),
        ("user/{id?}", "/api/user/7", {"id": "7"}),
        ("user/{id:int?}", "/api/user/x", None),
        ("{a?}/{b?}", "/api/1", {"a": "1"}),
        ("{a?}/b", "/api/b", None),
        ("files/{*rest}", "/api/files/a/b.csv", {"rest": "a/b.csv"}),
        ("files/{*rest}", "/api/files", {}),
        ("files/{**rest}", "/api/files/a/b", {"rest": "a/b"}),
        ("{name}.{kind}", "/api/a.b.csv", {"name": "a.b", "kind": "csv"}),
        ("from-{a}-to-{b}", "/api/from-1-to-2", {"a": "1", "b": "2"}),
        ("a{{b}}", "/api/a{b}", {}),
        ("/slashes/", "/api/slashes", {}),
    ],
)
def test_a_template_matches_whole_paths(
    route: str, path: str, expected: dict[str, str] | None
) -> None:
    assert params(route, path) == expected


@pytest.mark.parametrize(
    ("constraint", "good", "bad"),
    [
        ("int", ["0", "-7", "2147483647"], ["x", "1.5", "2147483648", "--1"]),
        ("long", ["2147483648", "-9223372036854775808"], ["9223372036854775808", "x"]),
        ("bool", ["true", "FALSE"], ["1", "yes"]),
        ("guid", ["cd2c1638-1638-72d5-1638-deadbeef1638"], ["cd2c1638", "x"]),
        ("decimal", ["1", "-1.5"], ["x", "."]),
        ("alpha", ["abcXYZ"], ["a1", "ñ"]),
        ("length(3)", ["abc"], ["ab", "abcd"]),
        ("length(2,3)", ["ab", "abc"], ["a", "abcd"]),
        ("minlength(2)", ["ab", "abc"], ["a"]),
        ("maxlength(2)", ["a", "ab"], ["abc"]),
        ("min(18)", ["18", "19"], ["17", "x"]),
        ("max(18)", ["18", "-1"], ["19", "x"]),
        ("range(1,5)", ["1", "5"], ["0", "6", "x"]),
        (r"regex(^\d{{3}}$)", ["123"], ["12", "1234"]),
        ("regex(^(a|b:c)$)", ["a", "B:C"], ["c"]),
        ("int:min(5)", ["5"], ["4", "x"]),
    ],
)
def test_a_constraint_lets_only_its_values_through(
    constraint: str, good: list[str], bad: list[str]
) -> None:
    route = f"{{value:{constraint}}}"

    assert [value for value in good if params(route, f"/api/{value}") is None] == []
    assert [value for value in bad if params(route, f"/api/{value}") is not None] == []


@pytest.mark.parametrize(
    "route",
    [
        *("{a", "a}", "{}", "{a}/{A}", "{*x}/y", "a-{*x}", "a-{x?}", "a//b"),
        *("{x:odd}", "{x:min(a)}", "{x:regex(()}", "{x=4}"),
    ],
)
def test_a_malformed_route_is_refused_with_the_function_and_the_route(route: str) -> None:
    with pytest.raises(IndexingError) as refused:
        make_route(http_function(route, name="mine"), "api")

    assert str(refused.value).startswith(f"Function 'mine', route '{route}': ")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/api/user/me", "literal"),
        ("/api/user/42", "constrained"),
        ("/api/user/x", "free"),
        ("/api/user/x/y", "rest"),
    ],
)
def test_the_more_literal_route_wins(path: str, expected: str) -> None:
    routes = router(
        http_function("user/{*rest}", "rest"),
        http_function("user/{id}", "free"),
        http_function("user/{id:int}", "constrained"),
        http_function("user/me", "literal"),
    )

    assert routes.find("GET", path).function == expected  # type: ignore[union-attr]


def test_literals_match_in_any_case_and_values_keep_theirs() -> None:
    assert params("User/{id}", "/API/uSER/Ab") == {"id": "Ab"}


def test_a_wrong_method_and_an_unnamed_head_match_nothing() -> None:
    routes = router(http_function("health", methods=("get",)))

    assert routes.find("GET", "/api/health") == Match("found", {})
    assert routes.find("POST", "/api/health") is None
    assert routes.find("HEAD", "/api/health") is None


def test_a_wrong_method_leaves_the_path_to_the_next_route() -> None:
    routes = router(
        http_function("user/me", "literal", ("GET",)), http_function("user/{id}", "free", ("PUT",))
    )

    assert routes.find("PUT", "/api/user/me") == Match("free", {"id": "me"})


def test_a_route_without_methods_takes_all() -> None:
    routes = router(http_function("any"))

    assert all(routes.find(method, "/api/any") for method in ("GET", "HEAD", "PURGE"))


@pytest.mark.parametrize("route", [None, ""])
def test_a_function_without_a_route_is_found_by_its_name(route: str | None) -> None:
    routes = router(http_function(route, name="mine"))

    assert routes.find("GET", "/api/mine") == Match("mine", {})
    assert routes.find("GET", "/api") is None


@pytest.mark.parametrize("path", ["/api", "/api/"])
def test_a_parameter_that_must_be_empty_serves_the_prefix_itself(path: str) -> None:
    assert params("{ignored:maxlength(0)?}", path) == {}
    assert params("{ignored:maxlength(0)?}", "/api/x") is None


def test_an_empty_prefix_puts_routes_at_the_root() -> None:
    assert router(http_function("health"), prefix="").find("GET", "/health") == Match("found", {})


def test_all_but_an_encoded_slash_is_decoded() -> None:
    assert decode_path(b"/api/a%20b%2Fc%2fd%C3%B1+%25") == "/api/a b%2Fc%2fdñ+%"


@given(st.text(st.characters(exclude_characters="/%", exclude_categories=["Cs"]), min_size=1))
def test_any_value_comes_back_as_it_went_in(value: str) -> None:
    encoded = "".join(f"%{byte:02X}" for byte in value.encode())

    assert params("user/{id}", decode_path(f"/api/user/{encoded}".encode())) == {"id": value}
