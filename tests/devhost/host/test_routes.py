import pytest
from hypothesis import given
from hypothesis import strategies as st

from devhost.errors import IndexingError
from devhost.host.routes import Match, decode_path, make_route
from tests.support.routers import http_function, params, router


@pytest.mark.parametrize(
    ("route", "path", "expected"),
    [
        ("health", "/api/health", {}),
        ("health", "/api/health/", {}),
        ("health", "/api/health//", None),
        ("health", "//api/health", None),
        ("health", "/api//health", None),
        ("health", "/api/healthy", None),
        ("health", "/health", None),
        ("openapi.json", "/api/openapi.json", {}),
        ("openapi.json", "/api/openapi-json", None),
        ("user/{id}", "/api/user/7", {"id": "7"}),
        ("user/{id}", "/api/user/7/", {"id": "7"}),
        ("user/{id}", "/api/user/", None),
        ("user/{id}", "/api/user", None),
        ("user/{id}", "/api/user/7/more", None),
        ("user/{id}/risk", "/api/user/7/risk", {"id": "7"}),
        ("{user_id}/{version}", "/api/1/2", {"user_id": "1", "version": "2"}),
        ("/slashes/", "/api/slashes", {}),
    ],
)
def test_a_template_matches_whole_paths(
    route: str, path: str, expected: dict[str, str] | None
) -> None:
    assert params(route, path) == expected


@pytest.mark.parametrize("value", ["0", "-7", "+7", "007", "2147483647", "-2147483648"])
def test_an_int_parameter_takes_32_bits_and_keeps_their_text(value: str) -> None:
    assert params("user/{id:int}", f"/api/user/{value}") == {"id": value}


@pytest.mark.parametrize("value", ["x", "1.5", "--1", "2147483648", "-2147483649", "9" * 5000])
def test_an_int_parameter_matches_nothing_else(value: str) -> None:
    assert params("user/{id:int}", f"/api/user/{value}") is None


@pytest.mark.parametrize(
    "segment",
    [
        *("{x:guid}", "{x:int:min(5)}", "{x:maxlength(2)}", "{x:maxlength(0)}", "{x:odd}"),
        *("{x?}", "{x=4}", "{*x}", "{**x}", "a-{x}", "{x}.{y}", "{{x}}", "<x>", "a b"),
        *("{x", "x}", "{}", "{1}"),
    ],
)
def test_an_unsupported_route_is_refused_and_named(segment: str) -> None:
    with pytest.raises(IndexingError) as refused:
        make_route(http_function(f"user/{segment}", name="mine"), "api")

    assert str(refused.value) == (
        f"Function 'mine', route 'user/{segment}': this development host does not support the"
        f" segment '{segment}'. It supports literals, {{name}} and {{name:int}}."
    )


@pytest.mark.parametrize("route", ["a//b", "{x:maxlength(0)?}/b"])
def test_an_empty_segment_is_refused_unless_it_is_the_last(route: str) -> None:
    with pytest.raises(IndexingError, match="does not support the segment"):
        make_route(http_function(route), "api")


def test_a_parameter_that_occurs_twice_is_refused() -> None:
    with pytest.raises(IndexingError, match=r"route '\{a\}/\{A\}': a parameter occurs twice"):
        make_route(http_function("{a}/{A}"), "api")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/api/user/me", "literal"),
        ("/api/USER/ME", "literal"),
        ("/api/user/42", "constrained"),
        ("/api/user/x", "free"),
        ("/api/user/me/risk", "free-risk"),
        ("/api/versions/last", "last"),
    ],
)
def test_the_more_specific_route_wins(path: str, expected: str) -> None:
    routes = router(
        http_function("{first}/{second}", "two"),
        http_function("user/{id}", "free"),
        http_function("user/{id}/risk", "free-risk"),
        http_function("user/{id:int}", "constrained"),
        http_function("user/me", "literal"),
        http_function("versions/last", "last"),
        http_function("versions/{version}/approval", "approval"),
    )

    assert routes.find("GET", path).function == expected  # type: ignore[union-attr]


def test_a_less_specific_route_gets_what_the_more_specific_one_does_not_match() -> None:
    routes = router(http_function("user/me", "literal"), http_function("{kind}/{id}", "free"))

    assert routes.find("GET", "/api/user/you") == Match("free", {"kind": "user", "id": "you"})


def test_of_two_equally_specific_routes_the_first_by_template_wins() -> None:
    routes = router(http_function("{b}", "second"), http_function("{a}", "first"))

    assert routes.find("GET", "/api/x") == Match("first", {"a": "x"})


def test_literals_match_in_any_case_and_parameters_keep_theirs() -> None:
    assert params("User/{id}", "/API/uSER/Ab") == {"id": "Ab"}


def test_a_method_that_is_not_registered_matches_nothing_not_even_head() -> None:
    routes = router(http_function("health", methods=("get",)))

    assert routes.find("GET", "/api/health") == Match("found", {})
    assert routes.find("POST", "/api/health") is None
    assert routes.find("HEAD", "/api/health") is None


def test_head_is_served_where_it_is_registered() -> None:
    routes = router(http_function("health", methods=("GET", "HEAD")))

    assert routes.find("HEAD", "/api/health") == Match("found", {})


def test_head_goes_to_the_route_that_registers_it() -> None:
    routes = router(
        http_function("user/me", "literal", ("GET",)),
        http_function("user/{id}", "free", ("GET", "HEAD")),
    )

    assert routes.find("GET", "/api/user/me") == Match("literal", {})
    assert routes.find("HEAD", "/api/user/me") == Match("free", {"id": "me"})


def test_an_unregistered_method_leaves_the_path_to_the_next_route() -> None:
    routes = router(
        http_function("user/me", "literal", ("GET",)), http_function("user/{id}", "free", ("PUT",))
    )

    assert routes.find("PUT", "/api/user/me") == Match("free", {"id": "me"})


def test_a_route_without_methods_takes_all_methods() -> None:
    routes = router(http_function("any"))

    assert all(routes.find(method, "/api/any") for method in ("GET", "HEAD", "PURGE"))


@pytest.mark.parametrize("route", [None, ""])
def test_a_function_without_a_route_is_served_under_its_name(route: str | None) -> None:
    routes = router(http_function(route, name="mine"))

    assert routes.find("GET", "/api/mine") == Match("mine", {})
    assert routes.find("GET", "/api") is None


@pytest.mark.parametrize("path", ["/api", "/api/"])
def test_a_parameter_that_is_always_empty_serves_the_prefix_itself(path: str) -> None:
    assert params("{ignored:maxlength(0)?}", path) == {}
    assert params("{ignored:maxlength(0)?}", "/api/x") is None


def test_an_empty_prefix_puts_routes_at_the_root() -> None:
    routes = router(
        http_function("health"), http_function("{ignored:maxlength(0)?}", "root"), prefix=""
    )

    assert routes.find("GET", "/health") == Match("found", {})
    assert routes.find("GET", "/") == Match("root", {})


def test_everything_but_an_encoded_slash_is_decoded() -> None:
    assert decode_path(b"/api/a%20b%2Fc%2fd%C3%B1+%25") == "/api/a b%2Fc%2fdñ+%"


@given(st.text(st.characters(exclude_characters="/%", exclude_categories=["Cs"]), min_size=1))
def test_any_parameter_survives_encoding_and_decoding(value: str) -> None:
    encoded = "".join(f"%{byte:02X}" for byte in value.encode())

    assert params("user/{id}", decode_path(f"/api/user/{encoded}".encode())) == {"id": value}
