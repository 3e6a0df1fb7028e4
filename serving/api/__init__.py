"""The contract of every route: its JSON documents and its OpenAPI operation, side by side."""
