"""Anomalies: what a day's check-ins together make doubtful, put before a person who decides."""
