"""How good a candidate is, with intervals over persons."""
