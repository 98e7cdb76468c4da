"""The phones people check in with: one key each, one active phone a person."""
