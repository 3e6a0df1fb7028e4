"""Raw CSV of loans to typed columns, or every violation of the data contract."""
