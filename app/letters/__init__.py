"""Letters out: what was decided, as signed and numbered papers that name their ground and can be verified by anybody."""
