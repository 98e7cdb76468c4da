"""The decisions about one check-in, each without a clock, a setting or a row."""
