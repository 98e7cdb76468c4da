"""What one report is worth."""
