"""Tests of the infrastructure; they run in `.venv-infra`, see `make infra-check`."""
