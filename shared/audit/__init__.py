"""The record of what happened: executions and decisions, in tables."""
