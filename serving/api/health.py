"""The document of the health routes."""

from typing import Annotated

from msgspec import Meta, Struct

from serving.api.fields import AsOf, Version


class Health(Struct):
    """The state of the app, and the release it serves."""

    status: Annotated[str, Meta(examples=["ok"])]
    build: str
    release: Version | None
    as_of: AsOf | None
    last_checked: Annotated[str | None, Meta(description="When storage last answered.")]
    last_refresh: Annotated[
        str | None, Meta(description="When the served release was last confirmed as current.")
    ]
    stale: Annotated[bool, Meta(description="True after two missed refreshes.")]
    problem: Annotated[str | None, Meta(description="Why the last check failed.")]
    fallback_for: Annotated[
        str | None,
        Meta(
            description="The release that should be served; its stored files are damaged, and"
            " `release` stands in for it."
        ),
    ] = None
    scorer_ready: Annotated[bool, Meta(description="Whether what-if requests are answered.")] = (
        False
    )
    last_scrub: Annotated[
        str | None, Meta(description="When the digests of the stored files were last checked.")
    ] = None
    damaged: Annotated[
        list[str], Meta(description="Stored files whose digests were wrong then.")
    ] = []
