"""Loans to features, each known on the loan's own day."""
