"""From a raw CSV of loans to typed columns, or to every violation of the data contract."""
