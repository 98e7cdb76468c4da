"""Recaps: a unit's month as people read it and payroll takes it, added up from day records and nothing else."""
